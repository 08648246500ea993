package dev.holdfast.agent.disk;

/** There is no room: not for the bytes, or not for one more file. Nothing of the change is left. */
public final class DiskFullException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With the failure underneath. */
  public DiskFullException(String message, Throwable cause) {
    super(message, cause);
  }
}
