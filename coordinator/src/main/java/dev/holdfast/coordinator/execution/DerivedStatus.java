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
   * @param cancelled the execution was cancelled, for all or for this target
   * @param left it is no member any more, or deregistered
   * @param associationDeleted the association is gone
   * @param invalidDocument the association had no revision when the trigger was made
   * @param newer a newer tick or change came (for a tick), a newer change or enter for this
   *     instance (for those)
   * @param expired not-after has passed
   * @param connected its link lives
   */
  public record Facts(
      Trigger trigger,
      boolean cancelled,
      boolean left,
      boolean associationDeleted,
      boolean invalidDocument,
      boolean newer,
      boolean expired,
      boolean connected) {}

  /** Decides. */
  public static DerivedStatus of(Facts facts) {
    if (facts.invalidDocument) {
      return new DerivedStatus(RunStatus.FAILED, "InvalidDocument");
    }
    if (facts.cancelled) {
      return new DerivedStatus(RunStatus.CANCELLED, "CancelRequested");
    }
    if (facts.left) {
      return new DerivedStatus(RunStatus.SKIPPED, "NotTargeted");
    }
    if (facts.associationDeleted) {
      return new DerivedStatus(RunStatus.SKIPPED, "AssociationDeleted");
    }
    if (facts.newer) {
      return new DerivedStatus(
          RunStatus.SKIPPED, facts.trigger instanceof Trigger.Tick ? "NotReported" : "Superseded");
    }
    if (facts.expired) {
      return new DerivedStatus(RunStatus.SKIPPED, "Expired");
    }
    return new DerivedStatus(RunStatus.PENDING, facts.connected ? "Scheduled" : "Offline");
  }

  /**
   * An in-progress report of an instance that is gone, or silent for too long: nobody will see its
   * end.
   */
  public static DerivedStatus unreachable() {
    return new DerivedStatus(RunStatus.INTERRUPTED, "Unreachable");
  }
}
