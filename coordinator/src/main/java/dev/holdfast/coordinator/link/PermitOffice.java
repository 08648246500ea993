package dev.holdfast.coordinator.link;

import dev.holdfast.association.InstanceId;
import dev.holdfast.permit.PermitRequest;

/** Hears what agents ask permits for. On the owner's executor; it does its work in later turns. */
public interface PermitOffice {
  /** Where nobody gives permits. */
  PermitOffice NONE =
      new PermitOffice() {
        @Override
        public void said(InstanceId instance, PermitRequest request) {}

        @Override
        public void left(InstanceId instance) {}

        @Override
        public void stored() {}
      };

  /**
   * An instance says what it asks for and holds: in its hello, once that is answered, and later.
   */
  void said(InstanceId instance, PermitRequest request);

  /** Its link is gone: it asks for nothing, and keeps what it has. */
  void left(InstanceId instance);

  /** Reports were stored: permits may have become free. */
  void stored();
}
