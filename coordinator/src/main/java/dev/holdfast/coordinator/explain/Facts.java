package dev.holdfast.coordinator.explain;

import dev.holdfast.association.Trigger;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What is known of one association on one instance at a moment.
 *
 * @param approved whether the instance was let in
 * @param memberSince from when the instance is a target; empty: it is none
 * @param notTargeted which of the association's targets the instance does not meet, in words;
 *     without meaning for a target
 * @param problem why the association can't run anywhere; empty if it can
 * @param onlyTicks it applies only at its ticks
 * @param nextTick of its schedule, not before now; empty if none comes
 * @param splay the instance's own delay
 * @param offlineSince from when the instance is not linked; empty: it is
 * @param holding whether it holds the revision in force
 * @param waiting what its agent told to wait, newest heartbeat
 * @param running the run in progress
 * @param outstanding what was asked for and neither reported nor given up, newest first
 * @param last the newest trigger that has come to an end there
 * @param calendar the first of its calendars that is closed now
 * @param calendarAtTick the first that will be closed at the next tick
 * @param frozen who froze all, why and until when, in words
 */
public record Facts(
    Instant now,
    boolean approved,
    Optional<Instant> memberSince,
    String notTargeted,
    Optional<String> problem,
    boolean enabled,
    boolean onlyTicks,
    Optional<Instant> nextTick,
    Duration splay,
    Optional<Instant> offlineSince,
    Holding holding,
    Optional<Wait> waiting,
    Optional<Running> running,
    List<Outstanding> outstanding,
    Optional<Ended> last,
    Optional<String> calendar,
    Optional<String> calendarAtTick,
    Optional<String> frozen) {

  /** Copies the list. */
  public Facts {
    outstanding = List.copyOf(outstanding);
  }

  /** What the instance holds of the association. */
  public enum Holding {
    /** The revision in force. */
    CURRENT,
    /** Another one, or none; the one in force is on its way. */
    OLDER,
    /** Nobody knows: it is not linked, or has just come back. */
    UNKNOWN
  }

  /**
   * What the agent waits for before it starts a trigger.
   *
   * @param code of the reason that it is
   * @param trigger its text
   * @param words for what, if the code alone does not tell; else empty
   */
  public record Wait(Reason.Code code, String trigger, Instant since, String words) {
    /** One whose code tells all. */
    public Wait(Reason.Code code, String trigger, Instant since) {
      this(code, trigger, since, "");
    }
  }

  /**
   * A run in progress.
   *
   * @param trigger its text
   * @param busy what a step of it waits for, in words; empty if none does
   */
  public record Running(String trigger, Optional<Instant> since, Optional<String> busy) {}

  /** What was asked for at a moment, and has not started as far as is known. */
  public record Outstanding(Trigger trigger, Instant since) {}

  /**
   * What has come to an end.
   *
   * @param trigger its text
   * @param status as people read it
   * @param detail a word of the documented list
   */
  public record Ended(String trigger, String status, String detail, Instant at) {}
}
