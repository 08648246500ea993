package dev.holdfast.coordinator.execution;

import dev.holdfast.association.Trigger;
import dev.holdfast.report.RunStatus;

/**
 * What a target reads that has not reported: the first of these that holds.
 *
 * @param status of the run that would be
 * @param detail a word of the documented list
 */
public record DerivedStatus(RunStatus status, String detail) {

  /**
   * What is known of a target that has not reported.
   *
   * @param invalidDocument the association had no revision when the trigger came, so nothing could
   *     ever start: the target had its end from the first moment, and keeps it
   * @param lost its instance was given a permit and has been silent for longer than the run takes
   * @param cancelled the execution was cancelled, for all or for this target
   * @param left it has left the targets since, or is deregistered
   * @param associationDeleted the association is gone
   * @param stopped the execution had too many errors
   * @param disabled a tick: the association was disabled at its instant; a change or enter: it was
   *     disabled while this waited, which drops it for good
   * @param newer a tick: a newer tick, change or enter came for this instance; a change or enter: a
   *     newer one of these came for it
   * @param expired not-after has passed
   * @param connected its link lives
   * @param asks its agent waits for a permit
   * @param calendarClosed a calendar is closed that holds it: for a tick at its instant, else now
   * @param frozen everything is frozen, for a tick at its instant, else now
   * @param over it expired since its execution lasts no longer
   */
  public record Facts(
      Trigger trigger,
      boolean invalidDocument,
      boolean lost,
      boolean cancelled,
      boolean left,
      boolean associationDeleted,
      boolean stopped,
      boolean disabled,
      boolean newer,
      boolean expired,
      boolean connected,
      boolean asks,
      boolean calendarClosed,
      boolean frozen,
      boolean over) {}

  /** A calendar that holds it is closed. */
  static final String CALENDAR_CLOSED = "CalendarClosed";

  /** Everything is frozen. */
  static final String FROZEN = "Frozen";

  /** Decides. */
  public static DerivedStatus of(Facts facts) {
    if (facts.invalidDocument) {
      return new DerivedStatus(RunStatus.FAILED, "InvalidDocument");
    }
    if (facts.lost) {
      return lost();
    }
    if (facts.cancelled) {
      return new DerivedStatus(RunStatus.CANCELLED, "CancelRequested");
    }
    if (facts.left) {
      return skipped("NotTargeted");
    }
    if (facts.associationDeleted) {
      return skipped("AssociationDeleted");
    }
    if (facts.stopped) {
      return skipped("ErrorLimit");
    }
    boolean manual = facts.trigger instanceof Trigger.Manual;
    boolean tick = facts.trigger instanceof Trigger.Tick;
    if (tick && facts.calendarClosed) {
      return skipped(CALENDAR_CLOSED);
    }
    if (tick && facts.frozen) {
      return skipped(FROZEN);
    }
    if (facts.disabled && !manual) {
      return skipped("Disabled");
    }
    if (facts.newer && !manual) {
      return skipped(tick ? "NotReported" : "Superseded");
    }
    if (facts.expired) {
      return skipped(facts.over ? "DurationExceeded" : "Expired");
    }
    if (facts.connected && facts.calendarClosed) {
      return new DerivedStatus(RunStatus.PENDING, CALENDAR_CLOSED);
    }
    if (facts.connected && facts.frozen && !manual) {
      return new DerivedStatus(RunStatus.PENDING, FROZEN);
    }
    if (facts.connected && facts.asks) {
      return new DerivedStatus(RunStatus.PENDING, "WaitingForPermit");
    }
    return waiting(facts.connected);
  }

  /** Nothing stands against it but time, or the link. */
  public static DerivedStatus waiting(boolean connected) {
    return new DerivedStatus(RunStatus.PENDING, connected ? "Scheduled" : "Offline");
  }

  /**
   * An in-progress report of an instance that is gone, or silent for too long: nobody will see its
   * end.
   */
  public static DerivedStatus unreachable() {
    return new DerivedStatus(RunStatus.INTERRUPTED, "Unreachable");
  }

  /**
   * An in-progress report of an instance that has been silent for longer than the run can take: its
   * end may have been, and is not known yet.
   */
  public static DerivedStatus lost() {
    return new DerivedStatus(RunStatus.IN_PROGRESS, "Unreachable");
  }

  private static DerivedStatus skipped(String detail) {
    return new DerivedStatus(RunStatus.SKIPPED, detail);
  }
}
