package dev.holdfast.wire;

/** Bytes or a message from the other side that mean nothing here; the message says which part. */
public final class WireException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With what is wrong. */
  public WireException(String message) {
    super(message);
  }

  /** With what is wrong, and the failure underneath. */
  public WireException(String message, Throwable cause) {
    super(message, cause);
  }
}
