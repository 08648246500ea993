package dev.holdfast.pages;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A page of the documentation.
 *
 * @param name its path below the top of the checkout
 * @param blocks what stands between fences
 * @param spans what stands between backticks elsewhere
 */
public record Page(String name, List<Block> blocks, List<Span> spans) {
  private static final Path ROOT = Path.of(System.getProperty("holdfast.root"));
  private static final Pattern FENCE = Pattern.compile("\\s*```(\\w*)\\s*");
  private static final Pattern HEADING = Pattern.compile("#{1,6} +(.+?) *");
  private static final Pattern SPAN = Pattern.compile("`([^`]+)`");

  /** Copies. */
  public Page {
    blocks = List.copyOf(blocks);
    spans = List.copyOf(spans);
  }

  /**
   * A block of code.
   *
   * @param heading the nearest one above
   * @param line where its text begins
   * @param language behind the fence; empty if there is none
   */
  public record Block(String heading, int line, String language, List<String> lines) {
    /** Copies. */
    public Block {
      lines = List.copyOf(lines);
    }
  }

  /** Some words between backticks. */
  public record Span(int line, String text) {}

  /** README.md and those in docs. */
  public static List<Page> all() {
    try (Stream<Path> files = Files.list(ROOT.resolve("docs"))) {
      return Stream.concat(
              Stream.of("README.md"),
              files
                  .map(file -> "docs/" + file.getFileName())
                  .filter(name -> name.endsWith(".md"))
                  .sorted())
          .map(Page::named)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One of them. */
  public static Page named(String name) {
    try {
      return read(name, Files.readAllLines(ROOT.resolve(name)));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + name, e);
    }
  }

  static Page read(String name, List<String> lines) {
    List<Block> blocks = new ArrayList<>();
    List<Span> spans = new ArrayList<>();
    String heading = "";
    for (int at = 0; at < lines.size(); at++) {
      Matcher fence = FENCE.matcher(lines.get(at));
      Matcher headed = HEADING.matcher(lines.get(at));
      if (fence.matches()) {
        int end = at + 1;
        while (end < lines.size() && !lines.get(end).strip().equals("```")) {
          end++;
        }
        blocks.add(new Block(heading, at + 2, fence.group(1), lines.subList(at + 1, end)));
        at = end;
      } else if (headed.matches()) {
        heading = headed.group(1);
      } else {
        for (Matcher span = SPAN.matcher(lines.get(at)); span.find(); ) {
          spans.add(new Span(at + 1, span.group(1)));
        }
      }
    }
    return new Page(name, blocks, spans);
  }
}
