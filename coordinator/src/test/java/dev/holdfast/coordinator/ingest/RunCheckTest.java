package dev.holdfast.coordinator.ingest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.holdfast.association.Identity;
import dev.holdfast.association.Trigger;
import dev.holdfast.coordinator.ingest.RunCheck.Decision;
import dev.holdfast.coordinator.store.Associations;
import dev.holdfast.coordinator.store.Executions;
import dev.holdfast.coordinator.store.Memberships.Membership;
import dev.holdfast.coordinator.store.Runs;
import dev.holdfast.coordinator.testing.Estate;
import dev.holdfast.document.DocumentLimits;
import dev.holdfast.report.Output;
import dev.holdfast.report.Report;
import dev.holdfast.report.RunStatus;
import dev.holdfast.report.StepResult;
import dev.holdfast.task.Limits;
import dev.holdfast.wire.v1.Association;
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
  private static final Instant CREATED = Instant.parse("2026-11-24T10:00:00Z");
  private static final Instant ENTERED = Instant.parse("2026-11-24T10:15:00Z");
  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
  private static final Trigger TICK = new Trigger.Tick(Instant.parse("2026-11-24T11:00:00Z"));
  private static final Trigger CHANGE = new Trigger.Change(1, 20);
  private static final Associations.InForce HOURLY =
      new Associations.InForce(CREATED, "rate(1 hour)", "", 0, CREATED);
  private static final Membership MEMBER =
      new Membership(
          Estate.instance(1),
          Estate.association(1),
          10,
          ENTERED,
          OptionalLong.empty(),
          Optional.empty());

  /** What the rows say, with everything right. */
  private static final RunCheck.Facts RIGHT =
      new RunCheck.Facts(
          Estate.instance(1),
          Optional.of(Estate.row(1, Association.getDefaultInstance(), CREATED, CREATED)),
          List.of(MEMBER),
          List.of(HOURLY),
          Optional.empty(),
          Optional.of(new Associations.Revision(Estate.revision(1, 1), 3, 7, 1)),
          Optional.empty(),
          2,
          NOW);

  private static final Report.Run SUCCESS = Estate.report(1, TICK, 5, RunStatus.SUCCESS);

  static Stream<Arguments> refusals() {
    StepResult step = step(Output.NONE, Output.NONE, "");
    return Stream.of(
        Arguments.of(
            "no such association",
            SUCCESS,
            new RunCheck.Facts(
                RIGHT.instance(),
                Optional.empty(),
                List.of(),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                2,
                NOW),
            "there is no association"),
        Arguments.of("never a member", SUCCESS, own(), "never applied to this instance"),
        Arguments.of("another revision", SUCCESS, withoutRevision(), "never was at"),
        Arguments.of(
            "off the schedule", tick("2026-11-24T11:00:01Z"), RIGHT, "is no tick of a schedule"),
        Arguments.of(
            "before the schedule",
            tick("2026-11-24T10:00:00Z"),
            own(member(1, CREATED.minusSeconds(60))),
            "is no tick of a schedule"),
        Arguments.of(
            "before the membership",
            tick("2026-11-24T11:00:00Z"),
            own(member(1, Instant.parse("2026-11-24T11:00:00Z"))),
            "is before the association applied"),
        Arguments.of(
            "while it was disabled",
            SUCCESS,
            schedules(new Associations.InForce(CREATED, "", "", 0, CREATED)),
            "is no tick of a schedule"),
        Arguments.of(
            "a tick no row could hold",
            tick("+1000000000-12-31T23:59:59Z"),
            RIGHT,
            "is no tick of a schedule"),
        Arguments.of(
            "a change that never was",
            Estate.report(1, CHANGE, 5, RunStatus.SUCCESS),
            RIGHT,
            "change:1.20 was not made for this instance"),
        Arguments.of(
            "a change before it came in",
            Estate.report(1, new Trigger.Change(1, 9), 5, RunStatus.SUCCESS),
            execution(new Trigger.Change(1, 9), 9, Set.of()),
            "was not made for this instance"),
        Arguments.of(
            "others coming in",
            Estate.report(1, new Trigger.Enter(1, 11), 5, RunStatus.SUCCESS),
            execution(new Trigger.Enter(1, 11), 11, Set.of()),
            "was not made for this instance"),
        Arguments.of(
            "started for others",
            Estate.report(1, new Trigger.Manual("a"), 5, RunStatus.SUCCESS),
            execution(new Trigger.Manual("a"), 11, Set.of(Estate.instance(2).value())),
            "was not made for this instance"),
        Arguments.of(
            "another end",
            Estate.report(1, TICK, 5, RunStatus.FAILED),
            before(keep(SUCCESS, RIGHT)),
            "to its end Success; an end is final"),
        Arguments.of(
            "the same end with other words",
            with(SUCCESS, "Success2", 1, List.of()),
            before(keep(SUCCESS, RIGHT)),
            "an end is final"),
        Arguments.of(
            "too many steps",
            with(SUCCESS, "Success", 1, Collections.nCopies(DocumentLimits.MAX_STEPS + 1, step)),
            RIGHT,
            "a run of 51 steps; at most 50"),
        Arguments.of(
            "too long a detail",
            with(SUCCESS, "x".repeat(Limits.MAX_DETAILED_STATUS_CHARS + 1), 1, List.of()),
            RIGHT,
            "more than 64 characters"),
        Arguments.of(
            "a negative attempt",
            with(SUCCESS, "Success", -1, List.of()),
            RIGHT,
            "an attempt, a start number or missed ticks below 0"),
        Arguments.of(
            "too much standard output",
            with(
                SUCCESS,
                "Success",
                1,
                List.of(step(output(Limits.MAX_STDOUT_KEPT_BYTES, 1), Output.NONE, ""))),
            RIGHT,
            "more output than is stored"),
        Arguments.of(
            "too much standard error",
            with(
                SUCCESS,
                "Success",
                1,
                List.of(step(Output.NONE, output(Limits.MAX_STDERR_KEPT_BYTES, 1), ""))),
            RIGHT,
            "more output than is stored"),
        Arguments.of(
            "too long a reason",
            with(
                SUCCESS,
                "Success",
                1,
                List.of(step(Output.NONE, Output.NONE, "x".repeat(Limits.MAX_REASON_CHARS + 1)))),
            RIGHT,
            "a step's reason of more than 4096 characters"));
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
    Instant left = ENTERED.plusSeconds(60);
    Membership over =
        new Membership(
            Estate.instance(1),
            Estate.association(1),
            10,
            ENTERED,
            OptionalLong.of(12),
            Optional.of(left));
    Associations.InForce other =
        new Associations.InForce(CREATED.plusSeconds(1800), "rate(7 days)", "", 0, CREATED);
    return Stream.of(
        Arguments.of("a tick", SUCCESS, RIGHT),
        Arguments.of("a tick after it left: it was not told", SUCCESS, own(over)),
        Arguments.of(
            "a tick of a schedule that was replaced: it was not told",
            SUCCESS,
            schedules(HOURLY, other)),
        Arguments.of(
            "a tick of an instance whose clock is ahead", tick("2026-11-24T18:00:00Z"), RIGHT),
        Arguments.of(
            "a change",
            Estate.report(1, CHANGE, 5, RunStatus.SUCCESS),
            execution(CHANGE, 20, Set.of())),
        Arguments.of(
            "its coming in",
            Estate.report(1, new Trigger.Enter(1, 10), 5, RunStatus.SUCCESS),
            execution(new Trigger.Enter(1, 10), 10, Set.of())),
        Arguments.of(
            "a manual start cut to it",
            Estate.report(1, new Trigger.Manual("a"), 5, RunStatus.SUCCESS),
            execution(new Trigger.Manual("a"), 11, Set.of(Estate.instance(1).value()))),
        Arguments.of(
            "an end after progress",
            SUCCESS,
            before(keep(Estate.report(1, TICK, 5, RunStatus.IN_PROGRESS), RIGHT))),
        Arguments.of(
            "another attempt after a reboot",
            with(Estate.report(1, TICK, 5, RunStatus.IN_PROGRESS), "InProgress", 2, List.of()),
            before(keep(Estate.report(1, TICK, 5, RunStatus.IN_PROGRESS), RIGHT))),
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
            RIGHT));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("kept")
  void isKept(String name, Report.Run report, RunCheck.Facts facts) {
    assertInstanceOf(Decision.Keep.class, RunCheck.decide(report, facts), name);
  }

  static Stream<Arguments> ignored() {
    Report.Run progress = Estate.report(1, TICK, 5, RunStatus.IN_PROGRESS);
    return Stream.of(
        Arguments.of("the same end again", SUCCESS, before(keep(SUCCESS, RIGHT))),
        Arguments.of("progress after the end", progress, before(keep(SUCCESS, RIGHT))),
        Arguments.of(
            "pending after progress",
            Estate.report(1, TICK, 5, RunStatus.PENDING),
            before(keep(progress, RIGHT))),
        Arguments.of(
            "an earlier attempt",
            progress,
            before(keep(with(progress, "InProgress", 2, List.of()), RIGHT))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("ignored")
  void saysNothingNew(String name, Report.Run report, RunCheck.Facts facts) {
    assertInstanceOf(Decision.Ignore.class, RunCheck.decide(report, facts), name);
  }

  @Test
  void theSameEndFromAnotherSpoolIsStillTheSame() {
    Runs.Run row = keep(SUCCESS, RIGHT);
    RunCheck.Facts later =
        new RunCheck.Facts(
            RIGHT.instance(),
            RIGHT.association(),
            RIGHT.own(),
            RIGHT.schedules(),
            Optional.empty(),
            RIGHT.revision(),
            Optional.of(row),
            3,
            NOW.plus(Duration.ofHours(1)));

    assertInstanceOf(Decision.Ignore.class, RunCheck.decide(SUCCESS, later));
  }

  @Test
  void versionsAreThoseOfTheRevisionWhateverTheReportSays() {
    Runs.Run row = keep(SUCCESS, RIGHT);

    assertEquals(3, row.associationVersion());
    assertEquals(7, row.documentVersion());
    assertEquals(Identity.runId(Estate.instance(1), Estate.association(1), TICK), row.id());
    assertEquals(2, row.spoolEpochNumber());
    assertEquals(NOW, row.received());
  }

  private static Runs.Run keep(Report.Run report, RunCheck.Facts facts) {
    return assertInstanceOf(Decision.Keep.class, RunCheck.decide(report, facts)).row();
  }

  private static Report.Run tick(String at) {
    return Estate.report(1, new Trigger.Tick(Instant.parse(at)), 5, RunStatus.SUCCESS);
  }

  private static Membership member(long position, Instant entered) {
    return new Membership(
        Estate.instance(1),
        Estate.association(1),
        position,
        entered,
        OptionalLong.empty(),
        Optional.empty());
  }

  private static RunCheck.Facts own(Membership... own) {
    return facts(
        List.of(own), RIGHT.schedules(), Optional.empty(), RIGHT.revision(), Optional.empty());
  }

  private static RunCheck.Facts withoutRevision() {
    return facts(
        RIGHT.own(), RIGHT.schedules(), Optional.empty(), Optional.empty(), Optional.empty());
  }

  private static RunCheck.Facts schedules(Associations.InForce... schedules) {
    return facts(
        RIGHT.own(), List.of(schedules), Optional.empty(), RIGHT.revision(), Optional.empty());
  }

  private static RunCheck.Facts before(Runs.Run before) {
    return facts(
        RIGHT.own(), RIGHT.schedules(), Optional.empty(), RIGHT.revision(), Optional.of(before));
  }

  private static RunCheck.Facts execution(Trigger trigger, long position, Set<String> instances) {
    return facts(
        RIGHT.own(),
        RIGHT.schedules(),
        Optional.of(
            new Executions.Execution(
                Identity.executionId(Estate.association(1), trigger),
                Estate.association(1),
                1,
                trigger,
                "",
                NOW,
                position,
                "",
                instances,
                NOW,
                1,
                NOW,
                Optional.empty(),
                false,
                Optional.empty())),
        RIGHT.revision(),
        Optional.empty());
  }

  private static RunCheck.Facts facts(
      List<Membership> own,
      List<Associations.InForce> schedules,
      Optional<Executions.Execution> execution,
      Optional<Associations.Revision> revision,
      Optional<Runs.Run> before) {
    return new RunCheck.Facts(
        RIGHT.instance(), RIGHT.association(), own, schedules, execution, revision, before, 2, NOW);
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
        new ArrayList<>(steps));
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
