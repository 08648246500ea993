package dev.holdfast.coordinator.link;

import dev.holdfast.task.Limits;
import java.util.LinkedHashSet;
import java.util.SequencedSet;

/**
 * Room for the reports of all links together: who finds none is held back, and read on when there
 * is some, in the order in which they came. On the owner's executor only.
 */
final class Room {
  private final SequencedSet<Link> heldBack = new LinkedHashSet<>();
  private long taken;

  /** So many bytes are on their way to be stored. */
  void take(long bytes) {
    taken += bytes;
  }

  /** So many are not any more. */
  void give(long bytes) {
    taken -= bytes;
    while (taken < Limits.MAX_UNACKNOWLEDGED_BYTES && !heldBack.isEmpty()) {
      heldBack.removeFirst().letNextCome();
    }
  }

  /** Whether a link may be read; if not, it is when there is room. */
  boolean roomy(Link link) {
    if (taken < Limits.MAX_UNACKNOWLEDGED_BYTES) {
      return true;
    }
    heldBack.add(link);
    return false;
  }

  /** A link is gone. */
  void forget(Link link) {
    heldBack.remove(link);
  }
}
