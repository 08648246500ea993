package dev.holdfast.coordinator.permit;

import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Trigger;
import dev.holdfast.coordinator.store.PermitRows;
import dev.holdfast.coordinator.store.Runs;
import dev.holdfast.coordinator.store.Write;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Counts the errors of executions, and stops those that have too many. */
public final class Errors {
  private Errors() {}

  /**
   * A run has come to its end: its permit is free, and its error counts. A lost one had counted
   * before.
   *
   * @param held the permit of its association on its instance, whichever run it is for
   * @return whether that is free now
   */
  public static boolean ended(Write write, Runs.Run run, Optional<PermitRows.Permit> held) {
    Optional<PermitRows.Permit> permit =
        held.filter(row -> row.trigger().equals(Trigger.parse(run.trigger()).orElseThrow()));
    if (permit.isPresent()) {
      PermitRows.free(write, run.instance(), run.association());
    }
    boolean counted = permit.flatMap(PermitRows.Permit::lost).isPresent();
    int more = (run.status().error() ? 1 : 0) - (counted ? 1 : 0);
    if (more != 0) {
      count(write, run.association(), run.executionId(), more);
    }
    return permit.isPresent();
  }

  /** Counts some, or takes some off; too many stop the execution for good. */
  static void count(Write write, AssociationId association, String execution, int more) {
    if (PermitRows.errors(write, execution, more)) {
      write.append(
          "ExecutionStopped",
          List.of(association.value(), execution),
          Map.of("reason", "ErrorLimit"));
    }
  }
}
