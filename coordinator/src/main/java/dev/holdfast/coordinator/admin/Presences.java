package dev.holdfast.coordinator.admin;

import dev.holdfast.coordinator.store.Instances;
import dev.holdfast.wire.v1.PingStatus;

/** Whether instances can be reached now; it is not a row but a matter of the open links. */
public interface Presences {

  /** The presence of one. */
  PingStatus of(Instances.Instance instance);
}
