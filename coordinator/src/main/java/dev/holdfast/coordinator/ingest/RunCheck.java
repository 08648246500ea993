package dev.holdfast.coordinator.ingest;

import com.google.protobuf.ByteString;
import dev.holdfast.association.Identity;
import dev.holdfast.association.InstanceId;
import dev.holdfast.association.Trigger;
import dev.holdfast.coordinator.execution.Addressees;
import dev.holdfast.coordinator.execution.Ticks;
import dev.holdfast.coordinator.store.Associations.Association;
import dev.holdfast.coordinator.store.Associations.InForce;
import dev.holdfast.coordinator.store.Associations.Revision;
import dev.holdfast.coordinator.store.Executions.Execution;
import dev.holdfast.coordinator.store.Memberships.Membership;
import dev.holdfast.coordinator.store.Runs;
import dev.holdfast.document.DocumentLimits;
import dev.holdfast.report.Drift;
import dev.holdfast.report.Output;
import dev.holdfast.report.Report;
import dev.holdfast.report.RunStatus;
import dev.holdfast.report.StepResult;
import dev.holdfast.task.Limits;
import dev.holdfast.task.RunLimits;
import dev.holdfast.wire.ReportCodec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Decides what becomes of a run's report: an instance reports only runs that are its own, of
 * triggers that there were, and each goes forward to one end. The instance's clock is believed: no
 * report is refused for being early.
 */
final class RunCheck {
  private RunCheck() {}

  /** What becomes of a report. */
  sealed interface Decision {
    /** It is what is known of the run from here on. */
    record Keep(Runs.Run row) implements Decision {}

    /** The same, of what the store has forgotten: the report says what there was. */
    record Recover(Runs.Run row) implements Decision {}

    /** It says nothing that is not known. */
    record Ignore() implements Decision {}

    /** It is never stored. */
    record Refuse(String reason) implements Decision {}
  }

  /**
   * What the rows say.
   *
   * @param own the instance's membership intervals in the association
   * @param schedules of the association that were ever in force, oldest first
   * @param executionId of the report's trigger
   * @param execution of the report's trigger
   * @param revision of the association with the hash that the report names
   * @param before what is known of the run
   * @param forgotten what the store can't know
   */
  record Facts(
      InstanceId instance,
      Optional<Association> association,
      List<Membership> own,
      List<InForce> schedules,
      String executionId,
      Optional<Execution> execution,
      Optional<Revision> revision,
      Optional<Runs.Run> before,
      long spoolEpochNumber,
      Forgotten forgotten,
      Instant now) {

    /** The same, where something is known of the run. */
    Facts knowing(Runs.Run run) {
      return new Facts(
          instance,
          association,
          own,
          schedules,
          executionId,
          execution,
          revision,
          Optional.of(run),
          spoolEpochNumber,
          forgotten,
          now);
    }
  }

  static Decision decide(Report.Run report, Facts facts) {
    Optional<String> unfit = size(report);
    if (unfit.isPresent()) {
      return new Decision.Refuse(unfit.get());
    }
    Optional<String> refusal = notItsOwn(report, facts);
    boolean recovered = refusal.isPresent() && forgotten(report, facts);
    if (refusal.isPresent() && !recovered) {
      return new Decision.Refuse(refusal.get());
    }
    Runs.Run row = row(report, facts);
    Decision decision =
        facts.before.map(before -> after(before, row)).orElse(new Decision.Keep(row));
    return recovered && decision instanceof Decision.Keep ? new Decision.Recover(row) : decision;
  }

  /**
   * Whether a report that does not fit what is known is of what the store has forgotten: then its
   * association is enough. What a change or an enter was made by says of which history it is; of
   * what else there is, when it was done.
   */
  private static boolean forgotten(Report.Run report, Facts facts) {
    if (facts.association.isEmpty()) {
      return false;
    }
    Optional<Instant> done = report.start().or(report::end);
    boolean unknown = facts.execution.filter(execution -> !execution.recovered()).isEmpty();
    boolean lately = done.filter(at -> facts.forgotten.about(at, facts.now)).isPresent();
    return switch (report.trigger()) {
      case Trigger.Tick(var at) -> facts.forgotten.about(at, facts.now);
      case Trigger.Change _, Trigger.Enter _ ->
          (unknown && facts.forgotten.older(report.trigger()))
              || (!unknown && lately && facts.revision.isEmpty());
      case Trigger.Manual _ -> lately && (unknown || facts.revision.isEmpty());
    };
  }

  /** Whether the trigger addressed the instance; if not, it is a target since it reports. */
  static boolean addressed(Trigger trigger, Facts facts) {
    return !(trigger instanceof Trigger.Tick(var at))
        || (facts.own.stream().anyMatch(m -> m.covers(at) && m.entered().isBefore(at))
            && Ticks.inForce(facts.schedules, at));
  }

  private static Optional<String> size(Report.Run report) {
    if (report.steps().size() > DocumentLimits.MAX_STEPS) {
      return Optional.of(
          "a run of "
              + report.steps().size()
              + " steps; at most "
              + DocumentLimits.MAX_STEPS
              + " are stored");
    }
    if (report.detailedStatus().length() > Limits.MAX_DETAILED_STATUS_CHARS) {
      return Optional.of(
          "a detailed status of more than " + Limits.MAX_DETAILED_STATUS_CHARS + " characters");
    }
    if (report.reason().length() > Limits.MAX_REASON_CHARS) {
      return Optional.of("a reason of more than " + Limits.MAX_REASON_CHARS + " characters");
    }
    if (report.attempt() < 0 || report.startNumber() < 0 || report.missedTicks() < 0) {
      return Optional.of("an attempt, a start number or missed ticks below 0");
    }
    for (StepResult step : report.steps()) {
      if (kept(step.stdout()) > Limits.MAX_STDOUT_KEPT_BYTES
          || kept(step.stderr()) > Limits.MAX_STDERR_KEPT_BYTES) {
        return Optional.of(
            "a step with more output than is stored: "
                + Limits.MAX_STDOUT_KEPT_BYTES
                + " bytes of standard output, "
                + Limits.MAX_STDERR_KEPT_BYTES
                + " of standard error");
      }
      if (step.drift().size() > RunLimits.MAX_STEP_DRIFT
          || step.drift().stream().anyMatch(RunCheck::tooLong)) {
        return Optional.of(
            "a step with more differences than are stored: "
                + RunLimits.MAX_STEP_DRIFT
                + ", of "
                + RunLimits.MAX_DRIFT_CHARS
                + " characters a word");
      }
      if (step.reason().length() > Limits.MAX_REASON_CHARS) {
        return Optional.of(
            "a step's reason of more than " + Limits.MAX_REASON_CHARS + " characters");
      }
    }
    return Optional.empty();
  }

  private static boolean tooLong(Drift drift) {
    return Stream.of(drift.resource(), drift.property(), drift.actual(), drift.desired())
        .anyMatch(text -> text.length() > RunLimits.MAX_DRIFT_CHARS);
  }

  private static long kept(Output output) {
    return (long) output.head().size() + output.tail().size();
  }

  private static Optional<String> notItsOwn(Report.Run report, Facts facts) {
    if (facts.association.isEmpty()) {
      return Optional.of("there is no association " + report.association());
    }
    if (facts.own.isEmpty()) {
      return Optional.of(
          "the association " + report.association() + " never applied to this instance");
    }
    if (facts.revision.isEmpty()) {
      return Optional.of(
          "the association " + report.association() + " never was at " + report.assignment());
    }
    Trigger trigger = report.trigger();
    return switch (trigger) {
      case Trigger.Tick(var at) -> {
        if (behind(report, at, facts)) {
          yield Ticks.ever(facts.schedules, at) ? Optional.empty() : Optional.of(noTick(report));
        }
        if (facts.own.stream().noneMatch(m -> m.entered().isBefore(at))) {
          yield Optional.of(trigger.text() + " is before the association applied to this instance");
        }
        yield Ticks.real(facts.schedules, at) ? Optional.empty() : Optional.of(noTick(report));
      }
      case Trigger.Change _, Trigger.Enter _, Trigger.Manual _ ->
          facts
                  .execution
                  .filter(
                      execution ->
                          Addressees.addresses(
                              execution, facts.own, facts.association.get().effectiveFrom()))
                  .isPresent()
              ? Optional.empty()
              : Optional.of(trigger.text() + " was not made for this instance");
    };
  }

  private static String noTick(Report.Run report) {
    return report.trigger().text() + " is no tick of a schedule of " + report.association();
  }

  /**
   * Whether the clock of the host was behind: by it the run went on before the association ever
   * applied there, and its revision was not known to the host before that. What recurs goes on by
   * such a clock too, and no report is refused for it.
   */
  private static boolean behind(Report.Run report, Instant tick, Facts facts) {
    return report
        .start()
        .or(report::end)
        .filter(done -> !done.isBefore(tick))
        .filter(done -> facts.own.stream().allMatch(m -> done.isBefore(m.entered())))
        .isPresent();
  }

  private static Decision after(Runs.Run before, Runs.Run row) {
    if (before.status().terminal()) {
      if (!row.status().terminal() || same(before, row)) {
        return new Decision.Ignore();
      }
      return new Decision.Refuse(
          "the run "
              + row.id()
              + " was reported before, to its end "
              + before.status().text()
              + "; an end is final");
    }
    boolean back =
        row.attempt() < before.attempt()
            || (row.attempt() == before.attempt()
                && row.status() == RunStatus.PENDING
                && before.status() != RunStatus.PENDING);
    return !row.status().terminal() && back ? new Decision.Ignore() : new Decision.Keep(row);
  }

  private static boolean same(Runs.Run before, Runs.Run row) {
    return row.equals(
        new Runs.Run(
            before.id(),
            before.executionId(),
            before.association(),
            before.instance(),
            before.trigger(),
            before.attempt(),
            before.startNumber(),
            row.spoolEpochNumber(),
            before.status(),
            before.detailedStatus(),
            before.associationVersion(),
            before.documentVersion(),
            before.revisionSha256(),
            before.scheduled(),
            before.started(),
            before.ended(),
            before.caughtUp(),
            before.missedTicks(),
            before.steps(),
            row.received(),
            before.reason()));
  }

  private static Runs.Run row(Report.Run report, Facts facts) {
    // of a revision that the store has forgotten only the report tells
    Revision revision =
        facts.revision.orElseGet(
            () ->
                new Revision(
                    report.assignment(),
                    Math.max(0, report.associationVersion()),
                    Math.max(0, report.documentVersion()),
                    0));
    return new Runs.Run(
        Identity.runId(facts.instance, report.association(), report.trigger()),
        facts.executionId,
        report.association(),
        facts.instance,
        report.trigger().text(),
        report.attempt(),
        report.startNumber(),
        facts.spoolEpochNumber,
        report.status(),
        report.detailedStatus(),
        revision.version(),
        revision.documentVersion(),
        revision.sha256().hex(),
        report.trigger() instanceof Trigger.Tick(var at) ? Optional.of(at) : Optional.empty(),
        report.start().map(time -> time.truncatedTo(ChronoUnit.MILLIS)),
        report.end().map(time -> time.truncatedTo(ChronoUnit.MILLIS)),
        report.caughtUp(),
        report.missedTicks(),
        steps(report.steps()),
        facts.now,
        report.reason());
  }

  private static ByteString steps(List<StepResult> steps) {
    ByteString.Output bytes = ByteString.newOutput();
    try {
      for (StepResult step : steps) {
        ReportCodec.toProto(step).writeDelimitedTo(bytes);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail", e);
    }
    return bytes.toByteString();
  }

  /** Whether a status is the end of a run that had none before. */
  static boolean ends(Optional<Runs.Run> before, RunStatus status) {
    return status.terminal() && before.map(run -> !run.status().terminal()).orElse(true);
  }
}
