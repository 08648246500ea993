package dev.holdfast.agent.process;

/** A process could not be started; the message says why. */
public final class ProcessException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Without another failure underneath. */
  public ProcessException(String message) {
    super(message);
  }

  /** With the failure underneath. */
  public ProcessException(String message, Throwable cause) {
    super(message, cause);
  }
}
