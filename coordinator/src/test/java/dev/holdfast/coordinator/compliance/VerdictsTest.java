package dev.holdfast.coordinator.compliance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.compliance.Severity;
import dev.holdfast.compliance.Status;
import dev.holdfast.coordinator.compliance.Verdicts.Observation;
import dev.holdfast.coordinator.store.Associations.InForce;
import dev.holdfast.coordinator.store.Compliance;
import dev.holdfast.coordinator.store.Compliance.Item;
import dev.holdfast.coordinator.testing.Estate;
import dev.holdfast.report.Drift;
import dev.holdfast.report.RunStatus;
import dev.holdfast.task.Limits;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

final class VerdictsTest {
  private static final Instant T = Instant.parse("2026-11-24T12:00:30Z");
  private static final Instant FROM = Instant.parse("2026-11-24T00:00:00Z");
  private static final Drift DRIFT = new Drift("/etc/motd", "mode", "0600", "0644");

  @ParameterizedTest
  @CsvSource({
    "SUCCESS,     false, false, COMPLIANT",
    "SUCCESS,     false, true,  COMPLIANT",
    "SUCCESS,     true,  false, COMPLIANT",
    "SUCCESS,     true,  true,  NON_COMPLIANT",
    "FAILED,      false, false, NON_COMPLIANT",
    "FAILED,      true,  false, NON_COMPLIANT",
    "TIMED_OUT,   false, false, NON_COMPLIANT",
    "INTERRUPTED, false, false, UNKNOWN",
    "INTERRUPTED, true,  true,  UNKNOWN",
  })
  void eachEndHasItsVerdict(RunStatus status, boolean audit, boolean drift, Status verdict) {
    assertEquals(Optional.of(verdict), Verdicts.status(status, audit, drift));
  }

  @ParameterizedTest
  @EnumSource(
      value = RunStatus.class,
      names = {"SKIPPED", "CANCELLED", "PENDING", "IN_PROGRESS"})
  void othersChangeNothing(RunStatus status) {
    Item before = Verdicts.next(Optional.empty(), seen(RunStatus.FAILED, 1, 1, T)).orElseThrow();

    assertEquals(Optional.empty(), Verdicts.next(Optional.empty(), seen(status, 1, 1, T)));
    assertEquals(
        Optional.empty(), Verdicts.next(Optional.of(before), seen(status, 1, 2, T.plusSeconds(9))));
  }

  static Stream<Arguments> fresh() {
    return Stream.of(
        Arguments.of("the second tick", "rate(6 hours)", "2026-11-25T00:00:00Z"),
        Arguments.of("at least an hour", "rate(1 minute)", "2026-11-24T13:00:30Z"),
        Arguments.of("at least an hour", "rate(30 minutes)", "2026-11-24T13:00:30Z"),
        Arguments.of("just over an hour", "cron(0 1/1 * * ? *)", "2026-11-24T14:00:00Z"),
        Arguments.of("at most 31 days", "rate(30 days)", "2026-12-25T12:00:30Z"),
        Arguments.of("once and then nothing", "at(2026-11-24T18:00:00)", ""),
        Arguments.of("no schedule", "", ""));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("fresh")
  void aVerdictIsFreshUntil(String name, String schedule, String until) {
    Optional<Instant> wanted =
        until.isEmpty() ? Optional.empty() : Optional.of(Instant.parse(until));

    assertEquals(
        wanted,
        Verdicts.freshUntil(Optional.of(new InForce(FROM, schedule, "", 0, FROM)), T),
        name);
  }

  @Test
  void aScheduleThatCameLaterCountsFromThere() {
    Instant later = Instant.parse("2026-11-30T00:00:00Z");

    assertEquals(
        Optional.of(Instant.parse("2026-12-02T00:00:00Z")),
        Verdicts.freshUntil(Optional.of(new InForce(later, "rate(1 day)", "", 0, later)), T));
    assertEquals(Optional.empty(), Verdicts.freshUntil(Optional.empty(), T));
  }

  @Test
  void theStatusIsOldButWhatItCameFromIsNew() {
    Item first = Verdicts.next(Optional.empty(), seen(RunStatus.FAILED, 1, 1, T)).orElseThrow();
    Item second =
        Verdicts.next(Optional.of(first), seen(RunStatus.TIMED_OUT, 1, 2, T.plusSeconds(60)))
            .orElseThrow();
    Item third =
        Verdicts.next(Optional.of(second), seen(RunStatus.SUCCESS, 2, 1, T.plusSeconds(90)))
            .orElseThrow();

    assertEquals(T, second.since());
    assertEquals("run 1.2", second.executionId());
    assertEquals(Status.COMPLIANT, third.status());
    assertEquals(T.plusSeconds(90), third.since());
  }

  @ParameterizedTest
  @CsvSource({"1, 4", "1, 5", "0, 9"})
  void verdictsMoveForwardOnly(long spoolEpoch, long startNumber) {
    Item item = Verdicts.next(Optional.empty(), seen(RunStatus.SUCCESS, 1, 5, T)).orElseThrow();

    assertEquals(
        Optional.empty(),
        Verdicts.next(Optional.of(item), seen(RunStatus.FAILED, spoolEpoch, startNumber, T)));
  }

  @Test
  void evidenceIsBounded() {
    Observation seen =
        new Observation(
            Estate.instance(1),
            Compliance.ASSOCIATION,
            Estate.association(1).value(),
            "title",
            Severity.HIGH,
            "run",
            RunStatus.SUCCESS,
            true,
            Collections.nCopies(Limits.MAX_EVIDENCE + 1, DRIFT),
            Map.of(),
            1,
            1,
            T,
            T,
            Optional.empty());

    Item item = Verdicts.next(Optional.empty(), seen).orElseThrow();

    assertEquals(Limits.MAX_EVIDENCE, item.evidence().size());
    assertEquals(Severity.HIGH, item.severity());
    assertEquals(Compliance.ASSOCIATION, item.type());
  }

  @Test
  void whatNobodyConfirmedIsUnknownAndSaysWhy() {
    Item item = Verdicts.next(Optional.empty(), seen(RunStatus.SUCCESS, 1, 5, T)).orElseThrow();
    Item stale = Verdicts.stale(item, T.plusSeconds(7200));

    assertEquals(Status.UNKNOWN, stale.status());
    assertEquals(T.plusSeconds(7200), stale.since());
    assertEquals("Stale", stale.details().get("Reason"));
    assertTrue(
        Verdicts.next(Optional.of(stale), seen(RunStatus.SUCCESS, 1, 6, T)).isPresent(),
        "the next report is a verdict again");
  }

  @Test
  void countsOfItemsRollUpToInstances() {
    java.util.Map<String, Rollup> types = new java.util.TreeMap<>();
    Rollup.OfResources resources =
        new Rollup.OfResources(
            (type, standing) ->
                types.merge(type, Rollup.of(standing.status(), standing.severity()), Rollup::plus));
    resources.add(Estate.instance(1), "A", Status.COMPLIANT, Severity.LOW);
    resources.add(Estate.instance(1), "A", Status.NON_COMPLIANT, Severity.LOW);
    resources.add(Estate.instance(1), "A", Status.NON_COMPLIANT, Severity.HIGH);
    resources.add(Estate.instance(1), "B", Status.UNKNOWN, Severity.HIGH);
    resources.add(Estate.instance(2), "A", Status.COMPLIANT, Severity.MEDIUM);
    resources.add(Estate.instance(2), "A", Status.COMPLIANT, Severity.CRITICAL);
    resources.add(Estate.instance(3), "A", Status.COMPLIANT, Severity.LOW);
    resources.add(Estate.instance(3), "A", Status.UNKNOWN, Severity.LOW);
    resources.end();

    assertEquals(Set.of("A", "B"), types.keySet());
    assertEquals(
        new Rollup(Map.of(Severity.CRITICAL, 1), Map.of(Severity.HIGH, 1), 1), types.get("A"));
    assertEquals(new Rollup(Map.of(), Map.of(), 1), types.get("B"));
  }

  private static Observation seen(
      RunStatus status, long spoolEpoch, long startNumber, Instant reported) {
    return new Observation(
        Estate.instance(1),
        Compliance.ASSOCIATION,
        Estate.association(1).value(),
        "title",
        Severity.UNSPECIFIED,
        "run " + spoolEpoch + "." + startNumber,
        status,
        false,
        List.of(),
        Map.of(),
        spoolEpoch,
        startNumber,
        reported,
        reported,
        Optional.empty());
  }
}
