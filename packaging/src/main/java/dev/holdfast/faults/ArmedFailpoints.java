package dev.holdfast.faults;

import dev.holdfast.task.Failpoints;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Failpoints that end the program when one of them is reached for the n-th time, or whenever it is
 * reached with a word in hand; or that throw then.
 */
final class ArmedFailpoints implements Failpoints {
  /**
   * The system property that names the file: lines of a name and a number, 1 if it is missing; or
   * of a name, {@code ends} or {@code throws}, and a word.
   */
  static final String PROPERTY = "holdfast.failpoints";

  /** As a process ends that was killed. */
  static final int KILLED = 137;

  private static final Pattern LINE = Pattern.compile("([a-z][a-z-]*)(?: +([1-9][0-9]{0,8}))?");

  private static final Pattern AT_WORD =
      Pattern.compile("([a-z][a-z-]*) +(ends|throws) +([A-Za-z0-9-]{1,40})");

  private final Map<String, AtWord> words = new HashMap<>();
  private final Map<String, Integer> left = new HashMap<>();
  private final IntConsumer halt;

  ArmedFailpoints(List<String> lines, IntConsumer halt) {
    this.halt = halt;
    for (String line : lines) {
      Matcher matcher = LINE.matcher(line.strip());
      Matcher atWord = AT_WORD.matcher(line.strip());
      if (matcher.matches()) {
        left.put(
            matcher.group(1), matcher.group(2) == null ? 1 : Integer.parseInt(matcher.group(2)));
      } else if (atWord.matches()) {
        words.put(atWord.group(1), new AtWord(atWord.group(2).equals("throws"), atWord.group(3)));
      } else if (!line.isBlank()) {
        throw new IllegalArgumentException(
            "not a failpoint: '"
                + line
                + "'; write a name and at which reach to end: after-send 3");
      }
    }
  }

  /** Those of the file that the system property names; none without one. */
  static Failpoints armed() {
    String file = System.getProperty(PROPERTY);
    try {
      return file == null
          ? Failpoints.NONE
          : new ArmedFailpoints(
              Files.readAllLines(Path.of(file)), code -> Runtime.getRuntime().halt(code));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the failpoints in " + file, e);
    }
  }

  /** What happens with a word in hand. */
  private record AtWord(boolean error, String word) {}

  @Override
  public synchronized void reach(String name, byte[] what) {
    AtWord at = words.get(name);
    if (at != null && new String(what, StandardCharsets.UTF_8).contains(at.word)) {
      if (at.error) {
        throw new LinkageError("armed: " + at.word);
      }
      halt.accept(KILLED);
    }
    reach(name);
  }

  @Override
  public synchronized void reach(String name) {
    Integer reaches = left.computeIfPresent(name, (_, before) -> before - 1);
    if (reaches != null && reaches == 0) {
      halt.accept(KILLED);
    }
  }
}
