package dev.holdfast.agent.link;

import java.util.Collection;
import java.util.Set;

/** Hears what the coordinator says of inventory that was sent. On the agent's own thread. */
public interface InventoryAcks {
  /**
   * The coordinator's store came back from a backup: what it acknowledged before may be forgotten,
   * so all of it is told again.
   */
  default void forgotten() {}

  /**
   * The coordinator answers; the spool knows already.
   *
   * @param storedThrough up to here it has stored the inventory lane; 0 if it does not say
   * @param refused sequences that it refused for good
   * @param whole types of which it wants all items, since no difference fits to what it has
   */
  void acknowledged(long storedThrough, Set<Long> refused, Collection<String> whole);
}
