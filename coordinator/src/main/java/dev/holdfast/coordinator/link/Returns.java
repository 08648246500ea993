package dev.holdfast.coordinator.link;

import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.store.Write;

/** Hears of instances whose hello may change what is wanted of them. */
public interface Returns {

  /**
   * It was away for so long that what waited for it may have expired. In the transaction that notes
   * the return, before the instance's set is computed.
   */
  void connected(Write write, InstanceId instance);

  /** Its platform is another than it said before, or the first; in the same transaction. */
  void platformChanged(Write write, InstanceId instance);

  /** It is in another state than before; in the same transaction. */
  void stateChanged(Write write, InstanceId instance);
}
