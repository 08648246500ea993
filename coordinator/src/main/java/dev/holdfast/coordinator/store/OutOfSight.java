package dev.holdfast.coordinator.store;

/** Somebody would touch an instance that they may not. Nothing of it was done. */
public final class OutOfSight extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With what to do. */
  public OutOfSight(String message) {
    super(message);
  }

  OutOfSight(String message, Throwable cause) {
    super(message, cause);
  }
}
