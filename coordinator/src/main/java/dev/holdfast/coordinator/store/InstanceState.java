package dev.holdfast.coordinator.store;

/** Whether an instance may connect and what it gets; the names are those of the rows. */
public enum InstanceState {
  /** It connects and gets what it should. */
  ACTIVE,
  /** It connects and gets nothing before somebody approves it. */
  PENDING,
  /** Banned: nothing of it is let in. */
  REVOKED,
  /** More than one machine has its identity: none gets anything before somebody picks one. */
  DUPLICATE,
  /** It is gone for ever; its id is never used again. */
  DEREGISTERED;

  /** Whether it may connect. */
  public boolean connects() {
    return switch (this) {
      case ACTIVE, PENDING, DUPLICATE -> true;
      case REVOKED, DEREGISTERED -> false;
    };
  }

  /**
   * Whether associations apply to it. One that is on more than one machine stays a target: it waits
   * for one of them to be picked, and what was started meanwhile waits with it.
   */
  public boolean targeted() {
    return this == ACTIVE || this == DUPLICATE;
  }

  /** Whether it connects and gets nothing. */
  public boolean held() {
    return this == PENDING || this == DUPLICATE;
  }
}
