package dev.holdfast.coordinator.association;

import dev.holdfast.association.AssociationId;
import dev.holdfast.association.InstanceId;
import dev.holdfast.association.Trigger;

/** Knows who waits for a permit; asked on the threads of calls. */
@FunctionalInterface
public interface Waits {
  /** Nobody does. */
  Waits NOBODY = (_, _, _) -> false;

  /** Whether an instance waits for a permit for a run. */
  boolean waits(InstanceId instance, AssociationId association, Trigger trigger);
}
