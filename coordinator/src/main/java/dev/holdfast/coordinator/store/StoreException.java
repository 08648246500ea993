package dev.holdfast.coordinator.store;

/**
 * The store can't be opened, read or written; the message says what is wrong, where, and what to
 * do.
 */
public final class StoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With what is wrong. */
  public StoreException(String message) {
    super(message);
  }

  /** With what is wrong, and the failure underneath. */
  public StoreException(String message, Throwable cause) {
    super(message, cause);
  }
}
