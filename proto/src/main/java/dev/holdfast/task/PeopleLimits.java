package dev.holdfast.task;

import java.time.Duration;

/** Bounds of tokens, role bindings, the audit trail, and of what a refusal tells. */
public final class PeopleLimits {
  // Role bindings. Beyond: the request is refused and names the limit.

  /** Bindings of one token. */
  public static final int MAX_ROLE_BINDINGS = 20;

  /** Tag keys of one scope. */
  public static final int MAX_SCOPE_TAGS = 10;

  /** Values of one tag of a scope. */
  public static final int MAX_SCOPE_VALUES = 50;

  // The audit trail. Beyond: refusals are folded into one row with a count.

  /** Kinds of refusals that are folded at once; those of more kinds are told apart no more. */
  public static final int MAX_FOLDED_REFUSALS = 200;

  /** For how long equal refusals become one row of the audit trail. */
  public static final Duration REFUSALS_FOLDED = Duration.ofMinutes(1);

  // What a refusal tells. Beyond: a text is cut, findings are counted.

  /** Message and findings together: encoded they are less than any client takes, 8 KiB. */
  public static final int MAX_REFUSAL_BYTES = 4 * 1024;

  /** The message, and each finding, as gRPC encodes messages. */
  public static final int MAX_REFUSAL_TEXT_BYTES = 1024;

  private PeopleLimits() {}
}
