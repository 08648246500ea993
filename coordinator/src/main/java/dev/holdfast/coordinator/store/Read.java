package dev.holdfast.coordinator.store;

import org.jdbi.v3.core.Handle;

/** A view of the rows as they were at one moment. */
public final class Read {
  private final Handle handle;

  Read(Handle handle) {
    this.handle = handle;
  }

  /** For the classes of this package. */
  Handle handle() {
    return handle;
  }
}
