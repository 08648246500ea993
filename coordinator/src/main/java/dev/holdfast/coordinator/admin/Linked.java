package dev.holdfast.coordinator.admin;

import dev.holdfast.assignment.AssignmentSet;
import dev.holdfast.assignment.Generation;
import dev.holdfast.association.AssociationId;
import dev.holdfast.association.InstanceId;
import dev.holdfast.task.Sha256;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What open links know of instances; it is no row and is gone with the link. */
@FunctionalInterface
public interface Linked {
  /** Nobody is linked. */
  Linked NOBODY = _ -> Optional.empty();

  /** What is known of one; empty while its link is not open or its hello not answered. */
  Optional<Standing> standing(InstanceId instance);

  /**
   * What is known of an instance that is linked.
   *
   * @param generation that it told it holds; newer if it was confirmed since
   * @param held hash of the set that it told it holds
   * @param heldSet that set, if it is one that was wanted on this link
   * @param wanted the set that is wanted of it; empty until it was computed
   * @param settled whether it holds what is wanted
   * @param waits what its last heartbeat told to be due and waiting
   * @param concerns what needs attention on its host, as that heartbeat told
   */
  record Standing(
      Generation generation,
      Optional<Sha256> held,
      Optional<AssignmentSet> heldSet,
      Optional<AssignmentSet> wanted,
      boolean settled,
      List<Wait> waits,
      List<Concern> concerns) {
    /** Copies the lists. */
    public Standing {
      waits = List.copyOf(waits);
      concerns = List.copyOf(concerns);
    }
  }

  /**
   * A trigger that is due on an instance and waits there.
   *
   * @param trigger its text
   * @param since by the clock of the instance
   */
  record Wait(AssociationId association, String trigger, For reason, Instant since) {}

  /**
   * Something on a host that needs attention.
   *
   * @param code a word in capitals
   * @param since by the clock of the instance
   */
  record Concern(String code, String message, Instant since) {}

  /** What it waits for. */
  enum For {
    /** Other documents run on its host, as many as may at once. */
    HOST_SLOT,
    /** A run of its own association is in progress. */
    OWN_RUN,
    /** Its splay. */
    SPLAY,
    /** A permit. */
    PERMIT,
    /** A calendar, to open. */
    CALENDAR_CLOSED,
    /** The end of the freeze. */
    FROZEN,
    /** A new revision: the one that it holds brought its agent down. */
    PARKED,
    /** The policy of its host. */
    HOST_POLICY,
    /** Room on its disk. */
    HOST_DISK,
    /** The end of safe mode. */
    SAFE_MODE
  }
}
