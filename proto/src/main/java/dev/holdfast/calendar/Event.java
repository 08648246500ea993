package dev.holdfast.calendar;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.zone.ZoneRules;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * One event with all its occurrences.
 *
 * @param zone whose local times the starts are
 * @param starts its first start, and those named beside it
 * @param rule what further starts there are
 * @param length of each occurrence
 * @param without starts at which there is none
 * @param withoutDays local days on which none starts
 */
record Event(
    ZoneRules zone,
    List<LocalDateTime> starts,
    Optional<Recurrence> rule,
    Moment.Length length,
    Set<Instant> without,
    Set<LocalDate> withoutDays) {
  /** More than the local time of any zone differs from that of another. */
  private static final int ROOM_DAYS = 2;

  /** Copies. */
  Event {
    starts = List.copyOf(starts);
    without = Set.copyOf(without);
    withoutDays = Set.copyOf(withoutDays);
  }

  /** Shows its occurrences that are going on at some time between two instants, both included. */
  void visit(Instant from, Instant to, Consumer<Interval> visitor) {
    for (LocalDateTime start : starts) {
      show(start, from, to, visitor);
    }
    if (rule.isPresent()) {
      LocalDateTime first =
          LocalDateTime.ofInstant(from, ZoneOffset.UTC)
              .minusDays(length.days() + length.exact().toDays() + ROOM_DAYS);
      LocalDateTime last = LocalDateTime.ofInstant(to, ZoneOffset.UTC).plusDays(ROOM_DAYS);
      rule.get()
          .visit(
              first,
              last,
              start -> {
                show(start, from, to, visitor);
                return true;
              });
    }
  }

  private void show(LocalDateTime local, Instant from, Instant to, Consumer<Interval> visitor) {
    Instant start = Moment.instant(local, zone);
    if (start.isAfter(to)) {
      return;
    }
    Instant end =
        (length.days() == 0 ? start : Moment.instant(local.plusDays(length.days()), zone))
            .plus(length.exact());
    if (end.isAfter(from)
        && end.isAfter(start)
        && !without.contains(start)
        && !withoutDays.contains(local.toLocalDate())) {
      visitor.accept(new Interval(start, end));
    }
  }
}
