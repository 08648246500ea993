package dev.holdfast.coordinator.ingest;

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
      case RunCheck.Decision.Keep(var row) -> keep(sight, report, facts, row, false);
      case RunCheck.Decision.Recover(var row) -> keep(sight, report, facts, row, true);
    };
  }

  /** What the rows say, but of the run itself: most reports are the first of theirs. */
  private static RunCheck.Facts facts(
      Sight sight, InstanceId instance, long spoolEpochNumber, Report.Run report) {
    String execution = sight.executionId(report.association(), report.trigger());
    return new RunCheck.Facts(
        instance,
        sight.association(report.association()),
        sight.memberships(instance, report.association()),
        sight.schedules(report.association()),
        execution,
        sight.execution(execution),
        sight.revision(report.association(), report.assignment()),
        Optional.empty(),
        spoolEpochNumber,
        sight.forgotten(),
        sight.write().now());
  }

  /**
   * Writes the first that is known of a run; where that was not the first, decides again.
   *
   * @param recovered the store has forgotten that it was to be
   */
  private static Optional<String> keep(
      Sight sight, Report.Run report, RunCheck.Facts facts, Runs.Run row, boolean recovered) {
    Optional<Runs.Ended> newest = newestEnded(sight, row);
    long change = sight.deferred().lastChange(row.executionId()) + 1;
    if (Runs.add(sight.write(), row, change)) {
      sight.deferred().changed(row.executionId(), change);
      follow(sight, report, facts, row, newest, recovered);
      return Optional.empty();
    }
    RunCheck.Facts known = facts.knowing(Runs.find(sight.write().read(), row.id()).orElseThrow());
    return switch (RunCheck.decide(report, known)) {
      case RunCheck.Decision.Refuse(var reason) -> Optional.of(reason);
      case RunCheck.Decision.Ignore _ -> Optional.empty();
      case RunCheck.Decision.Keep(var further) -> {
        further(sight, report, known, further, newest, change, false);
        yield Optional.empty();
      }
      case RunCheck.Decision.Recover(var further) -> {
        further(sight, report, known, further, newest, change, true);
        yield Optional.empty();
      }
    };
  }

  /** How the newest run ended before one that has ended, if there was any. */
  private static Optional<Runs.Ended> newestEnded(Sight sight, Runs.Run row) {
    return row.status().terminal()
        ? sight.deferred().newestEnded(Deferred.Pair.of(row))
        : Optional.empty();
  }

  /** A run went forward. */
  private static void further(
      Sight sight,
      Report.Run report,
      RunCheck.Facts facts,
      Runs.Run row,
      Optional<Runs.Ended> newest,
      long change,
      boolean recovered) {
    Runs.put(sight.write(), row, change);
    sight.deferred().changed(row.executionId(), change);
    follow(sight, report, facts, row, newest, recovered);
  }

  /**
   * Writes what follows from a run that was written.
   *
   * @param newest how the newest run had ended before
   * @param recovered the store has forgotten that it was to be
   */
  private static void follow(
      Sight sight,
      Report.Run report,
      RunCheck.Facts facts,
      Runs.Run row,
      Optional<Runs.Ended> newest,
      boolean recovered) {
    Write write = sight.write();
    Associations.Association association = facts.association().orElseThrow();
    if (facts.execution().isEmpty()) {
      if (report.trigger() instanceof Trigger.Tick(var at)
          && (!recovered || Ticks.real(facts.schedules(), at))) {
        sight.added(Ticks.record(write, association, at, Optional.of(report.assignment())));
      } else if (recovered) {
        sight.added(Executions.recover(write, row, report.trigger()));
      }
    }
    boolean ends = RunCheck.ends(facts.before(), row.status());
    if (facts.before().isEmpty() || ends) {
      progress(sight, report, facts, row, ends, association);
    }
    if (row.status().terminal()) {
      sight.deferred().ended(row);
    }
    if (association.deleted().isEmpty()) {
      current(sight.deferred(), row);
      if (row.status().terminal()) {
        ended(sight, report, facts, association, row, newest);
      }
    }
  }

  /** Counts the first report of a run, or its end, in its execution. */
  private static void progress(
      Sight sight,
      Report.Run report,
      RunCheck.Facts facts,
      Runs.Run row,
      boolean ends,
      Associations.Association association) {
    Write write = sight.write();
    String id = row.executionId();
    Executions.Progress progress = sight.deferred().progress(id);
    if (facts.before().isEmpty()) {
      boolean late =
          facts
              .execution()
              .filter(
                  execution ->
                      sight
                          .targets(association, execution)
                          .late(execution, row.instance(), facts.own()))
              .isPresent();
      boolean byReports = sight.execution(id).filter(Executions.Execution::recovered).isPresent();
      progress = late ? progress.amend() : progress;
      progress =
          byReports || !RunCheck.addressed(report.trigger(), facts)
              ? progress.withTarget()
              : progress;
    }
    if (ends) {
      if (Errors.ended(write, row, sight.permit(row.instance(), row.association()))) {
        sight.freed(row.instance());
      }
      sight.ended(new RunEnd(row, due(sight, report, row), association.documentName()));
      progress = progress.withEnd(write.now());
      if (progress.endedAsItWas()) {
        write.append("ExecutionEnded", List.of(row.association().value(), id), Map.of());
      }
    }
    sight.deferred().put(id, progress);
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
              sight.deferred().verdict(Deferred.Pair.of(row)),
              association,
              sight.terms(association),
              sight.executed(association, row.associationVersion()),
              facts.schedules(),
              row,
              report.steps(),
              sight::described)
          .ifPresent(sight.deferred()::put);
    }
  }

  /** The newest run by the order of starts, and the latest success whichever that was. */
  private static void current(Deferred deferred, Runs.Run row) {
    Optional<Runs.Current> before = deferred.current(Deferred.Pair.of(row));
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
      deferred.put(
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
      deferred.put(
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
