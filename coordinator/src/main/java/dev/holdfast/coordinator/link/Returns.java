package dev.holdfast.coordinator.link;

import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.store.Write;

/** Hears of instances that come back after so long that what waited for them may have expired. */
public interface Returns {

  /** In the transaction that notes the return, before the instance's set is computed. */
  void connected(Write write, InstanceId instance);
}
