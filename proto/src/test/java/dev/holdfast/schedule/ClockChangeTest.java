package dev.holdfast.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Schedules over changes of clocks: gaps and overlaps of an hour and of half an hour, at night and
 * at midnight, of one month, and a day that was left out. The expected instants come from another
 * program with another table of zones.
 */
final class ClockChangeTest {

  @ParameterizedTest(name = "{0} in {1} after {2}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "cron(30 2 * * ? *) | Europe/Berlin | 2026-03-28T02:00:00Z |"
            + " 2026-03-29T01:00:00Z"
            + " 2026-03-30T00:30:00Z"
            + " 2026-03-31T00:30:00Z",
        "cron(0,30 2-3 * * ? *) | Europe/Berlin | 2026-03-29T00:00:00Z |"
            + " 2026-03-29T01:00:00Z"
            + " 2026-03-29T01:30:00Z"
            + " 2026-03-30T00:00:00Z"
            + " 2026-03-30T00:30:00Z",
        "cron(30 * * * ? *) | Europe/Berlin | 2026-03-28T23:59:00Z |"
            + " 2026-03-29T00:30:00Z"
            + " 2026-03-29T01:30:00Z"
            + " 2026-03-29T02:30:00Z"
            + " 2026-03-29T03:30:00Z",
        "cron(30 2 ? 3 1L *) | Europe/Berlin | 2026-01-01T00:00:00Z |"
            + " 2026-03-29T01:00:00Z"
            + " 2027-03-28T01:00:00Z",
        "cron(30 2 * * ? *) | Europe/Berlin | 2026-10-24T02:00:00Z |"
            + " 2026-10-25T00:30:00Z"
            + " 2026-10-26T01:30:00Z"
            + " 2026-10-27T01:30:00Z",
        "cron(*/30 2 * * ? *) | Europe/Berlin | 2026-10-24T23:00:00Z |"
            + " 2026-10-25T00:00:00Z"
            + " 2026-10-25T00:30:00Z"
            + " 2026-10-26T01:00:00Z"
            + " 2026-10-26T01:30:00Z",
        "cron(0 * * * ? *) | Europe/Berlin | 2026-10-24T23:30:00Z |"
            + " 2026-10-25T00:00:00Z"
            + " 2026-10-25T01:00:00Z"
            + " 2026-10-25T02:00:00Z"
            + " 2026-10-25T03:00:00Z",
        "cron(30 2 ? 10 1L *) | Europe/Berlin | 2026-01-01T00:00:00Z |"
            + " 2026-10-25T00:30:00Z"
            + " 2027-10-31T00:30:00Z",
        "cron(30 2 * * ? *) | America/New_York | 2026-03-07T08:00:00Z |"
            + " 2026-03-08T07:00:00Z"
            + " 2026-03-09T06:30:00Z"
            + " 2026-03-10T06:30:00Z",
        "cron(15 1-3 * * ? *) | America/New_York | 2026-03-08T06:00:00Z |"
            + " 2026-03-08T06:15:00Z"
            + " 2026-03-08T07:00:00Z"
            + " 2026-03-08T07:15:00Z"
            + " 2026-03-09T05:15:00Z",
        "cron(0 * * * ? *) | America/New_York | 2026-03-08T05:30:00Z |"
            + " 2026-03-08T06:00:00Z"
            + " 2026-03-08T07:00:00Z"
            + " 2026-03-08T08:00:00Z"
            + " 2026-03-08T09:00:00Z",
        "cron(30 2 ? 3 1#2 *) | America/New_York | 2026-01-01T00:00:00Z |"
            + " 2026-03-08T07:00:00Z"
            + " 2027-03-14T07:00:00Z",
        "cron(30 1 * * ? *) | America/New_York | 2026-10-31T06:00:00Z |"
            + " 2026-11-01T05:30:00Z"
            + " 2026-11-02T06:30:00Z"
            + " 2026-11-03T06:30:00Z",
        "cron(0,30 0-2 * * ? *) | America/New_York | 2026-11-01T03:59:00Z |"
            + " 2026-11-01T04:00:00Z"
            + " 2026-11-01T04:30:00Z"
            + " 2026-11-01T05:00:00Z"
            + " 2026-11-01T05:30:00Z"
            + " 2026-11-01T07:00:00Z"
            + " 2026-11-01T07:30:00Z"
            + " 2026-11-02T05:00:00Z",
        "cron(30 * * * ? *) | America/New_York | 2026-11-01T04:00:00Z |"
            + " 2026-11-01T04:30:00Z"
            + " 2026-11-01T05:30:00Z"
            + " 2026-11-01T06:30:00Z"
            + " 2026-11-01T07:30:00Z",
        "cron(30 1 ? 11 1#1 *) | America/New_York | 2026-01-01T00:00:00Z |"
            + " 2026-11-01T05:30:00Z"
            + " 2027-11-07T05:30:00Z",
        "cron(15 2 * * ? *) | Australia/Lord_Howe | 2026-10-02T16:00:00Z |"
            + " 2026-10-03T15:30:00Z"
            + " 2026-10-04T15:15:00Z"
            + " 2026-10-05T15:15:00Z",
        "cron(0,15,30,45 2 * * ? *) | Australia/Lord_Howe | 2026-10-03T15:00:00Z |"
            + " 2026-10-03T15:30:00Z"
            + " 2026-10-03T15:45:00Z"
            + " 2026-10-04T15:00:00Z"
            + " 2026-10-04T15:15:00Z",
        "cron(15 * * * ? *) | Australia/Lord_Howe | 2026-10-03T14:00:00Z |"
            + " 2026-10-03T14:45:00Z"
            + " 2026-10-03T16:15:00Z"
            + " 2026-10-03T17:15:00Z"
            + " 2026-10-03T18:15:00Z",
        "cron(45 1 * * ? *) | Australia/Lord_Howe | 2026-04-03T15:00:00Z |"
            + " 2026-04-04T14:45:00Z"
            + " 2026-04-05T15:15:00Z"
            + " 2026-04-06T15:15:00Z",
        "cron(15,45 1 * * ? *) | Australia/Lord_Howe | 2026-04-04T14:00:00Z |"
            + " 2026-04-04T14:15:00Z"
            + " 2026-04-04T14:45:00Z"
            + " 2026-04-05T14:45:00Z",
        "cron(15,45 * * * ? *) | Australia/Lord_Howe | 2026-04-04T14:00:00Z |"
            + " 2026-04-04T14:15:00Z"
            + " 2026-04-04T14:45:00Z"
            + " 2026-04-04T15:15:00Z"
            + " 2026-04-04T15:45:00Z"
            + " 2026-04-04T16:15:00Z",
        "cron(30 2 * * ? *) | Africa/Casablanca | 2026-02-14T03:00:00Z |"
            + " 2026-02-15T01:30:00Z"
            + " 2026-02-16T02:30:00Z"
            + " 2026-02-17T02:30:00Z",
        "cron(30 * * * ? *) | Africa/Casablanca | 2026-02-15T00:00:00Z |"
            + " 2026-02-15T00:30:00Z"
            + " 2026-02-15T01:30:00Z"
            + " 2026-02-15T02:30:00Z"
            + " 2026-02-15T03:30:00Z",
        "cron(30 2 * * ? *) | Africa/Casablanca | 2026-03-21T03:00:00Z |"
            + " 2026-03-22T02:00:00Z"
            + " 2026-03-23T01:30:00Z"
            + " 2026-03-24T01:30:00Z",
        "cron(30 * * * ? *) | Africa/Casablanca | 2026-03-22T00:00:00Z |"
            + " 2026-03-22T00:30:00Z"
            + " 2026-03-22T01:30:00Z"
            + " 2026-03-22T02:30:00Z"
            + " 2026-03-22T03:30:00Z",
        "cron(0 0 * * ? *) | America/Havana | 2026-03-07T06:00:00Z |"
            + " 2026-03-08T05:00:00Z"
            + " 2026-03-09T04:00:00Z"
            + " 2026-03-10T04:00:00Z",
        "cron(30 0 ? 3 1#2 *) | America/Havana | 2026-01-01T00:00:00Z |"
            + " 2026-03-08T05:00:00Z"
            + " 2027-03-14T05:00:00Z",
        "cron(30 0 * * ? *) | America/Havana | 2026-10-31T06:00:00Z |"
            + " 2026-11-01T04:30:00Z"
            + " 2026-11-02T05:30:00Z"
            + " 2026-11-03T05:30:00Z",
        "cron(30 * 1 11 ? *) | America/Havana | 2026-11-01T03:00:00Z |"
            + " 2026-11-01T04:30:00Z"
            + " 2026-11-01T05:30:00Z"
            + " 2026-11-01T06:30:00Z"
            + " 2026-11-01T07:30:00Z",
        "cron(0 12 * * ? *) | Pacific/Apia | 2011-12-28T23:00:00Z |"
            + " 2011-12-29T22:00:00Z"
            + " 2011-12-30T10:00:00Z"
            + " 2011-12-30T22:00:00Z",
        "cron(0 0,12 30 * ? *) | Pacific/Apia | 2011-12-29T00:00:00Z |"
            + " 2011-12-30T10:00:00Z"
            + " 2012-01-29T10:00:00Z",
        "cron(0 0 L * ? *) | Pacific/Apia | 2011-12-01T00:00:00Z |"
            + " 2011-12-30T10:00:00Z"
            + " 2012-01-30T10:00:00Z",
        "cron(0 0 29 2 ? *) | Europe/Berlin | 2027-03-01T00:00:00Z |" + " 2028-02-28T23:00:00Z",
        "cron(0 0 L 2 ? *) | America/New_York | 2028-01-01T00:00:00Z |"
            + " 2028-02-29T05:00:00Z"
            + " 2029-02-28T05:00:00Z",
      })
  void firesAsTheClocksOfTheZoneGo(String expression, String zone, Instant after, String expected) {
    Schedule schedule = ScheduleTest.read(expression, zone, 0);

    assertEquals(expected, firings(schedule, after, expected.split(" ").length));
  }

  @Test
  void theOffsetKeepsTheTimeOfDayThatTheExpressionNames() {
    // The base 2:30 of 29 March is skipped, that of the day after is not.
    Schedule schedule = ScheduleTest.read("cron(30 2 ? * SUN *)", "Europe/Berlin", 1);
    assertEquals(
        "2026-03-30T00:30:00Z 2026-04-06T00:30:00Z",
        firings(schedule, Instant.parse("2026-03-28T00:00:00Z"), 2));

    // The base 2:30 of 28 March is there, that of the day after is skipped.
    Schedule saturdays = ScheduleTest.read("cron(30 2 ? * SAT *)", "Europe/Berlin", 1);
    assertEquals(
        "2026-03-29T01:00:00Z 2026-04-05T00:30:00Z",
        firings(saturdays, Instant.parse("2026-03-26T00:00:00Z"), 2));
  }

  @Test
  void hoursThatPassTwiceOnTheLastDayOfAScheduleBothCount() {
    Schedule plain = ScheduleTest.read("cron(30 * 31 10 ? 2026)", "America/Sao_Paulo", 0);
    assertEquals(24, count(plain));

    // The clock went from midnight back to 23:00 of the day that had just ended.
    Schedule ended = ScheduleTest.read("cron(30 * 16 2 ? 2019)", "America/Sao_Paulo", 0);
    assertEquals(25, count(ended));
  }

  @Test
  void aRateDoesNotKnowOfClocks() {
    Schedule schedule = ScheduleTest.read("rate(12 hours)", "Europe/Berlin", 0);

    assertEquals(
        "2026-03-29T06:00:00Z 2026-03-29T18:00:00Z 2026-03-30T06:00:00Z",
        firings(schedule, Instant.parse("2026-03-28T18:00:00Z"), 3));
  }

  @Test
  void onlyNamesOfZonesAreZones() {
    for (String name : List.of("UTC", "Europe/Berlin", "Asia/Kolkata", "Etc/GMT+5", "US/Pacific")) {
      assertEquals(Optional.of(ZoneId.of(name)), ScheduleReader.zone(name), name);
    }
    for (String name : List.of("", "+02:00", "UTC+2", "Z", "europe/berlin", "Moon/North")) {
      assertTrue(ScheduleReader.zone(name).isEmpty(), name);
    }
  }

  private static int count(Schedule schedule) {
    return firings(schedule, Instant.parse("2019-01-01T00:00:00Z"), 100).split(" ").length;
  }

  private static String firings(Schedule schedule, Instant after, int count) {
    Instant anchor = Instant.parse("2026-01-01T06:00:00Z");
    List<String> instants = new ArrayList<>();
    Optional<Instant> next = schedule.next(after, anchor);
    while (next.isPresent() && instants.size() < count) {
      instants.add(next.get().toString());
      next = schedule.next(next.get(), anchor);
    }
    return String.join(" ", instants);
  }
}
