package dev.holdfast.calendar;

import static dev.holdfast.calendar.ChangeCalendarTest.bytes;
import static dev.holdfast.calendar.ChangeCalendarTest.open;
import static dev.holdfast.calendar.ChangeCalendarTest.wrapped;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.document.DocumentLimits;
import dev.holdfast.document.Problem;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is wrong with a calendar is told; and no calendar costs much, however it is written. */
final class CalendarReaderTest {
  /** What a calendar may cost to be read, or to be asked once, on a busy machine. */
  private static final Duration MOST = Duration.ofMillis(200);

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "DTEND:20260101T000000Z | 5:1 an event without a DTSTART",
        "DTSTART:2026-01-01 | 6:1 DTSTART '2026-01-01'; a time is like",
        "DTSTART:20260230T000000Z | 6:1 DTSTART '20260230T000000Z'; a time is like",
        "DTSTART:19691231T000000Z | 6:1 the year of DTSTART is 1969; allowed are 1970 to 2199",
        "DTSTART:20260101T000000Z/DTSTART:20260101T000000Z | 7:1 DTSTART a second time",
        "DTSTART:20260101T000000Z/DTEND:20251231T000000Z | 7:1 the DTEND is before the DTSTART",
        "DTSTART:20260101T000000Z/DTEND;VALUE=DATE:20260102 | 7:1 DTSTART and DTEND both have",
        "DTSTART:20260101T000000Z/DTEND:20260102T000000Z/DURATION:P1D | 8:1 an event has a DTEND"
            + " or",
        "DTSTART:20260101T000000Z/DURATION:-P1D | 7:1 the DURATION '-P1D'",
        "DTSTART:20260101T000000Z/DURATION:P | 7:1 the DURATION 'P'",
        "DTSTART;VALUE=DATE:20260101/DURATION:PT2H | 7:1 the DURATION 'PT2H'; like P1D, P2W for a",
        "DTSTART:21990101T000000Z/DURATION:P9999D | 5:1 an event that ends after 2199",
        "DTSTART;TZID=Moon/North:20260101T000000 | 6:1 the TZID 'Moon/North' of DTSTART is no IANA",
        "DTSTART:20260101T000000Z/EXRULE:FREQ=DAILY | 7:1 EXRULE is not supported",
        "DTSTART:20260101T000000Z/RDATE;VALUE=PERIOD:20260101T000000Z/PT1H | 7:1 RDATE of periods",
        "UID:a/DTSTART:20260101T000000Z/RECURRENCE-ID;RANGE=THISANDFUTURE:20260101T000000Z"
            + "| 8:1 a RECURRENCE-ID with a RANGE",
        "DTSTART:20260101T000000Z/RECURRENCE-ID:20260101T000000Z | 7:1 an event with a"
            + " RECURRENCE-ID",
        "DTSTART:20260101T000000Z/RRULE:FREQ=HOURLY | 7:1 RRULE has the FREQ 'HOURLY'; supported",
        "DTSTART:20260101T000000Z/RRULE:COUNT=3 | 7:1 RRULE has the FREQ ''",
        "DTSTART:20260101T000000Z/RRULE:FREQ=DAILY;COUNT=0 | 7:1 RRULE has the COUNT '0'",
        "DTSTART:20260101T000000Z/RRULE:FREQ=DAILY;INTERVAL=x | 7:1 RRULE has the INTERVAL 'X'",
        "DTSTART:20260101T000000Z/RRULE:FREQ=DAILY;COUNT=2;UNTIL=20270101T000000Z | 7:1 RRULE has",
        "DTSTART:20260101T000000Z/RRULE:FREQ=DAILY;UNTIL=tomorrow | 7:1 RRULE has the UNTIL",
        "DTSTART:20260101T000000Z/RRULE:FREQ=WEEKLY;BYDAY=XX | 7:1 RRULE has the BYDAY 'XX'",
        "DTSTART:20260101T000000Z/RRULE:FREQ=WEEKLY;BYDAY=2MO | 7:1 RRULE has a BYDAY with a"
            + " number",
        "DTSTART:20260101T000000Z/RRULE:FREQ=WEEKLY;BYMONTHDAY=2 | 7:1 RRULE has BYMONTHDAY",
        "DTSTART:20260101T000000Z/RRULE:FREQ=MONTHLY;BYYEARDAY=2 | 7:1 RRULE has BYYEARDAY",
        "DTSTART:20260101T000000Z/RRULE:FREQ=MONTHLY;BYMONTHDAY=0 | 7:1 RRULE has the BYMONTHDAY"
            + " '0'",
        "DTSTART:20260101T000000Z/RRULE:FREQ=YEARLY;BYWEEKNO=20 | 7:1 RRULE has 'BYWEEKNO=20'",
        "DTSTART:20260101T000000Z/RRULE:FREQ=YEARLY;BYSETPOS=1 | 7:1 RRULE has BYSETPOS alone",
        "DTSTART:20260101T000000Z/RRULE:FREQ=WEEKLY;BYDAY=MO;BYSETPOS=2 | 7:1 RRULE has a BYSETPOS",
        "DTSTART:20260101T000000Z/RRULE:FREQ=DAILY;BYHOUR=3;BYSETPOS=2 | 7:1 RRULE has a BYSETPOS",
        "DTSTART;VALUE=DATE:20260101/RRULE:FREQ=DAILY;BYHOUR=3 | 7:1 RRULE has BYHOUR, but",
        "DTSTART:20260101T000000Z/DURATION:P400D/RRULE:FREQ=DAILY | 8:1 an event that recurs lasts",
        "DTSTART:20260101T000000Z/RRULE:FREQ=DAILY;BYHOUR=0,1,2,3;BYMINUTE=0,1,2,3,4,5,6"
            + "| 7:1 RRULE begins 28 times a day; at most 24 are allowed",
      })
  void tellsWhatIsWrongWithAnEventAndWhere(String event, String expected) {
    CalendarReading reading = ChangeCalendar.read(bytes(open(event)));

    assertTrue(reading.calendar().isEmpty());
    assertEquals(1, reading.errors().size(), reading.errors().toString());
    String text = reading.errors().getFirst().text();
    assertTrue(text.startsWith(expected), text);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "hello | 1:1",
        "BEGIN:VEVENT/END:VEVENT | 1:1 the text is one calendar",
        "BEGIN:VCALENDAR/VERSION:2.0/X-CALENDAR-TYPE:DEFAULT_OPEN | 1:1 BEGIN:VCALENDAR without",
        "BEGIN:VCALENDAR/VERSION:1.0/X-CALENDAR-TYPE:DEFAULT_OPEN/END:VCALENDAR"
            + "| 2:1 the calendar's VERSION has to be 2.0",
        "BEGIN:VCALENDAR/X-CALENDAR-TYPE:DEFAULT_OPEN/END:VCALENDAR | 1:1 the calendar's VERSION",
        "BEGIN:VCALENDAR/VERSION:2.0/END:VCALENDAR | 1:1 the calendar needs a line X-CALENDAR-TYPE",
        "BEGIN:VCALENDAR/VERSION:2.0/X-CALENDAR-TYPE:SHUT/END:VCALENDAR | 3:1 the calendar needs a",
        "BEGIN:VCALENDAR/VERSION:2.0/X-CALENDAR-TYPE:DEFAULT_OPEN/CALSCALE:JULIAN/END:VCALENDAR"
            + "| 4:1 the CALSCALE 'JULIAN'",
        "BEGIN:VCALENDAR/VERSION:2.0/X-CALENDAR-TYPE:DEFAULT_OPEN/X-WR-TIMEZONE:Moon/END:VCALENDAR"
            + "| 4:1 X-WR-TIMEZONE 'Moon'",
        "BEGIN:VCALENDAR/VERSION:2.0/X-CALENDAR-TYPE:DEFAULT_OPEN/what is this/END:VCALENDAR"
            + "| 4:1 'what is this' is no line",
        "BEGIN:VCALENDAR/VERSION:2.0/X-CALENDAR-TYPE:DEFAULT_OPEN/BEGIN:VTIMEZONE/TZID:Mine"
            + "/END:VTIMEZONE/END:VCALENDAR | 4:1 a VTIMEZONE has 1 to 40 STANDARD",
        "BEGIN:VCALENDAR/VERSION:2.0/X-CALENDAR-TYPE:DEFAULT_OPEN/BEGIN:VTIMEZONE/TZID:Mine"
            + "/BEGIN:STANDARD/DTSTART:19700101T000000/TZOFFSETFROM:+0100/TZOFFSETTO:+0200"
            + "/RRULE:FREQ=SECONDLY/END:STANDARD/END:VTIMEZONE/END:VCALENDAR"
            + "| 10:1 clocks change by a YEARLY rule",
        "BEGIN:VCALENDAR/VERSION:2.0/X-CALENDAR-TYPE:DEFAULT_OPEN/BEGIN:VTIMEZONE/TZID:Mine"
            + "/BEGIN:STANDARD/DTSTART:19700101T000000/TZOFFSETFROM:+9900/TZOFFSETTO:+0200"
            + "/END:STANDARD/END:VTIMEZONE/END:VCALENDAR | 8:1 the TZOFFSETFROM of STANDARD is an",
      })
  void tellsWhatIsWrongWithTheWhole(String lines, String expected) {
    CalendarReading reading = ChangeCalendar.read(bytes(lines.replaceAll("/(?!North)", "\n")));

    assertTrue(reading.calendar().isEmpty());
    String text = reading.errors().getFirst().text();
    assertTrue(text.startsWith(expected), text);
  }

  @Test
  void tellsAllAtOnceAndCountsTheRest() {
    CalendarReading two =
        ChangeCalendar.read(bytes(open("DTSTART:x++DTSTART:20260101T000000Z/RRULE:FREQ=NEVER")));
    assertEquals(List.of(6, 10), two.errors().stream().map(Problem::line).toList());

    CalendarReading many =
        ChangeCalendar.read(bytes(open("DTSTART:x++".repeat(150) + "DTSTART:x")));
    assertEquals(DocumentLimits.MAX_PROBLEMS + 1, many.errors().size());
    assertEquals("and 51 more", many.errors().getLast().message());
  }

  @Test
  void warnsOfWhatMayBeMeantOtherwise() {
    Map<String, String> warnings =
        Map.of(
            "DTSTART:20260101T000000Z", "lasts no time",
            "DTSTART:20260101T080000Z/DURATION:PT1H/RRULE:FREQ=WEEKLY;BYDAY=MO",
                "from 2026-01-05T08:00",
            "DTSTART:20260101T080000Z/DURATION:PT1H/RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
                "gives no occurrence",
            "DTSTART:20260113T080000Z/DURATION:PT1H/RRULE:FREQ=YEARLY;BYMONTHDAY=13",
                "the days of each month");

    warnings.forEach(
        (event, expected) -> {
          CalendarReading reading = ChangeCalendar.read(bytes(open(event)));
          assertEquals(List.of(), reading.errors());
          assertEquals(1, reading.warnings().size(), reading.warnings().toString());
          assertTrue(
              reading.warnings().getFirst().message().contains(expected),
              reading.warnings().toString());
        });
  }

  @Test
  void noTextCostsMuchHoweverItIsMade() {
    String daily = "DTSTART:19700101T000000Z/DURATION:P1D/RRULE:FREQ=DAILY";
    Map<String, String> bombs = new LinkedHashMap<>();
    bombs.put("too large", "x".repeat(DocumentLimits.MAX_BYTES + 1));
    bombs.put("one line", "BEGIN:" + "x".repeat(65_000));
    bombs.put("folds", "BEGIN:VCALENDAR\nA:" + "\n ".repeat(32_000));
    bombs.put("deep", "BEGIN:VCALENDAR\n".repeat(4_000));
    bombs.put("unended parameters", "BEGIN:VCALENDAR\nA" + ";a=\"".repeat(16_000));
    bombs.put("parameters", "BEGIN:VCALENDAR\nA" + ";a=b".repeat(16_000) + ":x\n");
    bombs.put("lines", wrapped("A:\n".repeat(20_000)));
    bombs.put("many events", open("DTSTART:20260101T000000Z++".repeat(1_200) + "DTSTART:x"));
    bombs.put("as many rules as may be", rules(50, "FREQ=DAILY;INTERVAL=9;BYHOUR=1,2"));
    bombs.put("too many rules", rules(60, "FREQ=DAILY"));
    bombs.put("too frequent", rules(50, "FREQ=DAILY"));
    bombs.put("never", rules(50, "FREQ=DAILY;INTERVAL=2;BYMONTH=2;BYMONTHDAY=30;COUNT=99"));
    bombs.put("never in step", rules(50, "FREQ=DAILY;INTERVAL=7;BYDAY=WE;COUNT=99"));
    bombs.put("week never", rules(50, "FREQ=WEEKLY;BYDAY=MO;BYSETPOS=2;COUNT=99"));
    bombs.put("week in step", rules(50, "FREQ=WEEKLY;BYDAY=MO,WE;BYMONTH=2;BYSETPOS=2;INTERVAL=2"));
    bombs.put("week seldom", rules(50, "FREQ=WEEKLY;BYDAY=MO,TU;BYMONTH=2;BYSETPOS=2;COUNT=999"));
    bombs.put("month seldom", rules(50, "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=9;COUNT=999"));
    bombs.put("day seldom", rules(50, "FREQ=DAILY;BYHOUR=1,2;BYSETPOS=2;BYMONTHDAY=31;COUNT=999"));
    bombs.put("many counted", rules(27, "FREQ=DAILY;COUNT=999"));
    bombs.put(
        "last day of leap years",
        rules(50, "FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYSETPOS=366;COUNT=999"));
    bombs.put("seldom", rules(50, "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO;COUNT=99"));
    bombs.put("positions", rules(50, "FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYSETPOS=-1"));
    bombs.put("many times", rules(50, "FREQ=YEARLY;BYMONTH=1;BYHOUR=0,1,2,3,4,5,6,7,8,9,10,11"));
    bombs.put("long ago", open(daily));
    bombs.put("long", rules(50, "FREQ=WEEKLY").replace("PT1H", "P366D"));
    bombs.put("exceptions", open(daily + "\nEXDATE:" + "20260101T000000Z,".repeat(3_500)));
    bombs.put("dates", open(daily + "\nRDATE:" + "20260101T000000Z,".repeat(3_500) + "20260101"));
    bombs.put("zones", zones(20, 40));
    bombs.put("list", rules(1, "FREQ=YEARLY;BYYEARDAY=" + "1,".repeat(20_000) + "1"));
    bombs.put("random", random());
    bombs.values().forEach(CalendarReaderTest::cost);

    StringBuilder figures = new StringBuilder();
    List<String> dear = new ArrayList<>();
    bombs.forEach(
        (name, text) -> {
          long[] cost = cost(text);
          figures.append(
              "%s %.1f/%.1f ms, ".formatted(name, cost[0] / 1_000_000.0, cost[1] / 1_000_000.0));
          if (cost[0] > MOST.toNanos() || cost[1] > MOST.toNanos()) {
            dear.add(name);
          }
        });
    System.out.println("calendars, to read/to ask: " + figures);
    assertEquals(List.of(), dear, () -> "cost more than " + MOST + ": " + figures);
  }

  /** Nanoseconds to read it, and to ask it the dearest question, the best of three. */
  private static long[] cost(String text) {
    // Of this thread alone: others on the machine don't count.
    ThreadMXBean processor = ManagementFactory.getThreadMXBean();
    long[] best = {Long.MAX_VALUE, Long.MAX_VALUE};
    for (int i = 0; i < 3; i++) {
      long start = processor.getCurrentThreadCpuTime();
      CalendarReading reading = ChangeCalendar.read(bytes(text));
      long read = processor.getCurrentThreadCpuTime();
      reading
          .calendar()
          .ifPresent(calendar -> calendar.state(Instant.parse("2194-12-31T00:00:00Z")));
      reading
          .calendar()
          .ifPresent(calendar -> calendar.nextTransition(Instant.parse("2190-01-01T00:00:00Z")));
      best[0] = Math.min(best[0], read - start);
      best[1] = Math.min(best[1], processor.getCurrentThreadCpuTime() - read);
    }
    return best;
  }

  private static String rules(int count, String rule) {
    StringBuilder events = new StringBuilder();
    for (int i = 0; i < count; i++) {
      events.append(
          "DTSTART;TZID=Africa/Casablanca:1970010%dT000000/DURATION:PT1H/RRULE:%s++"
              .formatted(1 + i % 9, rule));
    }
    return open(events.substring(0, events.length() - 2));
  }

  private static String zones(int count, int observances) {
    StringBuilder zones = new StringBuilder("X-CALENDAR-TYPE:DEFAULT_OPEN\n");
    for (int i = 0; i < count; i++) {
      zones.append("BEGIN:VTIMEZONE\nTZID:z").append(i).append('\n');
      for (int j = 0; j < observances / 2 && zones.length() < 63_000; j++) {
        zones
            .append("BEGIN:STANDARD\nDTSTART:16010101T000000\nTZOFFSETFROM:+0")
            .append(j % 10)
            .append("00\nTZOFFSETTO:-0100\nRRULE:FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR\nEND:STANDARD\n");
      }
      zones.append("END:VTIMEZONE\n");
    }
    return wrapped(zones.toString());
  }

  private static String random() {
    SplittableRandom random = new SplittableRandom(7);
    List<String> pieces =
        List.of(
            "BEGIN:", "END:", "VEVENT", "VCALENDAR", "\n", ";", ":", "=", "\"", "RRULE", " ", ",");
    StringBuilder text = new StringBuilder("BEGIN:VCALENDAR\n");
    while (text.length() < 60_000) {
      text.append(pieces.get(random.nextInt(pieces.size())));
    }
    return text.toString();
  }
}
