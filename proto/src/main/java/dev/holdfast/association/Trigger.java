package dev.holdfast.association;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Why a run is due. Its text is part of every run's and execution's identity, so it never changes
 * form. Ticks are computed on both sides; the others are made by the coordinator and delivered as
 * pending triggers.
 */
public sealed interface Trigger {

  /** A scheduled instant: UTC, after offset, before splay. Whole seconds. */
  record Tick(Instant at) implements Trigger {
    @Override
    public String text() {
      return "tick:" + at;
    }
  }

  /** The association came to be, or what it executes changed, at this log position. */
  record Change(long epoch, long position) implements Trigger {
    @Override
    public String text() {
      return "change:" + epoch + "." + position;
    }
  }

  /** Instances came into the targets at this log position. */
  record Enter(long epoch, long position) implements Trigger {
    @Override
    public String text() {
      return "enter:" + epoch + "." + position;
    }
  }

  /** Somebody asked for it. The request id is a UUID, or {@code <run id>} of the run that asked. */
  record Manual(String requestId) implements Trigger {
    @Override
    public String text() {
      return "manual:" + requestId;
    }
  }

  /** The form in which it is stored, sent and hashed. */
  String text();

  /** Reads the text form; empty if it is none. */
  static Optional<Trigger> parse(String text) {
    int colon = text.indexOf(':');
    if (colon < 0) {
      return Optional.empty();
    }
    String kind = text.substring(0, colon);
    String rest = text.substring(colon + 1);
    return switch (kind) {
      case "tick" -> tick(rest);
      case "change" -> position(rest).map(p -> new Change(p[0], p[1]));
      case "enter" -> position(rest).map(p -> new Enter(p[0], p[1]));
      case "manual" ->
          rest.matches("[0-9a-f-]{1,64}") ? Optional.of(new Manual(rest)) : Optional.empty();
      default -> Optional.empty();
    };
  }

  private static Optional<Trigger> tick(String rest) {
    try {
      Trigger tick = new Tick(Instant.parse(rest));
      return tick.text().equals("tick:" + rest) ? Optional.of(tick) : Optional.empty();
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  private static Optional<long[]> position(String rest) {
    Matcher matcher = Pattern.compile("(\\d{1,18})\\.(\\d{1,18})").matcher(rest);
    return matcher.matches()
        ? Optional.of(
            new long[] {Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2))})
        : Optional.empty();
  }
}
