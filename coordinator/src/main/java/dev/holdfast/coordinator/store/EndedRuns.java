package dev.holdfast.coordinator.store;

import dev.holdfast.association.InstanceId;
import dev.holdfast.report.RunStatus;
import java.util.Optional;

/**
 * How runs ended whose rows are gone. They are there for as long as their execution: a target reads
 * the same before and after its run went, and what was reported once is never new.
 */
public final class EndedRuns {
  private EndedRuns() {}

  /** How the run of an execution on an instance ended, if its row is gone. */
  public static Optional<Runs.Brief> find(Read read, String executionId, InstanceId instance) {
    return Plain.one(
        read.handle(),
        "SELECT status, detailed_status FROM ended_run WHERE execution_id = ? AND instance_id = ?",
        row -> new Runs.Brief(instance, RunStatus.valueOf(row.getString(1)), row.getString(2)),
        executionId,
        instance.value());
  }

  /** Whether the run of an execution on an instance has ended, and its row is gone. */
  public static boolean has(Read read, String executionId, InstanceId instance) {
    return find(read, executionId, instance).isPresent();
  }
}
