package dev.holdfast.coordinator.ingest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.holdfast.association.Identity;
import dev.holdfast.association.Trigger;
import dev.holdfast.coordinator.ingest.RunCheck.Decision;
import dev.holdfast.coordinator.store.Associations;
import dev.holdfast.coordinator.store.Memberships.Membership;
import dev.holdfast.coordinator.store.Runs;
import dev.holdfast.coordinator.testing.Estate;
import dev.holdfast.document.DocumentLimits;
import dev.holdfast.report.Drift;
import dev.holdfast.report.Output;
import dev.holdfast.report.Report;
import dev.holdfast.report.RunStatus;
import dev.holdfast.report.StepResult;
import dev.holdfast.task.Limits;
import dev.holdfast.task.RunLimits;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class RunCheckTest {
  private static final Report.Run SUCCESS = Estate.report(1, RunFacts.TICK, 5, RunStatus.SUCCESS);

  static Stream<Arguments> refusals() {
    StepResult step = step(Output.NONE, Output.NONE, "");
    return Stream.of(
        Arguments.of("no such association", SUCCESS, RunFacts.NOTHING, "there is no association"),
        Arguments.of("never a member", SUCCESS, RunFacts.own(), "never applied to this instance"),
        Arguments.of("another revision", SUCCESS, RunFacts.withoutRevision(), "never was at"),
        Arguments.of(
            "off the schedule",
            tick("2026-11-24T11:00:01Z"),
            RunFacts.RIGHT,
            "is no tick of a schedule"),
        Arguments.of(
            "before the schedule",
            tick("2026-11-24T10:00:00Z"),
            RunFacts.own(RunFacts.member(1, RunFacts.CREATED.minusSeconds(60))),
            "is no tick of a schedule"),
        Arguments.of(
            "before the membership",
            tick("2026-11-24T11:00:00Z"),
            RunFacts.own(RunFacts.member(1, Instant.parse("2026-11-24T11:00:00Z"))),
            "is before the association applied"),
        Arguments.of(
            "off the schedule, by a clock that was behind",
            tick("2026-11-24T11:30:00Z"),
            RunFacts.aMonthLater(),
            "is no tick of a schedule"),
        Arguments.of(
            "a tick that was to come, by a clock that was behind",
            tick("2026-11-24T13:00:00Z"),
            RunFacts.aMonthLater(),
            "is before the association applied"),
        Arguments.of(
            "while it was disabled",
            SUCCESS,
            RunFacts.schedules(
                new Associations.InForce(RunFacts.CREATED, "", "", 0, RunFacts.CREATED)),
            "is no tick of a schedule"),
        Arguments.of(
            "a tick no row could hold",
            tick("+1000000000-12-31T23:59:59Z"),
            RunFacts.RIGHT,
            "is no tick of a schedule"),
        Arguments.of(
            "a change that never was",
            Estate.report(1, RunFacts.CHANGE, 5, RunStatus.SUCCESS),
            RunFacts.RIGHT,
            "change:1.20 was not made for this instance"),
        Arguments.of(
            "a change before it came in",
            Estate.report(1, new Trigger.Change(1, 9), 5, RunStatus.SUCCESS),
            RunFacts.execution(new Trigger.Change(1, 9), 9, Set.of()),
            "was not made for this instance"),
        Arguments.of(
            "others coming in",
            Estate.report(1, new Trigger.Enter(1, 11), 5, RunStatus.SUCCESS),
            RunFacts.execution(new Trigger.Enter(1, 11), 11, Set.of()),
            "was not made for this instance"),
        Arguments.of(
            "started for others",
            Estate.report(1, new Trigger.Manual("a"), 5, RunStatus.SUCCESS),
            RunFacts.execution(new Trigger.Manual("a"), 11, Set.of(Estate.instance(2).value())),
            "was not made for this instance"),
        Arguments.of(
            "another end",
            Estate.report(1, RunFacts.TICK, 5, RunStatus.FAILED),
            RunFacts.before(keep(SUCCESS, RunFacts.RIGHT)),
            "to its end Success; an end is final"),
        Arguments.of(
            "the same end with other words",
            with(SUCCESS, "Success2", 1, List.of()),
            RunFacts.before(keep(SUCCESS, RunFacts.RIGHT)),
            "an end is final"),
        Arguments.of(
            "too many steps",
            with(SUCCESS, "Success", 1, Collections.nCopies(DocumentLimits.MAX_STEPS + 1, step)),
            RunFacts.RIGHT,
            "a run of 51 steps; at most 50"),
        Arguments.of(
            "too long a detail",
            with(SUCCESS, "x".repeat(Limits.MAX_DETAILED_STATUS_CHARS + 1), 1, List.of()),
            RunFacts.RIGHT,
            "more than 64 characters"),
        Arguments.of(
            "a negative attempt",
            with(SUCCESS, "Success", -1, List.of()),
            RunFacts.RIGHT,
            "an attempt, a start number or missed ticks below 0"),
        Arguments.of(
            "too much standard output",
            with(
                SUCCESS,
                "Success",
                1,
                List.of(step(output(Limits.MAX_STDOUT_KEPT_BYTES, 1), Output.NONE, ""))),
            RunFacts.RIGHT,
            "more output than is stored"),
        Arguments.of(
            "too much standard error",
            with(
                SUCCESS,
                "Success",
                1,
                List.of(step(Output.NONE, output(Limits.MAX_STDERR_KEPT_BYTES, 1), ""))),
            RunFacts.RIGHT,
            "more output than is stored"),
        Arguments.of(
            "too long a reason",
            with(
                SUCCESS,
                "Success",
                1,
                List.of(step(Output.NONE, Output.NONE, "x".repeat(Limits.MAX_REASON_CHARS + 1)))),
            RunFacts.RIGHT,
            "a step's reason of more than 4096 characters"),
        Arguments.of(
            "too many differences",
            with(SUCCESS, "Success", 1, List.of(drifted(RunLimits.MAX_STEP_DRIFT + 1, 1))),
            RunFacts.RIGHT,
            "a step with more differences than are stored: 50"),
        Arguments.of(
            "too long a difference",
            with(SUCCESS, "Success", 1, List.of(drifted(1, RunLimits.MAX_DRIFT_CHARS + 1))),
            RunFacts.RIGHT,
            "a step with more differences than are stored: 50"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("refusals")
  void isRefusedWithItsReason(String name, Report.Run report, RunCheck.Facts facts, String reason) {
    Decision decision = RunCheck.decide(report, facts);

    assertTrue(
        assertInstanceOf(Decision.Refuse.class, decision, name).reason().contains(reason),
        decision::toString);
  }

  static Stream<Arguments> kept() {
    Instant left = RunFacts.ENTERED.plusSeconds(60);
    Membership over =
        new Membership(
            Estate.instance(1),
            Estate.association(1),
            10,
            RunFacts.ENTERED,
            OptionalLong.of(12),
            Optional.of(left));
    Associations.InForce other =
        new Associations.InForce(
            RunFacts.CREATED.plusSeconds(1800), "rate(7 days)", "", 0, RunFacts.CREATED);
    return Stream.of(
        Arguments.of("a tick", SUCCESS, RunFacts.RIGHT),
        Arguments.of("a tick after it left: it was not told", SUCCESS, RunFacts.own(over)),
        Arguments.of(
            "a tick of a schedule that was replaced: it was not told",
            SUCCESS,
            RunFacts.schedules(RunFacts.HOURLY, other)),
        Arguments.of(
            "a tick of an instance whose clock is ahead",
            tick("2026-11-24T18:00:00Z"),
            RunFacts.RIGHT),
        Arguments.of(
            "a change",
            Estate.report(1, RunFacts.CHANGE, 5, RunStatus.SUCCESS),
            RunFacts.execution(RunFacts.CHANGE, 20, Set.of())),
        Arguments.of(
            "its coming in",
            Estate.report(1, new Trigger.Enter(1, 10), 5, RunStatus.SUCCESS),
            RunFacts.execution(new Trigger.Enter(1, 10), 10, Set.of())),
        Arguments.of(
            "a manual start cut to it",
            Estate.report(1, new Trigger.Manual("a"), 5, RunStatus.SUCCESS),
            RunFacts.execution(new Trigger.Manual("a"), 11, Set.of(Estate.instance(1).value()))),
        Arguments.of(
            "an end after progress",
            SUCCESS,
            RunFacts.before(
                keep(Estate.report(1, RunFacts.TICK, 5, RunStatus.IN_PROGRESS), RunFacts.RIGHT))),
        Arguments.of(
            "another attempt after a reboot",
            with(
                Estate.report(1, RunFacts.TICK, 5, RunStatus.IN_PROGRESS),
                "InProgress",
                2,
                List.of()),
            RunFacts.before(
                keep(Estate.report(1, RunFacts.TICK, 5, RunStatus.IN_PROGRESS), RunFacts.RIGHT))),
        Arguments.of("by a clock that was behind", SUCCESS, RunFacts.aMonthLater()),
        Arguments.of(
            "differences at their limits",
            with(
                SUCCESS,
                "Success",
                1,
                List.of(drifted(RunLimits.MAX_STEP_DRIFT, RunLimits.MAX_DRIFT_CHARS))),
            RunFacts.RIGHT),
        Arguments.of(
            "output at its limits",
            with(
                SUCCESS,
                "Success",
                1,
                List.of(
                    step(
                        output(Limits.MAX_STDOUT_KEPT_BYTES, 0),
                        output(Limits.MAX_STDERR_KEPT_BYTES - 1, 1),
                        "x".repeat(Limits.MAX_REASON_CHARS)))),
            RunFacts.RIGHT));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("kept")
  void isKept(String name, Report.Run report, RunCheck.Facts facts) {
    assertInstanceOf(Decision.Keep.class, RunCheck.decide(report, facts), name);
  }

  static Stream<Arguments> ignored() {
    Report.Run progress = Estate.report(1, RunFacts.TICK, 5, RunStatus.IN_PROGRESS);
    return Stream.of(
        Arguments.of("the same end again", SUCCESS, RunFacts.before(keep(SUCCESS, RunFacts.RIGHT))),
        Arguments.of(
            "progress after the end", progress, RunFacts.before(keep(SUCCESS, RunFacts.RIGHT))),
        Arguments.of(
            "pending after progress",
            Estate.report(1, RunFacts.TICK, 5, RunStatus.PENDING),
            RunFacts.before(keep(progress, RunFacts.RIGHT))),
        Arguments.of(
            "an earlier attempt",
            progress,
            RunFacts.before(keep(with(progress, "InProgress", 2, List.of()), RunFacts.RIGHT))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("ignored")
  void saysNothingNew(String name, Report.Run report, RunCheck.Facts facts) {
    assertInstanceOf(Decision.Ignore.class, RunCheck.decide(report, facts), name);
  }

  @Test
  void theSameEndFromAnotherSpoolIsStillTheSame() {
    Runs.Run row = keep(SUCCESS, RunFacts.RIGHT);
    RunCheck.Facts later =
        new RunCheck.Facts(
            RunFacts.RIGHT.instance(),
            RunFacts.RIGHT.association(),
            RunFacts.RIGHT.own(),
            RunFacts.RIGHT.schedules(),
            RunFacts.RIGHT.executionId(),
            Optional.empty(),
            RunFacts.RIGHT.revision(),
            Optional.of(row),
            3,
            Forgotten.NOTHING,
            RunFacts.NOW.plus(Duration.ofHours(1)));

    assertInstanceOf(Decision.Ignore.class, RunCheck.decide(SUCCESS, later));
  }

  @Test
  void versionsAreThoseOfTheRevisionWhateverTheReportSays() {
    Runs.Run row = keep(SUCCESS, RunFacts.RIGHT);

    assertEquals(3, row.associationVersion());
    assertEquals(7, row.documentVersion());
    assertEquals(
        Identity.runId(Estate.instance(1), Estate.association(1), RunFacts.TICK), row.id());
    assertEquals(2, row.spoolEpochNumber());
    assertEquals(RunFacts.NOW, row.received());
  }

  private static Runs.Run keep(Report.Run report, RunCheck.Facts facts) {
    return assertInstanceOf(Decision.Keep.class, RunCheck.decide(report, facts)).row();
  }

  private static Report.Run tick(String at) {
    return Estate.report(1, new Trigger.Tick(Instant.parse(at)), 5, RunStatus.SUCCESS);
  }

  private static Report.Run with(
      Report.Run report, String detail, int attempt, List<StepResult> steps) {
    return new Report.Run(
        report.association(),
        report.trigger(),
        attempt,
        report.startNumber(),
        report.status(),
        detail,
        report.assignment(),
        report.associationVersion(),
        report.documentVersion(),
        report.scheduled(),
        report.start(),
        report.end(),
        report.caughtUp(),
        report.missedTicks(),
        new ArrayList<>(steps),
        "");
  }

  private static StepResult drifted(int differences, int length) {
    Drift drift = new Drift("r", "p", "a", "x".repeat(length));
    return new StepResult(
        "step",
        "state:file",
        RunStatus.SUCCESS,
        0,
        1,
        Optional.empty(),
        Optional.empty(),
        true,
        Collections.nCopies(differences, drift),
        Output.NONE,
        Output.NONE,
        "CHANGED");
  }

  private static StepResult step(Output stdout, Output stderr, String reason) {
    return new StepResult(
        "step",
        "aws:runShellScript",
        RunStatus.SUCCESS,
        0,
        1,
        Optional.empty(),
        Optional.empty(),
        false,
        List.of(),
        stdout,
        stderr,
        reason);
  }

  private static Output output(int head, int tail) {
    return new Output(
        ByteString.copyFrom(new byte[head]), ByteString.copyFrom(new byte[tail]), head + tail);
  }
}
