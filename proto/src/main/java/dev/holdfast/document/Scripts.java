package dev.holdfast.document;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What the inputs of a script step mean once their tokens are substituted (spec.md sections 1.5 and
 * 2.2).
 */
public final class Scripts {
  /** The shortest timeout that an input can ask for, in seconds. */
  public static final int MIN_TIMEOUT_SECONDS = 5;

  /** The longest timeout that an input can ask for, in seconds. */
  public static final int MAX_TIMEOUT_SECONDS = 172_800;

  /** The timeout where none is asked for, or what is asked for can't be read, in seconds. */
  public static final int DEFAULT_TIMEOUT_SECONDS = 3_600;

  private Scripts() {}

  /**
   * The script: the lines of {@code runCommand}, each ended by a newline. A list within the list is
   * flattened, one level; nothing is an empty line. No {@code runCommand} is an empty script. Empty
   * where it is no list, or a line is no text: such a step fails in AWS too.
   */
  public static Optional<String> text(Map<String, Value> inputs) {
    return switch (inputs.getOrDefault("runCommand", new Value.Null())) {
      case Value.Null _ -> Optional.of("");
      case Value.Items(var items) -> lines(items).map(lines -> String.join("\n", lines) + "\n");
      case Value.Text _, Value.Num _, Value.Flag _, Value.Fields _ -> Optional.empty();
    };
  }

  /**
   * The user that a script step asks to run as, by the input {@code runAs}; empty: none. What is no
   * text is told as JSON, and is the name of no user.
   */
  public static Optional<String> runAs(Map<String, Value> inputs) {
    Value written = inputs.getOrDefault("runAs", new Value.Null());
    return written instanceof Value.Null ? Optional.empty() : Optional.of(JsonText.inText(written));
  }

  /**
   * The timeout of a script step: that of the step if it has one, else that of the inputs (spec.md
   * section 2.2).
   */
  public static int timeoutSeconds(OptionalInt ofStep, Map<String, Value> inputs) {
    if (ofStep.isPresent()) {
      return ofStep.getAsInt();
    }
    return inRange(inputs.getOrDefault("timeoutSeconds", new Value.Null()))
        .orElse(DEFAULT_TIMEOUT_SECONDS);
  }

  /** A number of seconds within the bounds; empty if the value is none. */
  static OptionalInt inRange(Value value) {
    String text =
        switch (value) {
          case Value.Num _ -> JsonText.inText(value);
          case Value.Text(var written) -> written.strip();
          case Value.Null _, Value.Flag _, Value.Items _, Value.Fields _ -> "";
        };
    try {
      double seconds = Double.parseDouble(text);
      return seconds >= MIN_TIMEOUT_SECONDS && seconds <= MAX_TIMEOUT_SECONDS
          ? OptionalInt.of((int) seconds)
          : OptionalInt.empty();
    } catch (NumberFormatException e) {
      return OptionalInt.empty();
    }
  }

  private static Optional<List<String>> lines(List<Value> items) {
    List<String> lines = new ArrayList<>();
    for (Value item : items) {
      for (Value line : item instanceof Value.Items(var nested) ? nested : List.of(item)) {
        switch (line) {
          case Value.Null _ -> lines.add("");
          case Value.Text(var text) -> lines.add(text);
          case Value.Num _, Value.Flag _, Value.Items _, Value.Fields _ -> {
            return Optional.empty();
          }
        }
      }
    }
    return Optional.of(lines);
  }
}
