package dev.holdfast.calendar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.testing.Cases;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Compares calendars with a model that expands every event from its start on. */
final class CalendarModelTest {
  /** Up to here the model expands; questions stay well before it. */
  private static final LocalDate LAST = LocalDate.of(2032, 1, 1);

  private int transitions;
  private int questions;

  /**
   * A calendar with what it stands for.
   *
   * @param going how many occurrences go on from each edge to the next
   */
  private record Drawn(
      ChangeCalendar calendar, boolean opens, NavigableMap<Instant, Integer> going, String text) {
    CalendarState state(Instant at) {
      Map.Entry<Instant, Integer> edge = going.floorEntry(at);
      boolean on = edge != null && edge.getValue() > 0;
      return on == opens ? CalendarState.OPEN : CalendarState.CLOSED;
    }
  }

  @Test
  void statesAndTransitionsAreThoseOfAModelThatExpandsEveryEvent() {
    Cases.check(
        600,
        random -> {
          List<Drawn> drawn = new ArrayList<>();
          for (int i = random.nextInt(3) == 0 ? 2 : 1; i > 0; i--) {
            drawn.add(draw(random));
          }
          List<ChangeCalendar> calendars = drawn.stream().map(Drawn::calendar).toList();
          TreeSet<Instant> edges = new TreeSet<>();
          for (Drawn calendar : drawn) {
            edges.addAll(calendar.going.keySet());
          }
          for (int i = 0; i < 25; i++) {
            Instant at =
                LocalDate.of(2019, 12, 1)
                    .atStartOfDay()
                    .toInstant(ZoneOffset.UTC)
                    .plusSeconds(random.nextLong(Duration.ofDays(2000).toSeconds()));
            Instant edge = edges.ceiling(at);
            if (edge != null && random.nextInt(3) == 0) {
              at = edge.minusSeconds(random.nextInt(2));
            }
            CalendarState state = state(drawn, at);
            Optional<Instant> next =
                edges.tailSet(at, false).stream()
                    .filter(moment -> state(drawn, moment) != state)
                    .findFirst();

            Instant asked = at;
            assertEquals(
                state, ChangeCalendar.state(calendars, at), () -> "at " + asked + " of " + drawn);
            assertEquals(
                next.filter(moment -> moment.isBefore(asked.plus(CalendarLimits.HORIZON))),
                ChangeCalendar.nextTransition(calendars, at),
                () -> "after " + asked + " of " + drawn);
            questions++;
            transitions += next.isPresent() ? 1 : 0;
          }
        });

    System.out.println(
        "calendars: %d states equal to the model's, %d of them with a transition to come"
            .formatted(questions, transitions));
    if (System.getProperty("cases.seed") == null) {
      assertTrue(transitions > 5_000, "only " + transitions + " transitions");
    }
  }

  private static CalendarState state(List<Drawn> drawn, Instant at) {
    return drawn.stream().allMatch(calendar -> calendar.state(at) == CalendarState.OPEN)
        ? CalendarState.OPEN
        : CalendarState.CLOSED;
  }

  private static Drawn draw(RandomGenerator random) {
    boolean opens = random.nextBoolean();
    StringBuilder text = new StringBuilder();
    List<Interval> intervals = new ArrayList<>();
    for (int i = random.nextInt(1, 4); i > 0; i--) {
      RandomEvent event = RandomEvent.draw(random, "event-" + i, LAST);
      text.append(event.text());
      intervals.addAll(event.intervals());
    }
    String whole =
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nX-CALENDAR-TYPE:DEFAULT_"
            + (opens ? "CLOSED" : "OPEN")
            + "\r\n"
            + text
            + "END:VCALENDAR\r\n";
    CalendarReading reading = ChangeCalendar.read(whole.getBytes(StandardCharsets.UTF_8));
    return new Drawn(
        reading.calendar().orElseThrow(() -> new AssertionError(reading.errors() + "\n" + whole)),
        opens,
        going(intervals),
        whole);
  }

  private static NavigableMap<Instant, Integer> going(List<Interval> intervals) {
    TreeMap<Instant, Integer> changes = new TreeMap<>();
    for (Interval interval : intervals) {
      changes.merge(interval.start(), 1, Integer::sum);
      changes.merge(interval.end(), -1, Integer::sum);
    }
    int going = 0;
    for (Map.Entry<Instant, Integer> change : changes.entrySet()) {
      going += change.getValue();
      change.setValue(going);
    }
    return changes;
  }
}
