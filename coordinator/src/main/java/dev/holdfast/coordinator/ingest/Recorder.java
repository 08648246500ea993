package dev.holdfast.coordinator.ingest;

import dev.holdfast.association.Identity;
import dev.holdfast.association.InstanceId;
import dev.holdfast.association.Trigger;
import dev.holdfast.coordinator.compliance.ComplianceDesk;
import dev.holdfast.coordinator.execution.Ticks;
import dev.holdfast.coordinator.permit.Errors;
import dev.holdfast.coordinator.store.Associations;
import dev.holdfast.coordinator.store.Executions;
import dev.holdfast.coordinator.store.Runs;
import dev.holdfast.coordinator.store.Write;
import dev.holdfast.report.Report;
import dev.holdfast.report.RunStatus;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes what follows from a report: the rows, and events where what is judged changed. */
final class Recorder {
  private Recorder() {}

  /** Stores what became of a run; why not, if it can't be. */
  static Optional<String> run(
      Sight sight, InstanceId instance, long spoolEpochNumber, Report.Run report) {
    if (Past.holds(sight, instance, report)) {
      return Optional.empty();
    }
    RunCheck.Facts facts = facts(sight, instance, spoolEpochNumber, report);
    return switch (RunCheck.decide(report, facts)) {
      case RunCheck.Decision.Refuse(var reason) -> Optional.of(reason);
      case RunCheck.Decision.Ignore _ -> Optional.empty();
      case RunCheck.Decision.Keep(var row) -> {
        keep(sight, report, facts, row, false);
        yield Optional.empty();
      }
      case RunCheck.Decision.Recover(var row) -> {
        keep(sight, report, facts, row, true);
        yield Optional.empty();
      }
    };
  }

  private static RunCheck.Facts facts(
      Sight sight, InstanceId instance, long spoolEpochNumber, Report.Run report) {
    Write write = sight.write();
    return new RunCheck.Facts(
        instance,
        sight.association(report.association()),
        sight.memberships(instance, report.association()),
        sight.schedules(report.association()),
        sight.execution(Identity.executionId(report.association(), report.trigger())),
        sight.revision(report.association(), report.assignment()),
        Runs.find(write.read(), Identity.runId(instance, report.association(), report.trigger())),
        spoolEpochNumber,
        sight.forgotten(),
        write.now());
  }

  /**
   * Writes what became of a run.
   *
   * @param recovered the store has forgotten that it was to be
   */
  private static void keep(
      Sight sight, Report.Run report, RunCheck.Facts facts, Runs.Run row, boolean recovered) {
    Write write = sight.write();
    Associations.Association association = facts.association().orElseThrow();
    if (facts.execution().isEmpty()) {
      if (report.trigger() instanceof Trigger.Tick(var at)
          && (!recovered || Ticks.real(facts.schedules(), at))) {
        Ticks.record(write, association, at, Optional.of(report.assignment()));
        sight.newExecution(association);
      } else if (recovered) {
        Executions.recover(write, row, report.trigger());
        sight.newExecution(association);
      }
    }
    Optional<Runs.Ended> newest =
        row.status().terminal()
            ? Runs.newestEnded(write.read(), row.instance(), row.association())
            : Optional.empty();
    boolean late =
        facts.before().isEmpty()
            && facts
                .execution()
                .filter(
                    execution -> sight.targets(association, execution).late(execution, facts.own()))
                .isPresent();
    Runs.put(write, row);
    if (late) {
      Executions.amend(write, row.executionId());
    }
    boolean byReports =
        sight.execution(row.executionId()).filter(Executions.Execution::recovered).isPresent();
    if (facts.before().isEmpty() && (byReports || !RunCheck.addressed(report.trigger(), facts))) {
      Executions.addTarget(write, row.executionId());
    }
    boolean ends = RunCheck.ends(facts.before(), row.status());
    if (ends) {
      Errors.ended(write, row);
      sight.ended(new RunEnd(row, due(sight, report, row), association.documentName()));
    }
    if (ends && Executions.reported(write, row.executionId())) {
      write.append(
          "ExecutionEnded", List.of(row.association().value(), row.executionId()), Map.of());
    }
    if (association.deleted().isEmpty()) {
      current(write, row);
      if (row.status().terminal()) {
        ended(sight, report, facts, association, row, newest);
      }
    }
  }

  private static Instant due(Sight sight, Report.Run report, Runs.Run row) {
    return report.trigger() instanceof Trigger.Tick(var at)
        ? at
        : sight
            .execution(row.executionId())
            .map(Executions.Execution::created)
            .orElse(row.received());
  }

  private static void ended(
      Sight sight,
      Report.Run report,
      RunCheck.Facts facts,
      Associations.Association association,
      Runs.Run row,
      Optional<Runs.Ended> newest) {
    boolean otherwise =
        newest
            .map(
                last ->
                    row.startedAfter(last.spoolEpochNumber(), last.startNumber())
                        && row.status() != last.status())
            .orElse(true);
    if (otherwise) {
      sight
          .write()
          .append(
              "RunEnded",
              List.of(row.instance().value(), row.association().value(), row.id()),
              Map.of(
                  "trigger",
                  row.trigger(),
                  "status",
                  row.status().text(),
                  "detailedStatus",
                  row.detailedStatus()));
    }
    // what a forgotten version came to says nothing of what is wanted now
    if (facts.revision().isPresent()
        && facts.own().stream().anyMatch(m -> m.leftPosition().isEmpty())) {
      ComplianceDesk.ended(
          sight.write(),
          association,
          sight.terms(association),
          sight.executed(association, row.associationVersion()),
          facts.schedules(),
          row,
          report.steps(),
          sight::described);
    }
  }

  /** The newest run by the order of starts, and the latest success whichever that was. */
  private static void current(Write write, Runs.Run row) {
    Optional<Runs.Current> before = Runs.current(write.read(), row.instance(), row.association());
    Optional<Instant> success =
        row.status() == RunStatus.SUCCESS
            ? Optional.of(row.ended().orElse(row.received()))
            : Optional.empty();
    Optional<Instant> lastSuccess =
        before
            .flatMap(Runs.Current::lastSuccess)
            .filter(last -> success.map(last::isAfter).orElse(true))
            .or(() -> success);
    boolean newer =
        before
            .map(
                current ->
                    current.runId().equals(row.id())
                        || row.startedAfter(current.spoolEpochNumber(), current.startNumber()))
            .orElse(true);
    if (newer) {
      Runs.putCurrent(
          write,
          new Runs.Current(
              row.instance(),
              row.association(),
              row.id(),
              row.status(),
              row.spoolEpochNumber(),
              row.startNumber(),
              lastSuccess));
    } else if (!before.orElseThrow().lastSuccess().equals(lastSuccess)) {
      Runs.Current current = before.orElseThrow();
      Runs.putCurrent(
          write,
          new Runs.Current(
              current.instance(),
              current.association(),
              current.runId(),
              current.status(),
              current.spoolEpochNumber(),
              current.startNumber(),
              lastSuccess));
    }
  }
}
