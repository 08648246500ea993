package dev.holdfast.coordinator.server;

/** The coordinator can't start; the message says what is wrong, where, and what to do. */
public final class StartException extends Exception {
  private static final long serialVersionUID = 1L;

  /** With what is wrong. */
  public StartException(String message) {
    super(message);
  }

  /** With what is wrong, and the failure underneath. */
  public StartException(String message, Throwable cause) {
    super(message, cause);
  }
}
