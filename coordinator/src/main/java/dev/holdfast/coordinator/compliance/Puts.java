package dev.holdfast.coordinator.compliance;

import dev.holdfast.association.InstanceId;
import dev.holdfast.compliance.PutItem;
import dev.holdfast.coordinator.store.CompliancePuts;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Decides what becomes of items that somebody puts (spec.md section 4.2). Pure. */
final class Puts {
  private Puts() {}

  /**
   * All items of a type, or of one association.
   *
   * @param scope the association; empty: all items of the type
   * @param executionTime when what they come from was
   * @param contentHash by which the same content is known again; may be empty
   * @param ofHost whether they were put on the host itself
   */
  record Request(
      InstanceId instance,
      String type,
      String scope,
      Instant executionTime,
      String executionId,
      String executionType,
      String contentHash,
      boolean ofHost,
      List<PutItem> items) {
    /** Copies. */
    Request {
      items = List.copyOf(items);
    }
  }

  /** What becomes of them. */
  enum Decision {
    /** They take the place of what was there. */
    REPLACE,
    /** They are what is there. */
    UNCHANGED,
    /** What is there is of a later time. */
    STALE,
    /** The hash is not that of what is there, and no items came with it. */
    ITEMS_MISSING
  }

  /**
   * Decides. What a host puts comes in the order in which it was put, whatever its clock says.
   *
   * @param before the newest of this type and scope
   */
  static Decision decide(Optional<CompliancePuts.Put> before, Request request) {
    boolean stale =
        before
            .filter(put -> !(put.ofHost() && request.ofHost))
            .filter(put -> request.executionTime.isBefore(put.executionTime()))
            .isPresent();
    if (stale) {
      return Decision.STALE;
    }
    if (request.contentHash.isEmpty()) {
      return Decision.REPLACE;
    }
    if (before.filter(put -> put.contentHash().equals(request.contentHash)).isPresent()) {
      return Decision.UNCHANGED;
    }
    return request.items.isEmpty() && !request.ofHost ? Decision.ITEMS_MISSING : Decision.REPLACE;
  }
}
