package dev.holdfast.coordinator.admin;

import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.coordinator.store.Write;
import java.util.List;

/**
 * What follows for associations from a change of something that they rest on; in the transaction of
 * the change.
 */
public interface Consequences {

  /** An instance came, went, or has other tags. */
  void instanceChanged(Write write, InstanceId instance);

  /** A document has a new version, another default, or is gone. */
  void documentChanged(Write write, String document);

  /** A stored parameter has a new value. */
  void parameterChanged(Write write, String parameter);

  /** The associations that use a document, as people call them. */
  List<String> associationsUsing(Read read, String document);
}
