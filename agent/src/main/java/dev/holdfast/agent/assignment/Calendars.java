package dev.holdfast.agent.assignment;

import dev.holdfast.assignment.CalendarReference;
import dev.holdfast.calendar.CalendarReading;
import dev.holdfast.calendar.ChangeCalendar;
import dev.holdfast.task.Sha256;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Change calendars, read once from their bodies. */
final class Calendars {
  private static final Logger LOG = LoggerFactory.getLogger("assignments");

  private final Bodies bodies;
  private final Map<Sha256, Optional<ChangeCalendar>> known = new HashMap<>();

  Calendars(Bodies bodies) {
    this.bodies = bodies;
  }

  /** A calendar; empty if it is not here, or can't be read. */
  Optional<ChangeCalendar> find(CalendarReference reference) {
    Optional<ChangeCalendar> before = known.get(reference.sha256());
    if (before != null) {
      return before;
    }
    Optional<byte[]> bytes = bodies.read(reference.sha256());
    if (bytes.isEmpty()) {
      return Optional.empty();
    }
    Optional<ChangeCalendar> read = read(reference, bytes.get());
    known.put(reference.sha256(), read);
    return read;
  }

  /** Forgets all but these. */
  void keepOnly(Set<Sha256> needed) {
    known.keySet().retainAll(needed);
  }

  private static Optional<ChangeCalendar> read(CalendarReference reference, byte[] bytes) {
    String reason;
    try {
      CalendarReading reading = ChangeCalendar.read(bytes);
      if (reading.calendar().isPresent()) {
        return reading.calendar();
      }
      reason = reading.errors().getFirst().text();
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      reason = "to read it breaks the agent: " + e;
    }
    LOG.error(
        "a calendar cannot be read, so what obeys it is not followed calendar={} sha256={}"
            + " reason={}",
        reference.name(),
        reference.sha256(),
        reason);
    return Optional.empty();
  }
}
