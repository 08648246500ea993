package dev.holdfast.agent.state;

/** The task was given up from outside while it waited for something. */
final class StoppedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  StoppedException(InterruptedException cause) {
    super("stopped", cause);
  }
}
