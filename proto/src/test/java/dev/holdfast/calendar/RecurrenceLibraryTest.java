package dev.holdfast.calendar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.calendar.Component.Property;
import dev.holdfast.testing.Cases;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.dmfs.rfc5545.DateTime;
import org.dmfs.rfc5545.recur.InvalidRecurrenceRuleException;
import org.dmfs.rfc5545.recur.RecurrenceRule;
import org.dmfs.rfc5545.recur.RecurrenceRuleIterator;
import org.junit.jupiter.api.Test;

/**
 * Compares recurrence rules with a library that knows nothing but these. Where the two read a rule
 * otherwise, the reason is a test of its own below.
 */
final class RecurrenceLibraryTest {
  private static final LocalDate LAST = LocalDate.of(2032, 1, 1);
  private static final int MANY = 40;

  private int rules;
  private int times;

  @Test
  void rulesGiveTheTimesThatALibraryGives() {
    Cases.check(
        1_500,
        random -> {
          RandomEvent event = RandomEvent.draw(random, "event", LAST);
          String rule = event.rule();
          boolean eachMonth =
              rule.contains("YEARLY") && rule.contains("BYMONTHDAY") && !rule.contains("BYMONTH=");
          if (rule.isEmpty() || eachMonth || rule.contains("BYSETPOS")) {
            return;
          }
          boolean allDay = event.text().contains("DTSTART;VALUE=DATE");

          List<LocalDateTime> ours = ours(rule, event.start(), allDay);

          List<LocalDateTime> theirs = new ArrayList<>();
          try {
            theirs.addAll(theirs(rule, event.start(), allDay));
          } catch (IllegalArgumentException e) {
            // After a thousand periods in which nothing fits it gives up: it never will.
          }
          assertEquals(theirs, ours, () -> rule + " from " + event.start());
          rules++;
          times += ours.size();
        });

    System.out.println("calendars: %d times of %d rules as the library's".formatted(times, rules));
    if (System.getProperty("cases.seed") == null) {
      assertTrue(rules > 800, "only " + rules + " rules were compared");
    }
  }

  @Test
  void daysOfTheMonthAloneAreThoseOfEachMonthOfAYear() {
    // The library takes the month of the start, against the table of RFC 5545 section 3.3.10.
    String rule = "FREQ=YEARLY;BYMONTHDAY=13;COUNT=3";
    LocalDateTime start = LocalDateTime.of(2026, 9, 13, 8, 0);

    assertEquals("[2026-09-13T08:00, 2026-10-13T08:00, 2026-11-13T08:00]", text(rule, start));
    assertEquals(
        "[2026-09-13T08:00, 2027-09-13T08:00, 2028-09-13T08:00]",
        theirs(rule, start, false).toString());
  }

  @Test
  void positionsCountFromTheBeginningOfThePeriodAlsoInTheFirst() {
    // The library counts from the start.
    String rule = "FREQ=YEARLY;BYMONTH=1,10;BYDAY=TU;BYSETPOS=2;COUNT=2";
    LocalDateTime start = LocalDateTime.of(2023, 7, 30, 8, 0);

    assertEquals("[2024-01-09T08:00, 2025-01-14T08:00]", text(rule, start));
    assertEquals("[2023-10-10T08:00, 2024-01-09T08:00]", theirs(rule, start, false).toString());
  }

  private static String text(String rule, LocalDateTime start) {
    return ours(rule, start, false).toString();
  }

  private static List<LocalDateTime> ours(String rule, LocalDateTime start, boolean allDay) {
    Findings findings = new Findings();
    Recurrence recurrence =
        RuleReader.read(
                new Property("RRULE", rule, Map.of(), 1),
                new Moment(start, allDay ? Moment.Kind.DATE : Moment.Kind.LOCAL),
                ZoneOffset.UTC.getRules(),
                findings)
            .orElseThrow(() -> new AssertionError(findings.errors().toString()));
    List<LocalDateTime> times = new ArrayList<>();
    recurrence.visit(
        start,
        LAST.atStartOfDay(),
        time -> {
          times.add(time);
          return times.size() < MANY;
        });
    return times;
  }

  private static List<LocalDateTime> theirs(String rule, LocalDateTime start, boolean allDay) {
    try {
      DateTime from =
          allDay
              ? new DateTime(start.getYear(), start.getMonthValue() - 1, start.getDayOfMonth())
              : new DateTime(
                  start.getYear(),
                  start.getMonthValue() - 1,
                  start.getDayOfMonth(),
                  start.getHour(),
                  start.getMinute(),
                  start.getSecond());
      RecurrenceRuleIterator iterator =
          new RecurrenceRule(rule, RecurrenceRule.RfcMode.RFC5545_STRICT).iterator(from);
      List<LocalDateTime> times = new ArrayList<>();
      while (iterator.hasNext() && times.size() < MANY) {
        DateTime next = iterator.nextDateTime();
        LocalDateTime time =
            LocalDateTime.of(
                next.getYear(),
                next.getMonth() + 1,
                next.getDayOfMonth(),
                next.getHours(),
                next.getMinutes(),
                next.getSeconds());
        if (time.isAfter(LAST.atStartOfDay())) {
          break;
        }
        times.add(time);
      }
      return times;
    } catch (InvalidRecurrenceRuleException e) {
      throw new AssertionError(rule, e);
    }
  }
}
