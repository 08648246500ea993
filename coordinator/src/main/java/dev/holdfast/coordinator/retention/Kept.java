package dev.holdfast.coordinator.retention;

import dev.holdfast.task.RetentionLimits;
import java.time.Duration;

/**
 * How long what the coordinator was told is kept.
 *
 * @param runs how long a run is kept, if there are not too many newer ones
 * @param runsEach runs of one association on one instance
 * @param outputs of these, the newest that are kept with what their steps put out
 * @param executions how long an execution is kept, with how its targets ended
 * @param events how long an event is kept
 * @param audit how long a row of the audit trail is kept
 */
public record Kept(
    Duration runs,
    int runsEach,
    int outputs,
    Duration executions,
    Duration events,
    Duration audit) {
  /** Unless configured otherwise. */
  public static final Kept DEFAULT =
      new Kept(
          RetentionLimits.RUNS_KEPT,
          RetentionLimits.RUNS_KEPT_EACH,
          RetentionLimits.OUTPUTS_KEPT,
          RetentionLimits.EXECUTIONS_KEPT,
          RetentionLimits.EVENTS_KEPT,
          RetentionLimits.AUDIT_KEPT);
}
