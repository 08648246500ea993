package dev.holdfast.coordinator.association;

import dev.holdfast.assignment.CalendarReference;
import dev.holdfast.calendar.CalendarState;
import dev.holdfast.calendar.ChangeCalendar;
import dev.holdfast.coordinator.store.Bodies;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.wire.v1.Association;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The change calendars that an association names, as they are now. One that is gone or can't be
 * read is left out: it is told of where the association is checked.
 *
 * @param calendars by name, in the order in which they are named
 */
record AssociationCalendars(Map<String, ChangeCalendar> calendars) {

  /** Those of an association. */
  static AssociationCalendars of(Read read, Association content) {
    Map<String, ChangeCalendar> calendars = new LinkedHashMap<>();
    for (CalendarReference reference : Calendars.of(read, content).found()) {
      Bodies.find(read, reference.sha256())
          .flatMap(text -> ChangeCalendar.read(text).calendar())
          .ifPresent(calendar -> calendars.put(reference.name(), calendar));
    }
    return new AssociationCalendars(calendars);
  }

  /** The first of them that is closed at a moment. */
  Optional<String> closed(Instant at) {
    return calendars.entrySet().stream()
        .filter(calendar -> calendar.getValue().state(at) == CalendarState.CLOSED)
        .map(Map.Entry::getKey)
        .findFirst();
  }
}
