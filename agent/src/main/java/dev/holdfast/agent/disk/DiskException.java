package dev.holdfast.agent.disk;

/** The disk did not do what was asked; the message says what and where. */
public final class DiskException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With the failure underneath. */
  public DiskException(String message, Throwable cause) {
    super(message, cause);
  }
}
