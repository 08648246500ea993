package dev.holdfast.coordinator.ingest;

import dev.holdfast.assignment.Generation;
import dev.holdfast.association.Identity;
import dev.holdfast.association.InstanceId;
import dev.holdfast.association.Trigger;
import dev.holdfast.coordinator.store.Associations.Association;
import dev.holdfast.coordinator.store.EndedRuns;
import dev.holdfast.coordinator.store.Executions.Execution;
import dev.holdfast.coordinator.store.Gone;
import dev.holdfast.report.Report;
import dev.holdfast.task.RetentionLimits;
import dev.holdfast.task.RunLimits;
import java.time.Instant;
import java.util.Optional;

/**
 * Finds out whether a report is of what is no longer kept. It is acknowledged then, so that its
 * agent lets go of it too, and nothing follows from it: what it tells was known once, or comes
 * later than anybody would look for it.
 */
final class Past {
  private Past() {}

  /** Whether it is; of what is young nothing is looked up. */
  static boolean holds(Sight sight, InstanceId instance, Report.Run report) {
    Optional<Execution> execution =
        sight.execution(Identity.executionId(report.association(), report.trigger()));
    Optional<Association> association = sight.association(report.association());
    boolean doubtful = execution.isEmpty() || association.flatMap(Association::deleted).isPresent();
    if (doubtful && gone(report, association, execution.isPresent(), sight.gone())) {
      return true;
    }
    Instant young = sight.write().now().minus(RetentionLimits.RUN_KEPT_AT_LEAST);
    return execution.filter(row -> row.created().isBefore(young)).isPresent()
        && EndedRuns.has(sight.write().read(), execution.get().id(), instance);
  }

  /**
   * Whether nothing is known any more of what a report is about.
   *
   * @param known whether there is a row of its execution
   */
  static boolean gone(
      Report.Run report, Optional<Association> association, boolean known, Gone gone) {
    if (association.isEmpty() || gone.equals(Gone.NOTHING)) {
      return false;
    }
    if (association.get().deleted().filter(gone.before()::isAfter).isPresent()) {
      return true;
    }
    return !known
        && switch (report.trigger()) {
          case Trigger.Tick(var at) -> at.isBefore(gone.before());
          case Trigger.Change(var epoch, var position) -> covers(gone, epoch, position);
          case Trigger.Enter(var epoch, var position) -> covers(gone, epoch, position);
          // it does not say when it was made; nothing starts later than that after it
          case Trigger.Manual _ ->
              report
                  .start()
                  .or(report::end)
                  .map(at -> at.minus(RunLimits.CATCH_UP).isBefore(gone.before()))
                  .orElse(true);
        };
  }

  private static boolean covers(Gone gone, long epoch, long position) {
    return new Generation(epoch, position).compareTo(gone.change()) <= 0;
  }
}
