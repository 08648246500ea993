package dev.holdfast.agent.run;

import dev.holdfast.association.AssociationId;
import java.util.Set;

/**
 * Executes documents on this host. It decides nothing of when or whether: what it is told to start,
 * it starts. Used on the agent's own thread only; what happens is told to a {@link RunListener} on
 * that thread.
 */
public interface Runner {
  /** The detailed status of a run whose step asked for a reboot, until the host has rebooted. */
  String REBOOT_REQUESTED = "RebootRequested";

  /** The detailed status of a run that can't even be read without bringing the agent down. */
  String PARKED = "Parked";

  /**
   * Takes up what an earlier life of the agent left: each run that was journalled and has no
   * reported end is adopted, ended from its exit file, resumed after a reboot that it asked for, or
   * killed whole and reported {@code Interrupted}. Called once, before anything else.
   *
   * @param abandoned ids of runs that are not even read: what is left of them is killed, and they
   *     are forgotten; nothing of them is reported
   */
  void recover(Set<String> abandoned);

  /** The same, with nothing abandoned. */
  default void recover() {
    recover(Set.of());
  }

  /**
   * Starts a run: the intent is synced before the first process starts. At most one run of an
   * association is in progress at a time; the caller sees to that.
   */
  void start(RunRequest request);

  /** Ends a run that is in progress, its whole process tree; nothing if it is not. */
  void cancel(String runId);

  /**
   * The associations that have a run in progress, adopted ones included. A run is not among them
   * any more when its terminal report is told.
   */
  Set<AssociationId> active();
}
