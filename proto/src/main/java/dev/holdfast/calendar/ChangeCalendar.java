package dev.holdfast.calendar;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A change calendar (spec.md section 3.8): open or closed by default, and the other while one of
 * its events goes on. An event goes on from its start up to, not including, its end.
 */
public final class ChangeCalendar {
  /** Before and after these nothing ever goes on. */
  private static final Instant FIRST = Instant.parse("1969-01-01T00:00:00Z");

  private static final Instant LAST = Instant.parse("2202-01-01T00:00:00Z");

  /** Most often the answer lies within the first; the last is the bound of what is looked for. */
  private static final List<Duration> WINDOWS =
      List.of(
          Duration.ofDays(2), Duration.ofDays(40), Duration.ofDays(400), CalendarLimits.HORIZON);

  private final CalendarState byDefault;
  private final List<Event> events;

  ChangeCalendar(CalendarState byDefault, List<Event> events) {
    this.byDefault = byDefault;
    this.events = List.copyOf(events);
  }

  /**
   * Reads an iCalendar text in UTF-8, all findings at once. Never throws, and takes a bounded time.
   */
  public static CalendarReading read(byte[] text) {
    return CalendarReader.read(text);
  }

  /** What it is while no event goes on. */
  public CalendarState byDefault() {
    return byDefault;
  }

  /** What it is at an instant. */
  public CalendarState state(Instant at) {
    return state(List.of(this), at);
  }

  /**
   * When it changes next.
   *
   * @return strictly after the instant; empty if not within {@link CalendarLimits#HORIZON}
   */
  public Optional<Instant> nextTransition(Instant after) {
    return nextTransition(List.of(this), after);
  }

  /** What several calendars are together: open only if every one is; none at all are open. */
  public static CalendarState state(Collection<ChangeCalendar> calendars, Instant at) {
    return calendars.stream().allMatch(calendar -> calendar.opens(at))
        ? CalendarState.OPEN
        : CalendarState.CLOSED;
  }

  /**
   * When several calendars together change next: not when one of them opens or closes while another
   * keeps them closed.
   *
   * @return strictly after the instant; empty if not within {@link CalendarLimits#HORIZON}
   */
  public static Optional<Instant> nextTransition(
      Collection<ChangeCalendar> calendars, Instant after) {
    if (after.isBefore(FIRST.minus(CalendarLimits.HORIZON)) || after.isAfter(LAST)) {
      return Optional.empty();
    }
    for (Duration window : WINDOWS) {
      Instant end = after.plus(window);
      List<Interval> closed = new ArrayList<>();
      for (ChangeCalendar calendar : calendars) {
        closed.addAll(calendar.closed(after, end));
      }
      Optional<Instant> change =
          union(closed).stream()
              .filter(interval -> interval.end().isAfter(after))
              .findFirst()
              .map(next -> next.start().isAfter(after) ? next.start() : next.end())
              // At or after the end of the window it may only be the window that ends.
              .filter(next -> next.isBefore(end));
      if (change.isPresent()) {
        return change;
      }
    }
    return Optional.empty();
  }

  private boolean opens(Instant at) {
    boolean[] goesOn = {false};
    if (!at.isBefore(FIRST) && !at.isAfter(LAST)) {
      for (Event event : events) {
        event.visit(at, at, interval -> goesOn[0] = true);
      }
    }
    return (byDefault == CalendarState.OPEN) != goesOn[0];
  }

  /** The intervals in which it is closed; beyond the window they may say anything. */
  private List<Interval> closed(Instant from, Instant to) {
    List<Interval> occurrences = new ArrayList<>();
    for (Event event : events) {
      event.visit(from, to, occurrences::add);
    }
    return byDefault == CalendarState.OPEN ? occurrences : between(union(occurrences), from, to);
  }

  private static List<Interval> union(List<Interval> intervals) {
    List<Interval> sorted = new ArrayList<>(intervals);
    sorted.sort(Comparator.comparing(Interval::start));
    List<Interval> union = new ArrayList<>();
    for (Interval interval : sorted) {
      Interval last = union.isEmpty() ? null : union.getLast();
      if (last == null || interval.start().isAfter(last.end())) {
        union.add(interval);
      } else if (interval.end().isAfter(last.end())) {
        union.set(union.size() - 1, new Interval(last.start(), interval.end()));
      }
    }
    return union;
  }

  private static List<Interval> between(List<Interval> union, Instant from, Instant to) {
    List<Interval> between = new ArrayList<>();
    Instant begin = from;
    for (Interval interval : union) {
      if (interval.start().isAfter(begin)) {
        between.add(new Interval(begin, interval.start()));
      }
      begin = interval.end();
    }
    if (!begin.isAfter(to)) {
      between.add(new Interval(begin, to));
    }
    return between;
  }
}
