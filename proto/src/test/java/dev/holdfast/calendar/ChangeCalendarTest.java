package dev.holdfast.calendar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ChangeCalendarTest {

  /** Lines of one event after another; {@code /} ends a line, {@code ++} an event. */
  @ParameterizedTest(name = "{0} after {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        // Single events: start is in it, end is not.
        "DTSTART:20261224T180000Z/DTEND:20261224T200000Z"
            + "| 2026-12-24T17:59:59Z | closes 2026-12-24T18:00:00Z, opens 2026-12-24T20:00:00Z",
        "DTSTART:20261224T180000Z/DURATION:PT90M"
            + "| 2026-12-24T18:00:00Z | opens 2026-12-24T19:30:00Z",
        "DTSTART:20261224T180000Z/DTEND:20261224T200000Z | 2026-12-24T20:00:00Z |",
        "DTSTART;TZID=Europe/Berlin:20261224T180000/DTEND;TZID=Europe/Berlin:20261224T200000"
            + "| 2026-12-01T00:00:00Z | closes 2026-12-24T17:00:00Z, opens 2026-12-24T19:00:00Z",
        "DTSTART;TZID=Europe/Berlin:20261224T180000/DTEND;TZID=America/New_York:20261224T180000"
            + "| 2026-12-01T00:00:00Z | closes 2026-12-24T17:00:00Z, opens 2026-12-24T23:00:00Z",
        // All day: one day unless it says otherwise; the end is not in it.
        "DTSTART;VALUE=DATE:20261224"
            + "| 2026-12-01T00:00:00Z | closes 2026-12-24T00:00:00Z, opens 2026-12-25T00:00:00Z",
        "DTSTART;VALUE=DATE:20261224/DTEND;VALUE=DATE:20270102"
            + "| 2026-12-01T00:00:00Z | closes 2026-12-24T00:00:00Z, opens 2027-01-02T00:00:00Z",
        "DTSTART;VALUE=DATE:20261224/DURATION:P1W"
            + "| 2026-12-01T00:00:00Z | closes 2026-12-24T00:00:00Z, opens 2026-12-31T00:00:00Z",
        // Events that touch or overlap are one.
        "DTSTART:20261224T180000Z/DURATION:PT1H++DTSTART:20261224T190000Z/DURATION:PT1H"
            + "| 2026-12-24T18:30:00Z | opens 2026-12-24T20:00:00Z",
        "DTSTART:20261224T180000Z/DURATION:PT5H++DTSTART:20261224T190000Z/DURATION:PT1H"
            + "| 2026-12-24T00:00:00Z | closes 2026-12-24T18:00:00Z, opens 2026-12-24T23:00:00Z",
        // Rules, with what is taken out, put in and moved.
        "DTSTART:20260105T220000Z/DURATION:PT2H/RRULE:FREQ=WEEKLY;BYDAY=MO,TH;COUNT=3"
            + "| 2026-01-06T00:00:00Z | closes 2026-01-08T22:00:00Z, opens 2026-01-09T00:00:00Z,"
            + " closes 2026-01-12T22:00:00Z, opens 2026-01-13T00:00:00Z",
        "DTSTART:20260105T220000Z/DURATION:PT2H/RRULE:FREQ=DAILY;UNTIL=20260107T220000Z"
            + "/EXDATE:20260106T220000Z/RDATE:20260120T100000Z| 2026-01-05T23:00:00Z | opens"
            + " 2026-01-06T00:00:00Z, closes 2026-01-07T22:00:00Z, opens 2026-01-08T00:00:00Z,"
            + " closes 2026-01-20T10:00:00Z, opens 2026-01-20T12:00:00Z",
        "UID:a/DTSTART:20260105T220000Z/DURATION:PT2H/RRULE:FREQ=DAILY;COUNT=3"
            + "++UID:a/RECURRENCE-ID:20260106T220000Z/DTSTART:20260106T120000Z/DURATION:PT1H"
            + "| 2026-01-06T01:00:00Z | closes 2026-01-06T12:00:00Z, opens 2026-01-06T13:00:00Z,"
            + " closes 2026-01-07T22:00:00Z, opens 2026-01-08T00:00:00Z",
        "UID:a/DTSTART:20260105T220000Z/DURATION:PT2H/RRULE:FREQ=DAILY;COUNT=3"
            + "++UID:a/RECURRENCE-ID:20260106T220000Z/DTSTART:20260106T220000Z/STATUS:CANCELLED"
            + "| 2026-01-06T01:00:00Z | closes 2026-01-07T22:00:00Z, opens 2026-01-08T00:00:00Z",
        // What one event leaves out, another of the same UID doesn't.
        "UID:a/DTSTART:20260105T220000Z/DURATION:PT2H/RRULE:FREQ=DAILY;COUNT=2"
            + "/EXDATE:20260106T220000Z"
            + "++UID:a/DTSTART:20260106T220000Z/DURATION:PT1H"
            + "++UID:a/RECURRENCE-ID:20260105T220000Z/DTSTART:20260105T220000Z/STATUS:CANCELLED"
            + "| 2026-01-01T00:00:00Z | closes 2026-01-06T22:00:00Z, opens 2026-01-06T23:00:00Z",
        "DTSTART:20260105T220000Z/DURATION:PT2H/STATUS:CANCELLED | 2026-01-01T00:00:00Z |",
        "DTSTART;VALUE=DATE:20260101/RRULE:FREQ=MONTHLY;BYDAY=-1FR/EXDATE;VALUE=DATE:20260227"
            + "| 2026-01-31T00:00:00Z | closes 2026-03-27T00:00:00Z, opens 2026-03-28T00:00:00Z,"
            + " closes 2026-04-24T00:00:00Z",
        "DTSTART:20260131T100000Z/DURATION:PT1H/RRULE:FREQ=MONTHLY"
            + "| 2026-02-01T00:00:00Z | closes 2026-03-31T10:00:00Z, opens 2026-03-31T11:00:00Z,"
            + " closes 2026-05-31T10:00:00Z",
        "DTSTART:20240229T100000Z/DURATION:PT1H/RRULE:FREQ=YEARLY"
            + "| 2024-03-01T00:00:00Z | closes 2028-02-29T10:00:00Z, opens 2028-02-29T11:00:00Z",
        // Working hours: what ends as the next begins does not open.
        "DTSTART:20260101T000000Z/DURATION:P1D/RRULE:FREQ=DAILY | 2026-05-01T00:00:00Z |",
        // A rule in a zone keeps the time of day; the end is as long after the start as the first.
        "DTSTART;TZID=Europe/Berlin:20260326T220000/DTEND;TZID=Europe/Berlin:20260327T060000"
            + "/RRULE:FREQ=DAILY"
            + "| 2026-03-28T12:00:00Z | closes 2026-03-28T21:00:00Z, opens 2026-03-29T05:00:00Z,"
            + " closes 2026-03-29T20:00:00Z, opens 2026-03-30T04:00:00Z",
        // A duration in days is of days that may have 23 hours.
        "DTSTART;TZID=Europe/Berlin:20260326T220000/DURATION:P1D/RRULE:FREQ=DAILY;INTERVAL=2"
            + "| 2026-03-28T12:00:00Z | closes 2026-03-28T21:00:00Z, opens 2026-03-29T20:00:00Z",
        // A start in the gap is read with the offset before, one in the overlap is the first.
        "DTSTART;TZID=Europe/Berlin:20260329T023000/DURATION:PT1H"
            + "| 2026-03-28T12:00:00Z | closes 2026-03-29T01:30:00Z, opens 2026-03-29T02:30:00Z",
        "DTSTART;TZID=Europe/Berlin:20261025T023000/DURATION:PT1H"
            + "| 2026-10-24T12:00:00Z | closes 2026-10-25T00:30:00Z, opens 2026-10-25T01:30:00Z",
      })
  void closesWhileAnEventGoesOn(String events, Instant after, String expected) {
    assertEquals(
        expected == null ? "" : expected, transitions(read(open(events)), after, 9, expected));
  }

  @Test
  void whatIsClosedByDefaultIsOpenedByItsEvents() {
    String event = "DTSTART:20261224T180000Z/DTEND:20261224T200000Z";
    ChangeCalendar calendar = read(calendar("DEFAULT_CLOSED", event));

    assertEquals(CalendarState.CLOSED, calendar.byDefault());
    assertEquals(CalendarState.CLOSED, calendar.state(Instant.parse("2026-12-24T17:59:59Z")));
    assertEquals(CalendarState.OPEN, calendar.state(Instant.parse("2026-12-24T18:00:00Z")));
    assertEquals(CalendarState.CLOSED, calendar.state(Instant.parse("2026-12-24T20:00:00Z")));
    assertEquals(
        "opens 2026-12-24T18:00:00Z, closes 2026-12-24T20:00:00Z",
        transitions(calendar, Instant.parse("2026-01-01T00:00:00Z"), 9, "opens"));
  }

  @Test
  void aCalendarWithoutEventsIsAlwaysWhatItIsByDefault() {
    // As a new one is stored: a task tells people what to do with it.
    ChangeCalendar calendar =
        read(
            """
            BEGIN:VCALENDAR
            PRODID:-//Example//EN
            VERSION:2.0
            X-CALENDAR-TYPE:DEFAULT_OPEN
            X-WR-CALDESC:
            BEGIN:VTODO
            DTSTAMP:20200320T004207Z
            UID:1
            SUMMARY:Add events to this calendar.
            END:VTODO
            END:VCALENDAR
            """);

    for (Instant at : List.of(Instant.MIN, Instant.EPOCH, Instant.MAX)) {
      assertEquals(CalendarState.OPEN, calendar.state(at));
      assertEquals(Optional.empty(), calendar.nextTransition(at));
    }
  }

  @Test
  void theHorizonIsFiveYears() {
    ChangeCalendar calendar = read(open("DTSTART:20400101T000000Z/DURATION:P1D"));

    assertEquals(Optional.empty(), calendar.nextTransition(Instant.parse("2034-01-01T00:00:00Z")));
    assertEquals(
        Optional.of(Instant.parse("2040-01-01T00:00:00Z")),
        calendar.nextTransition(Instant.parse("2035-06-01T00:00:00Z")));
  }

  @Test
  void severalAreOpenOnlyIfEveryOneIs() {
    ChangeCalendar freeze = read(open("DTSTART:20261220T000000Z/DURATION:P10D"));
    ChangeCalendar nights =
        read(calendar("DEFAULT_CLOSED", "DTSTART:20261201T220000Z/DURATION:PT4H/RRULE:FREQ=DAILY"));
    List<ChangeCalendar> both = List.of(freeze, nights);

    assertEquals(
        CalendarState.CLOSED, ChangeCalendar.state(both, Instant.parse("2026-12-10T12:00:00Z")));
    assertEquals(
        CalendarState.OPEN, ChangeCalendar.state(both, Instant.parse("2026-12-10T23:00:00Z")));
    assertEquals(
        CalendarState.CLOSED, ChangeCalendar.state(both, Instant.parse("2026-12-24T23:00:00Z")));
    // The last night before the freeze is cut short by it, and its nights open nothing.
    assertEquals(
        Optional.of(Instant.parse("2026-12-20T00:00:00Z")),
        ChangeCalendar.nextTransition(both, Instant.parse("2026-12-19T22:00:00Z")));
    assertEquals(
        Optional.of(Instant.parse("2026-12-30T00:00:00Z")),
        ChangeCalendar.nextTransition(both, Instant.parse("2026-12-20T00:00:00Z")));
    assertEquals(CalendarState.OPEN, ChangeCalendar.state(List.of(), Instant.EPOCH));
    assertEquals(Optional.empty(), ChangeCalendar.nextTransition(List.of(), Instant.EPOCH));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        // As programs that don't know IANA names export it; the rule starts long ago.
        "W. Europe Standard Time | 2026-07-01T10:00:00Z | 2026-01-05T11:00:00Z",
        // A prefix before a name that everybody knows.
        "/example.org/20260101/Europe/Berlin | 2026-07-01T10:00:00Z | 2026-01-05T11:00:00Z",
      })
  void aZoneIsKnownByItsNameOrByWhatTheCalendarSays(String tzid, Instant summer, Instant winter) {
    ChangeCalendar calendar =
        read(
            wrapped(
                "X-CALENDAR-TYPE:DEFAULT_OPEN\n"
                    + """
                    BEGIN:VTIMEZONE
                    TZID:W. Europe Standard Time
                    BEGIN:STANDARD
                    DTSTART:16010101T030000
                    TZOFFSETFROM:+0200
                    TZOFFSETTO:+0100
                    RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
                    END:STANDARD
                    BEGIN:DAYLIGHT
                    DTSTART:16010101T020000
                    TZOFFSETFROM:+0100
                    TZOFFSETTO:+0200
                    RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
                    END:DAYLIGHT
                    END:VTIMEZONE
                    """
                    + "BEGIN:VEVENT\nDTSTART;TZID=%s:20260105T120000\n".formatted(tzid)
                    + "DURATION:PT1H\nRRULE:FREQ=DAILY\nEND:VEVENT\n"));

    for (Instant start : List.of(summer, winter)) {
      assertEquals(CalendarState.OPEN, calendar.state(start.minusSeconds(1)), start::toString);
      assertEquals(CalendarState.CLOSED, calendar.state(start), start::toString);
    }
    assertEquals(
        "opens 2026-03-28T12:00:00Z, closes 2026-03-29T10:00:00Z, opens 2026-03-29T11:00:00Z",
        transitions(calendar, Instant.parse("2026-03-28T11:30:00Z"), 3, "opens"));
    assertEquals(
        "opens 2026-10-24T11:00:00Z, closes 2026-10-25T11:00:00Z, opens 2026-10-25T12:00:00Z",
        transitions(calendar, Instant.parse("2026-10-24T10:30:00Z"), 3, "opens"));
  }

  @Test
  void daysAndFloatingTimesAreThoseOfTheCalendarsOwnZone() {
    String events = "DTSTART;VALUE=DATE:20260704++DTSTART:20260706T080000/DURATION:PT1H";
    String expected =
        "closes 2026-07-04T04:00:00Z, opens 2026-07-05T04:00:00Z,"
            + " closes 2026-07-06T12:00:00Z, opens 2026-07-06T13:00:00Z";
    Instant after = Instant.parse("2026-07-01T00:00:00Z");

    CalendarReading named =
        ChangeCalendar.read(
            bytes(open(events).replace("VERSION", "X-WR-TIMEZONE:America/New_York\nVERSION")));
    assertEquals(List.of(), named.warnings());
    assertEquals(expected, transitions(named.calendar().orElseThrow(), after, 9, "closes"));

    String only =
        """
        BEGIN:VTIMEZONE
        TZID:America/New_York
        BEGIN:STANDARD
        DTSTART:19701101T020000
        TZOFFSETFROM:-0400
        TZOFFSETTO:-0500
        END:STANDARD
        END:VTIMEZONE
        """;
    assertEquals(
        expected,
        transitions(
            read(open(events).replaceFirst("BEGIN:VEVENT", only + "BEGIN:VEVENT")),
            after,
            9,
            "closes"));

    CalendarReading utc = ChangeCalendar.read(bytes(open(events)));
    assertEquals(1, utc.warnings().size());
    assertTrue(utc.warnings().getFirst().message().contains("X-WR-TIMEZONE"));
    assertEquals(
        CalendarState.CLOSED,
        utc.calendar().orElseThrow().state(Instant.parse("2026-07-04T00:00:00Z")));
  }

  @Test
  void linesAreUnfoldedAndWhatAnAlarmSaysIsNotTheEvents() {
    ChangeCalendar calendar =
        read(
            open(
                "SUMMARY;LANGUAGE=en;X-A=\"a;b:c\":Freeze\\, all of it\n  and more/"
                    + "DTSTART:20261224T\n 180000Z/DURATION:PT1H"
                    + "/BEGIN:VALARM/TRIGGER:-PT15M/DURATION:PT5M/END:VALARM"));

    assertEquals(
        "closes 2026-12-24T18:00:00Z, opens 2026-12-24T19:00:00Z",
        transitions(calendar, Instant.parse("2026-12-01T00:00:00Z"), 9, "closes"));
  }

  static ChangeCalendar read(String text) {
    CalendarReading reading = ChangeCalendar.read(bytes(text));
    return reading.calendar().orElseThrow(() -> new AssertionError(reading.errors() + "\n" + text));
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static String open(String events) {
    return calendar("DEFAULT_OPEN", events);
  }

  static String calendar(String type, String events) {
    StringBuilder text = new StringBuilder("X-CALENDAR-TYPE:" + type + "\n");
    for (String event : events.split("\\+\\+")) {
      text.append("BEGIN:VEVENT\n");
      // A slash within the name of a zone ends no line.
      text.append(event.replaceAll("/(?=[A-Z-]{3,}[:;])", "\n").strip());
      text.append("\nEND:VEVENT\n");
    }
    return wrapped(text.toString());
  }

  static String wrapped(String content) {
    return "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Example//EN\n" + content + "END:VCALENDAR\n";
  }

  private static String transitions(
      ChangeCalendar calendar, Instant after, int most, String expected) {
    int count = expected == null ? 1 : Math.min(most, expected.split(",").length);
    count = expected != null && !expected.contains(" ") ? most : count;
    List<String> transitions = new ArrayList<>();
    Optional<Instant> next = calendar.nextTransition(after);
    while (next.isPresent() && transitions.size() < count) {
      Instant at = next.get();
      CalendarState state = calendar.state(at);
      assertEquals(state.opposite(), calendar.state(at.minusNanos(1)), at::toString);
      transitions.add((state == CalendarState.OPEN ? "opens " : "closes ") + at);
      next = calendar.nextTransition(at);
    }
    return String.join(", ", transitions);
  }
}
