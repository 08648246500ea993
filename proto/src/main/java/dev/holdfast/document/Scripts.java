package dev.holdfast.document;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

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

  private static final Pattern NUMBER =
      Pattern.compile("[0-9]{1,9}(?:\\.[0-9]{0,9})?(?:[eE][+-]?[0-9]{1,3})?");

  private Scripts() {}

  /**
   * The script: the lines of {@code runCommand}, each ended by a newline. A list within the list is
   * flattened, one level; nothing is an empty line; one text, which a parameter of type String
   * leads to, is the script. No {@code runCommand} is an empty script. Empty where it is something
   * else, or a line is no text: such a step fails in AWS too. A script beyond {@link
   * DocumentLimits#MAX_SCRIPT_BYTES}, which must not be run, ends somewhere beyond it.
   */
  public static Optional<String> text(Map<String, Value> inputs) {
    return switch (inputs.getOrDefault("runCommand", new Value.Null())) {
      case Value.Null _ -> Optional.of("");
      case Value.Items(var items) -> joined(items);
      case Value.Text(var text) -> Optional.of(text + "\n");
      case Value.Num _, Value.Flag _, Value.Fields _ -> Optional.empty();
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
    if (!NUMBER.matcher(text).matches()) {
      return OptionalInt.empty();
    }
    double seconds = Double.parseDouble(text);
    return seconds >= MIN_TIMEOUT_SECONDS && seconds <= MAX_TIMEOUT_SECONDS
        ? OptionalInt.of((int) seconds)
        : OptionalInt.empty();
  }

  private static Optional<String> joined(List<Value> items) {
    StringBuilder script = new StringBuilder();
    boolean none = true;
    for (Value item : items) {
      for (Value line : item instanceof Value.Items(var nested) ? nested : List.of(item)) {
        none = false;
        switch (line) {
          case Value.Null _ -> script.append('\n');
          case Value.Text(var text) -> {
            if (script.length() <= DocumentLimits.MAX_SCRIPT_BYTES) {
              script.append(text).append('\n');
            }
          }
          case Value.Num _, Value.Flag _, Value.Items _, Value.Fields _ -> {
            return Optional.empty();
          }
        }
      }
    }
    return Optional.of(none ? "\n" : script.toString());
  }
}
