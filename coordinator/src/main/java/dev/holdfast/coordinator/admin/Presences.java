package dev.holdfast.coordinator.admin;

import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.store.Instances;
import dev.holdfast.wire.v1.PingStatus;
import java.util.List;

/** Whether instances can be reached now; it is not a row but a matter of the open links. */
public interface Presences {

  /** The presence of one. */
  PingStatus of(Instances.Instance instance);

  /** What needs attention on the host of one, as it told last; nothing if it is not linked. */
  default List<Linked.Concern> concerns(InstanceId instance) {
    return List.of();
  }
}
