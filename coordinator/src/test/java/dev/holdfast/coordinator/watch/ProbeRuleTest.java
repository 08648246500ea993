package dev.holdfast.coordinator.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.holdfast.association.AssociationId;
import dev.holdfast.association.InstanceId;
import dev.holdfast.association.Trigger;
import dev.holdfast.coordinator.ingest.RunEnd;
import dev.holdfast.coordinator.store.Runs;
import dev.holdfast.coordinator.watch.ProbeRule.Probed;
import dev.holdfast.coordinator.watch.ProbeRule.Standing;
import dev.holdfast.report.RunStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** How probes stand, what is measured by them, and how ends are counted. */
final class ProbeRuleTest {
  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
  private static final Instant DUE = NOW.minusSeconds(600);

  @Test
  void whoHasNoSuccessSinceATickThatIsDueIsLate() {
    Probed fine = new Probed(DUE.minusSeconds(9000), Optional.of(DUE.plusSeconds(3)), DUE);
    Probed late = new Probed(DUE.minusSeconds(9000), Optional.of(DUE.minusSeconds(300)), DUE);
    Probed never = new Probed(DUE.minusSeconds(9000), Optional.empty(), DUE);
    Probed came = new Probed(DUE.plusSeconds(1), Optional.empty(), DUE);
    Probed unscheduled = new Probed(DUE.minusSeconds(9000), Optional.empty(), Instant.MIN);

    assertEquals(new Standing(0, 0, Duration.ZERO), standing());
    assertEquals(new Standing(1, 0, Duration.ofSeconds(597)), standing(fine));
    assertEquals(new Standing(1, 1, Duration.ofMinutes(15)), standing(late));
    assertEquals(new Standing(1, 1, Duration.ofMinutes(160)), standing(never));
    assertEquals(new Standing(1, 0, Duration.ofSeconds(599)), standing(came));
    assertEquals(new Standing(1, 0, Duration.ofMinutes(160)), standing(unscheduled));
    assertEquals(new Standing(3, 2, Duration.ofMinutes(160)), standing(fine, late, never));
  }

  @Test
  void aHostWhoseClockIsAheadMakesNoNegativeAge() {
    assertEquals(
        new Standing(1, 0, Duration.ZERO),
        standing(new Probed(DUE, Optional.of(NOW.plusSeconds(30)), DUE)));
  }

  private static Standing standing(Probed... all) {
    return ProbeRule.standing(List.of(all), NOW);
  }

  @Test
  void successfulProbesAloneAreMeasuredAndFailedOnesAreCounted() {
    List<String> measured = new ArrayList<>();
    ProbeMeter meter =
        new ProbeMeter(
            () -> NOW,
            start -> measured.add("start " + start.toSeconds()),
            report -> measured.add("report " + report.toSeconds()),
            whole -> measured.add("whole " + whole.toSeconds()));

    meter.ended(end(RunStatus.SUCCESS, "Success", "Another-Document"));
    assertEquals(List.of(), measured);
    meter.ended(end(RunStatus.FAILED, "ForbiddenByHost", ProbeRule.DOCUMENT));
    meter.ended(end(RunStatus.SKIPPED, "Frozen", ProbeRule.DOCUMENT));
    assertEquals(List.of(), measured);
    assertEquals(1, meter.failures());

    meter.ended(end(RunStatus.SUCCESS, "Success", ProbeRule.DOCUMENT));

    assertEquals(List.of("start 2", "report 597", "whole 600"), measured);
  }

  @Test
  void endsAreCountedByWordsThatAreKnownWhateverAgentsWrite() {
    RunEnds ends = new RunEnds();
    ends.ended(end(RunStatus.SUCCESS, "Success", "D"));
    ends.ended(end(RunStatus.SUCCESS, "", "D"));
    ends.ended(end(RunStatus.FAILED, "Parked", "D"));
    for (int i = 0; i < 1000; i++) {
      ends.ended(end(RunStatus.FAILED, "invented " + i, "D"));
    }

    Map<List<String>, Double> counts = ends.counts();
    assertEquals(2, counts.get(List.of("Success", "Success")));
    assertEquals(1, counts.get(List.of("Failed", "Parked")));
    assertEquals(1000, counts.get(List.of("Failed", "Other")));
    assertEquals(0, counts.get(List.of("TimedOut", "TimedOut")));
    assertEquals(6 + 2 * RunEnds.DETAILS.size() + 1, counts.size(), counts::toString);
  }

  private static RunEnd end(RunStatus status, String detail, String document) {
    AssociationId association = new AssociationId("00000000-0000-4000-8000-000000000001");
    return new RunEnd(
        new Runs.Run(
            "run",
            "execution",
            association,
            new InstanceId("mi-00000000000000001"),
            new Trigger.Tick(DUE).text(),
            1,
            1,
            1,
            status,
            detail,
            1,
            1,
            "",
            Optional.of(DUE),
            Optional.of(DUE.plusSeconds(2)),
            Optional.of(DUE.plusSeconds(3)),
            false,
            0,
            com.google.protobuf.ByteString.EMPTY,
            NOW,
            ""),
        DUE,
        document);
  }
}
