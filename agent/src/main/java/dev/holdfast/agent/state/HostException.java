package dev.holdfast.agent.state;

/** The host could not be looked at, or would not be changed. The message is for people. */
public final class HostException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With what is wrong, and where. */
  public HostException(String message) {
    super(message);
  }

  /** With what is wrong, and where, and why. */
  public HostException(String message, Throwable cause) {
    super(message, cause);
  }
}
