package dev.holdfast.task;

import java.time.Duration;

/** How long the coordinator keeps what it was told, and how much of it goes at once. */
public final class RetentionLimits {
  // What is kept, unless configured otherwise. Beyond: it goes, a little at a time.

  /** How long a run is kept, if there are not too many newer ones. */
  public static final Duration RUNS_KEPT = Duration.ofDays(14);

  /** Runs of one association on one instance. */
  public static final int RUNS_KEPT_EACH = 100;

  /** Of these, the newest that are kept with what their steps put out. */
  public static final int OUTPUTS_KEPT = 5;

  /** How long an execution is kept, with how each of its targets ended. */
  public static final Duration EXECUTIONS_KEPT = Duration.ofDays(90);

  /** How long events are kept. */
  public static final Duration EVENTS_KEPT = Duration.ofDays(30);

  /** How long the audit trail is kept. */
  public static final Duration AUDIT_KEPT = Duration.ofDays(400);

  /** However many newer ones there are, a run is kept for so long after its end. */
  public static final Duration RUN_KEPT_AT_LEAST = Duration.ofHours(1);

  // Letting go of it. Beyond: the rest goes in the next transaction, after a pause.

  /** Rows that go in one transaction. */
  public static final int GONE_AT_ONCE = 1_000;

  /** Runs that lose what their steps put out in one transaction. */
  public static final int OUTPUTS_GONE_AT_ONCE = 250;

  /** Rows of an index that are looked at before the next pause. */
  public static final int LOOKED_AT_ONCE = 10_000;

  /** The shortest pause between two transactions; it is as long as four of the last one. */
  public static final Duration PAUSE = Duration.ofMillis(200);

  /** How often it is looked for what may go. */
  public static final Duration ROUND = Duration.ofHours(1);

  private RetentionLimits() {}
}
