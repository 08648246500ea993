package dev.holdfast.agent.identity;

/** The host can't be, or become, who it should be; the message says why and what to do. */
public final class IdentityException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With what is wrong. */
  public IdentityException(String message) {
    super(message);
  }

  /** With what is wrong, and the failure underneath. */
  public IdentityException(String message, Throwable cause) {
    super(message, cause);
  }
}
