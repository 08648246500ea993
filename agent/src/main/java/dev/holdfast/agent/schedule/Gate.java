package dev.holdfast.agent.schedule;

import dev.holdfast.assignment.Freeze;
import dev.holdfast.association.AssociationId;
import dev.holdfast.calendar.CalendarState;
import dev.holdfast.calendar.ChangeCalendar;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Whether runs of one association may start at a moment: not while one of its calendars is closed,
 * not while everything is frozen, and not while the host itself says no.
 */
final class Gate {
  /** Openings that are looked at to find the next tick that gets through. */
  private static final int LOOKS = 100;

  private final List<Plan.Calendar> calendars;
  private final List<ChangeCalendar> rules;
  private final Optional<Freeze> freeze;
  private final HostSay host;
  private final AssociationId association;

  Gate(Plan plan, Optional<Freeze> freeze, HostSay host) {
    this.association = plan.association();
    this.host = host;
    this.calendars = plan.calendars();
    this.rules = calendars.stream().map(Plan.Calendar::rules).toList();
    this.freeze = freeze;
  }

  /** What keeps it shut at a moment: what holds more comes first. */
  Optional<Shut> at(Instant moment) {
    return byHand(moment, false).or(() -> byFreeze(moment)).or(() -> host.byItself(moment));
  }

  /** What holds manual starts too. */
  Optional<Shut> byHand(Instant moment, boolean ignoreCalendars) {
    return host.always(association)
        .or(() -> ignoreCalendars ? Optional.empty() : byCalendars(moment));
  }

  private Optional<Shut> byCalendars(Instant moment) {
    List<String> closed =
        calendars.stream()
            .filter(calendar -> calendar.rules().state(moment) == CalendarState.CLOSED)
            .map(Plan.Calendar::name)
            .toList();
    return closed.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Shut(
                Action.Reason.CALENDAR_CLOSED,
                closed.stream()
                    .collect(
                        Collectors.joining(
                            ", ",
                            closed.size() == 1
                                ? "closed is the calendar "
                                : "closed are the calendars ",
                            "")),
                ChangeCalendar.nextTransition(rules, moment),
                Waiting.Reason.CALENDAR_CLOSED));
  }

  private Optional<Shut> byFreeze(Instant moment) {
    return freeze
        .filter(found -> found.covers(moment))
        .map(
            found ->
                new Shut(
                    Action.Reason.FROZEN,
                    "frozen by " + found.who() + ": " + found.reason(),
                    found.until(),
                    Waiting.Reason.FROZEN));
  }

  /**
   * The first tick from this one on that gets through. Looked for within bounds: it may never open.
   */
  Optional<Instant> firstOpen(Plan plan, Optional<Instant> first) {
    Optional<Instant> tick = first;
    for (int i = 0; i < LOOKS && tick.isPresent(); i++) {
      Optional<Shut> shut = at(tick.get());
      if (shut.isEmpty()) {
        return tick;
      }
      // The one at which it opens gets through, and the schedule gives what is strictly after.
      tick = shut.get().until().flatMap(open -> plan.tickAfter(open.minusNanos(1)));
    }
    return Optional.empty();
  }

  /** A look at many moments, one after the other. */
  Walk walk() {
    return new Walk();
  }

  /** Asks for moments that never go back, and looks only where something may have changed. */
  final class Walk {
    private Optional<Shut> last = Optional.empty();
    private Instant goodUntil = Instant.MIN;

    private Walk() {}

    Optional<Shut> at(Instant moment) {
      if (!moment.isBefore(goodUntil)) {
        last = Gate.this.at(moment);
        goodUntil = nextChange(moment);
      }
      return last;
    }
  }

  /** When to look again after a moment; after all time if it stays as it is. */
  Instant nextChange(Instant moment) {
    Optional<Instant> calendar =
        rules.isEmpty() ? Optional.empty() : ChangeCalendar.nextTransition(rules, moment);
    // That several calendars are closed together says nothing of when the first of them opens; the
    // names that are told may then be those of an earlier moment, the answer is not.
    return Stream.concat(
            Stream.concat(calendar.stream(), host.changes(moment)),
            freeze.stream()
                .flatMap(found -> Stream.concat(Stream.of(found.from()), found.until().stream())))
        .filter(change -> change.isAfter(moment))
        .min(Instant::compareTo)
        .orElse(Instant.MAX);
  }
}
