package dev.holdfast.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.testing.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ScheduleTest {
  private static final Instant ANCHOR = Instant.parse("2026-01-01T00:00:00Z");

  /** Expressions of the corpus that we judge otherwise than AWS does, with the reason. */
  private static final Map<String, String> OURS =
      Map.of(
          "rate(10000000000000000000 days)", "rates go up to 366 days",
          "cron(24 30 09 ? * * *)", "nothing fires within a minute: the seconds field must be 0");

  @ParameterizedTest(name = "{0} in {1} after {2}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "cron(0 2 ? * SUN *)      | UTC           | 2026-11-24T00:00:00Z | 2026-11-29T02:00:00Z"
            + " 2026-12-06T02:00:00Z",
        "cron(0/30 * * * ? *)     | UTC           | 2026-11-24T00:00:00Z | 2026-11-24T00:30:00Z"
            + " 2026-11-24T01:00:00Z",
        "cron(0 0 L * ? *)        | UTC           | 2028-02-01T00:00:00Z | 2028-02-29T00:00:00Z"
            + " 2028-03-31T00:00:00Z",
        "cron(0 0 LW * ? *)       | UTC           | 2026-05-01T00:00:00Z | 2026-05-29T00:00:00Z"
            + " 2026-06-30T00:00:00Z",
        "cron(0 0 15W * ? *)      | UTC           | 2026-08-01T00:00:00Z | 2026-08-14T00:00:00Z"
            + " 2026-09-15T00:00:00Z",
        "cron(0 0 1W * ? *)       | UTC           | 2026-07-15T00:00:00Z | 2026-08-03T00:00:00Z"
            + " 2026-09-01T00:00:00Z",
        "cron(0 0 31W * ? *)      | UTC           | 2026-05-01T00:00:00Z | 2026-05-29T00:00:00Z"
            + " 2026-07-31T00:00:00Z",
        "cron(30 23 ? * TUE#3 *)  | UTC           | 2026-11-01T00:00:00Z | 2026-11-17T23:30:00Z"
            + " 2026-12-15T23:30:00Z",
        "cron(0 0 ? * 3L *)       | UTC           | 2026-11-01T00:00:00Z | 2026-11-24T00:00:00Z"
            + " 2026-12-29T00:00:00Z",
        "cron(0 0 ? * L *)        | UTC           | 2026-11-24T00:00:00Z | 2026-11-28T00:00:00Z"
            + " 2026-12-05T00:00:00Z",
        "cron(0 22-2 * * ? *)     | UTC           | 2026-11-24T23:30:00Z | 2026-11-25T00:00:00Z"
            + " 2026-11-25T01:00:00Z",
        "cron(0 0 ? * FRI-MON *)  | UTC           | 2026-11-24T00:00:00Z | 2026-11-27T00:00:00Z"
            + " 2026-11-28T00:00:00Z",
        "cron(0 0 29 2 ? *)       | UTC           | 2026-01-01T00:00:00Z | 2028-02-29T00:00:00Z"
            + " 2032-02-29T00:00:00Z",
        "cron(0 0 5,L * ? *)      | UTC           | 2026-11-10T00:00:00Z | 2026-11-30T00:00:00Z"
            + " 2026-12-05T00:00:00Z",
        "cron(0 0 0 1 1 ? 2027)   | UTC           | 2026-11-10T00:00:00Z | 2027-01-01T00:00:00Z",
        "cron(30 2 * * ? *)       | Europe/Berlin | 2026-03-28T12:00:00Z | 2026-03-29T01:00:00Z"
            + " 2026-03-30T00:30:00Z",
        "cron(30 2 * * ? *)       | Europe/Berlin | 2026-10-24T12:00:00Z | 2026-10-25T00:30:00Z"
            + " 2026-10-26T01:30:00Z",
        "cron(30 * * * ? *)       | Europe/Berlin | 2026-10-25T00:00:00Z | 2026-10-25T00:30:00Z"
            + " 2026-10-25T01:30:00Z 2026-10-25T02:30:00Z",
        "cron(0 * * * ? *)        | Europe/Berlin | 2026-03-29T00:30:00Z | 2026-03-29T01:00:00Z"
            + " 2026-03-29T02:00:00Z",
        "cron(15 1-3 * * ? *)     | America/New_York | 2026-03-08T06:00:00Z | 2026-03-08T06:15:00Z"
            + " 2026-03-08T07:00:00Z 2026-03-08T07:15:00Z",
        "cron(45 1 * * ? *)       | Australia/Lord_Howe | 2026-04-04T10:00:00Z |"
            + " 2026-04-04T14:45:00Z 2026-04-05T15:15:00Z",
        "rate(30 minutes)         | UTC           | 2026-01-01T00:00:00Z | 2026-01-01T00:30:00Z"
            + " 2026-01-01T01:00:00Z",
        "rate(7 days)             | UTC           | 2026-01-05T12:00:00Z | 2026-01-08T00:00:00Z"
            + " 2026-01-15T00:00:00Z",
        "at(2026-03-29T02:30:00)  | Europe/Berlin | 2026-01-01T00:00:00Z | 2026-03-29T01:00:00Z",
        "at(2026-12-24T18:00:00)  | UTC           | 2026-01-01T00:00:00Z | 2026-12-24T18:00:00Z",
      })
  void firesWhenItShould(String expression, String zone, Instant after, String expected) {
    Schedule schedule = read(expression, zone, 0);

    List<String> instants = new ArrayList<>();
    Optional<Instant> next = schedule.next(after, ANCHOR);
    while (next.isPresent() && instants.size() < expected.split(" ").length) {
      instants.add(next.get().toString());
      next = schedule.next(next.get(), ANCHOR);
    }

    assertEquals(expected, String.join(" ", instants));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "cron(0 9 */7 * ?)          | 1:6  | 5 fields",
        "cron(71 * * * ? *)         | 1:6  | '71' is not a minutes value; allowed are 0 to 59",
        "cron(7 20 ? * NOT *)       | 1:15 | 'NOT'",
        "cron(0 0 L-3 * ? *)        | 1:10 | 'L-3'",
        "cron(0 0 1 * 2 *)          | 1:10 | exactly one of them must be '?'",
        "cron(0 0 ? * ? *)          | 1:10 | exactly one of them must be '?'",
        "cron(30 0 0 ? * * *)       | 1:6  | seconds",
        "cron(0 0 ? * 2#6 *)        | 1:14 | 1 to 5",
        "cron(0 0/0 ? * * *)        | 1:8  | a step is a number from 1",
        "cron(0 0 ? * * 2030-2029)  | 1:16 | runs backwards",
        "rate(0 hour)               | 1:6  | at least 1",
        "rate(1 hours)              | 1:8  | go with 1",
        "rate(2 hour)               | 1:8  | go with 1",
        "rate(400 days)             | 1:6  | at most 366 days",
        "Rate(1 day)                | 1:1  | allowed are cron",
        "at(2021-12-31)             | 1:4  | yyyy-mm-dd",
        "at(2026-02-30T00:00:00)    | 1:4  | yyyy-mm-dd",
        "every day                  | 1:1  | allowed are cron",
      })
  void refusesWithPositionAndReason(String expression, String position, String reason) {
    ScheduleReading reading = ScheduleReader.read(expression, ZoneId.of("UTC"), 0);

    assertTrue(reading.schedule().isEmpty());
    String first = reading.errors().getFirst().text();
    assertTrue(first.startsWith(position + " ") && first.contains(reason), first);
  }

  @Test
  void tellsAllErrorsAtOnce() {
    ScheduleReading reading = ScheduleReader.read("cron(71 25 ? 13 8 1969)", ZoneId.of("UTC"), 0);

    assertEquals(5, reading.errors().size(), reading.errors().toString());
  }

  @Test
  void anOffsetCountsFromTheDayThatTheExpressionNames() {
    Schedule schedule = read("cron(0 0 ? * THU#1 *)", "UTC", 3);

    Instant first = schedule.next(Instant.parse("2026-12-01T00:00:00Z"), ANCHOR).orElseThrow();

    assertEquals(Instant.parse("2026-12-06T00:00:00Z"), first);
  }

  @Test
  void aBaseDayThatHadPassedWhenTheScheduleWasSetDoesNotCount() {
    Schedule schedule = read("cron(0 0 ? * THU#1 *)", "UTC", 3);
    Instant set = Instant.parse("2026-12-04T00:00:00Z");

    Instant first = schedule.next(set, set).orElseThrow();

    assertEquals(Instant.parse("2027-01-10T00:00:00Z"), first);
  }

  @Test
  void whatNeverFiresAgainIsValidAndHasNoNextInstant() {
    assertEquals(Optional.empty(), read("cron(0 0 30 2 ? *)", "UTC", 0).next(ANCHOR, ANCHOR));
    assertEquals(Optional.empty(), read("at(2020-01-01T00:00:00)", "UTC", 0).next(ANCHOR, ANCHOR));
  }

  @Test
  void expressionsThatOthersWroteAreJudgedAsAwsDoes() throws IOException {
    List<String> otherwise = new ArrayList<>();
    int judged = 0;
    for (String line :
        Files.readAllLines(Shared.path("corpus/schedules.tsv")).stream().skip(1).toList()) {
      String[] cells = line.split("\t", -1);
      boolean valid = ScheduleReader.read(cells[0], ZoneId.of("UTC"), 0).errors().isEmpty();
      judged++;
      if (valid != cells[1].equals("valid") && !OURS.containsKey(cells[0])) {
        otherwise.add(cells[0] + " is " + cells[1] + " " + cells[2]);
      }
    }

    assertTrue(judged > 200, judged + " expressions");
    assertEquals(List.of(), otherwise);
  }

  static Schedule read(String expression, String zone, int offset) {
    ScheduleReading reading =
        ScheduleReader.read(expression.strip(), ZoneId.of(zone.strip()), offset);
    return reading.schedule().orElseThrow(() -> new AssertionError(reading.errors().toString()));
  }
}
