package dev.holdfast.coordinator.trust;

/** What can't be done with a token or a binding; the message says why. */
public final class TokenRefused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Why why;

  /** The kind of a refusal. */
  public enum Why {
    /** What was asked for has no meaning. */
    INVALID,
    /** There is one already. */
    EXISTS,
    /** There is none. */
    MISSING,
    /** There are as many as there can be. */
    LIMIT,
    /** Whoever asks may not. */
    DENIED
  }

  TokenRefused(Why why, String message) {
    super(message);
    this.why = why;
  }

  /** Its kind. */
  public Why why() {
    return why;
  }
}
