package dev.holdfast.coordinator.retention;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.holdfast.coordinator.store.OldRuns.Row;
import dev.holdfast.report.RunStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RunRuleTest {
  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
  private static final Kept KEPT =
      new Kept(
          Duration.ofDays(2), 4, 2, Duration.ofDays(31), Duration.ofDays(1), Duration.ofDays(1));

  /**
   * Runs from the newest on: a letter of a status, then how many hours ago it was told. In
   * capitals: what it put out is there. A star: it is the one that says how things stand. Of the
   * verdicts: keep, bare, go.
   */
  @ParameterizedTest(name = "{0} -> {2}")
  @CsvSource({
    // as many as are kept, the newest two with output
    "S2 S3 S4 S5 S6 S7, false, kkbbgg",
    "s2 s3 s4 s5 s6 s7, false, kkkkgg",
    // not older than is kept, but for the newest
    "S49 S50, false, kg",
    "S2 S47 S48 S49, false, kkbg",
    // within the hour nothing goes
    "S0 S0 S0 S0 S0 S0 S1 S2, false, kkbbbbbg",
    // the last success and the last failure stay for ever, a failure with its output
    "K2 K3 K4 K5 K6 S7 S8 F9 F10, false, kkbbgbgkg",
    "K99 S990 T9900 F9999, false, kkkg",
    // the newest end stays beside a newer start that goes on
    "P1 I2 K99 K100 S200, false, kkbgb",
    // what has not ended stays
    "S1 S2 S3 S4 I500 P600 S700, false, kkbbkkg",
    // what says how things stand, though it is not the newest
    "S99 C100* S101, false, kkg",
    // of what is gone for good nothing has to be said
    "S99 F100 S200, true, ggg",
    "S1 S99 F100 I200, true, kggk"
  })
  void itStaysOrGoes(String runs, boolean over, String verdicts) {
    List<Row> rows = new ArrayList<>();
    for (String run : runs.split(" ")) {
      boolean current = run.endsWith("*");
      int hours = Integer.parseInt(run.substring(1).replace("*", ""));
      char letter = run.charAt(0);
      rows.add(
          new Row(
              rows.size(),
              status(Character.toUpperCase(letter)),
              NOW.minus(Duration.ofHours(hours)),
              Character.isUpperCase(letter),
              current));
    }

    assertEquals(
        verdicts,
        RunRule.decide(rows, over, KEPT, NOW).stream()
            .map(verdict -> verdict.name().substring(0, 1).toLowerCase(Locale.ROOT))
            .collect(Collectors.joining()));
  }

  private static RunStatus status(char letter) {
    return switch (letter) {
      case 'S' -> RunStatus.SUCCESS;
      case 'F' -> RunStatus.FAILED;
      case 'T' -> RunStatus.TIMED_OUT;
      case 'K' -> RunStatus.SKIPPED;
      case 'C' -> RunStatus.CANCELLED;
      case 'I' -> RunStatus.IN_PROGRESS;
      case 'P' -> RunStatus.PENDING;
      default -> throw new IllegalArgumentException("no letter of a status: " + letter);
    };
  }
}
