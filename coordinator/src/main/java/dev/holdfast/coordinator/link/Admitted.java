package dev.holdfast.coordinator.link;

import dev.holdfast.coordinator.store.InstanceState;

/**
 * How an instance that said hello was let in.
 *
 * @param state that it is in
 * @param reason why it is held, in words
 * @param renew whether its certificate is to be renewed now
 */
record Admitted(InstanceState state, String reason, boolean renew) {
  /** Nothing is to be said of it. */
  static final Admitted ACTIVE = new Admitted(InstanceState.ACTIVE, "", false);

  /** The same, and its certificate is to be renewed now. */
  Admitted renewing() {
    return new Admitted(state, reason, true);
  }
}
