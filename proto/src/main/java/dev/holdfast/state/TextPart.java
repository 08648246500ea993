package dev.holdfast.state;

import dev.holdfast.pattern.Patterns;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** A part of a text file that is kept, while the rest of the file is somebody else's. Pure. */
public sealed interface TextPart {

  /** The text with this part in it as it should be; unchanged if it is. */
  String put(String text);

  /** The text without this part. */
  String remove(String text);

  /**
   * Lines between two marks. Added at the end where the marks are missing.
   *
   * @param name tells it from other blocks of the file
   * @param comment what begins a comment in this file: {@code #}
   * @param lines the block's, without the marks
   */
  record Block(String name, String comment, String lines) implements TextPart {

    @Override
    public String put(String text) {
      List<String> block = new ArrayList<>();
      block.add(mark("BEGIN"));
      block.addAll(split(lines));
      block.add(mark("END"));
      List<String> all = split(text);
      int begin = all.indexOf(mark("BEGIN"));
      int end = begin < 0 ? -1 : end(all, begin);
      List<String> result = new ArrayList<>();
      if (end < 0) {
        // Without its end nobody knows how far it goes: the mark alone goes, and a new block comes.
        result.addAll(all);
        result.removeIf(line -> line.equals(mark("BEGIN")) || line.equals(mark("END")));
        result.addAll(block);
      } else {
        result.addAll(all.subList(0, begin));
        result.addAll(block);
        result.addAll(all.subList(end + 1, all.size()));
      }
      return joined(result);
    }

    @Override
    public String remove(String text) {
      List<String> all = split(text);
      int begin = all.indexOf(mark("BEGIN"));
      int end = begin < 0 ? -1 : end(all, begin);
      if (end < 0) {
        return text;
      }
      List<String> result = new ArrayList<>(all.subList(0, begin));
      result.addAll(all.subList(end + 1, all.size()));
      return joined(result);
    }

    private int end(List<String> all, int begin) {
      int end = all.subList(begin, all.size()).indexOf(mark("END"));
      return end < 0 ? -1 : begin + end;
    }

    private String mark(String which) {
      return comment + " " + which + " holdfast " + name;
    }
  }

  /**
   * One line. Where {@code match} is given, the first line that it matches becomes this one, and
   * others that it matches go; where nothing matches, the line is added at the end.
   *
   * @param match RE2, found anywhere in a line; empty: only the line itself
   */
  record Line(String line, Optional<String> match) implements TextPart {

    @Override
    public String put(String text) {
      List<String> result = new ArrayList<>();
      boolean there = false;
      List<String> lines = split(text);
      List<Boolean> matches = matches(lines);
      for (int i = 0; i < lines.size(); i++) {
        if (!matches.get(i) || !there) {
          result.add(matches.get(i) ? line : lines.get(i));
        }
        there |= matches.get(i);
      }
      if (!there) {
        result.add(line);
      }
      return joined(result);
    }

    @Override
    public String remove(String text) {
      List<String> lines = split(text);
      List<Boolean> matches = matches(lines);
      List<String> result = new ArrayList<>();
      for (int i = 0; i < lines.size(); i++) {
        if (!matches.get(i)) {
          result.add(lines.get(i));
        }
      }
      return result.size() < lines.size() ? joined(result) : text;
    }

    private List<Boolean> matches(List<String> lines) {
      List<Boolean> found =
          match
              .map(pattern -> Patterns.found(pattern, lines))
              .orElseGet(() -> Collections.nCopies(lines.size(), false));
      return IntStream.range(0, lines.size())
          .mapToObj(i -> found.get(i) || lines.get(i).equals(line))
          .toList();
    }
  }

  private static List<String> split(String text) {
    if (text.isEmpty()) {
      return new ArrayList<>();
    }
    String body = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    return new ArrayList<>(List.of(body.split("\n", -1)));
  }

  private static String joined(List<String> lines) {
    return lines.isEmpty() ? "" : String.join("\n", lines) + "\n";
  }
}
