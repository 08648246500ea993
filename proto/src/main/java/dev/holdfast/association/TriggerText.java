package dev.holdfast.association;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The texts of triggers, read back. */
final class TriggerText {
  private static final Pattern POSITION = Pattern.compile("(\\d{1,18})\\.(\\d{1,18})");
  private static final Pattern REQUEST = Pattern.compile("[0-9a-f-]{1,64}");

  private TriggerText() {}

  /** Reads the text form; empty if it is none. */
  static Optional<Trigger> read(String text) {
    int colon = text.indexOf(':');
    if (colon < 0) {
      return Optional.empty();
    }
    String kind = text.substring(0, colon);
    String rest = text.substring(colon + 1);
    return switch (kind) {
      case "tick" -> tick(rest);
      case "change" -> position(rest).map(p -> new Trigger.Change(p[0], p[1]));
      case "enter" -> position(rest).map(p -> new Trigger.Enter(p[0], p[1]));
      case "manual" ->
          REQUEST.matcher(rest).matches()
              ? Optional.of(new Trigger.Manual(rest))
              : Optional.empty();
      default -> Optional.empty();
    };
  }

  private static Optional<Trigger> tick(String rest) {
    try {
      Trigger tick = new Trigger.Tick(Instant.parse(rest));
      return tick.text().equals("tick:" + rest) ? Optional.of(tick) : Optional.empty();
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  private static Optional<long[]> position(String rest) {
    Matcher matcher = POSITION.matcher(rest);
    return matcher.matches()
        ? Optional.of(
            new long[] {Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2))})
        : Optional.empty();
  }
}
