package dev.holdfast.coordinator.execution;

import dev.holdfast.assignment.Assignment;
import dev.holdfast.assignment.CalendarReference;
import dev.holdfast.calendar.CalendarState;
import dev.holdfast.calendar.ChangeCalendar;
import dev.holdfast.coordinator.store.Bodies;
import dev.holdfast.coordinator.store.Freezes;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.task.Sha256;
import dev.holdfast.wire.AssignmentCodec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * When revisions may run: their calendars, and the freezes that there were. What it has read once
 * it keeps, so it serves one view of the rows.
 */
public final class Openings {
  private final Read read;
  private final Map<String, Assignment.Window> windows = new HashMap<>();
  private final Map<Sha256, Optional<ChangeCalendar>> calendars = new HashMap<>();
  private Optional<List<Freezes.Row>> freezes = Optional.empty();

  /** Over a view of the rows. */
  public Openings(Read read) {
    this.read = read;
  }

  /** What a revision says of when it may run; at any time if it is not known any more. */
  public Assignment.Window window(String revisionSha256) {
    return revisionSha256.isEmpty()
        ? Assignment.Window.ALWAYS
        : windows.computeIfAbsent(
            revisionSha256,
            hash ->
                Bodies.find(read, new Sha256(hash))
                    .map(AssignmentCodec::fromBytes)
                    .map(Assignment::window)
                    .orElse(Assignment.Window.ALWAYS));
  }

  /** Which calendars of a revision are closed at a moment, in words; empty if none is. */
  public Optional<String> closed(String revisionSha256, Instant at) {
    List<String> closed = closed(window(revisionSha256).calendars(), at);
    return closed.isEmpty()
        ? Optional.empty()
        : Optional.of(
            closed.stream()
                .collect(
                    Collectors.joining(
                        ", ",
                        closed.size() == 1
                            ? "closed is the calendar "
                            : "closed are the calendars ",
                        "")));
  }

  /** The names of those calendars that are closed at a moment, in their order. */
  public List<String> closed(List<CalendarReference> calendars, Instant at) {
    List<String> closed = new ArrayList<>();
    for (CalendarReference reference : calendars) {
      if (calendar(reference)
          .filter(rules -> rules.state(at) == CalendarState.CLOSED)
          .isPresent()) {
        closed.add(reference.name());
      }
    }
    return closed;
  }

  /** Who had frozen everything at a moment and why, in words; empty if nobody had. */
  public Optional<String> frozen(Instant at) {
    List<Freezes.Row> known = freezes.orElseGet(() -> Freezes.all(read));
    freezes = Optional.of(known);
    return known.stream()
        .filter(row -> row.covered(at))
        .findFirst()
        .map(row -> "frozen by " + row.freeze().who() + ": " + row.freeze().reason());
  }

  private Optional<ChangeCalendar> calendar(CalendarReference reference) {
    return calendars.computeIfAbsent(
        reference.sha256(),
        hash -> Bodies.find(read, hash).flatMap(text -> ChangeCalendar.read(text).calendar()));
  }
}
