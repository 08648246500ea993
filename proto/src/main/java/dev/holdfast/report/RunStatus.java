package dev.holdfast.report;

/**
 * Where a run or a step stands. It moves forward only: pending, in progress, then one terminal
 * status for good.
 */
public enum RunStatus {
  /** Due, and not started. */
  PENDING("Pending", false),
  /** Started. */
  IN_PROGRESS("InProgress", false),
  /** Did what it should. */
  SUCCESS("Success", true),
  /** Did not. */
  FAILED("Failed", true),
  /** Ended by us since it took too long. */
  TIMED_OUT("TimedOut", true),
  /** Ended by us since somebody asked. */
  CANCELLED("Cancelled", true),
  /** Not run, for a reason that is told. */
  SKIPPED("Skipped", true),
  /** Started, and nobody saw its end. */
  INTERRUPTED("Interrupted", true);

  private final String text;
  private final boolean terminal;

  RunStatus(String text, boolean terminal) {
    this.text = text;
    this.terminal = terminal;
  }

  /** SSM's spelling: {@code InProgress}. */
  public String text() {
    return text;
  }

  /** Whether it stays as it is from here on. */
  public boolean terminal() {
    return terminal;
  }

  /** Whether it counts against {@code max_errors}. */
  public boolean error() {
    return this == FAILED || this == TIMED_OUT || this == INTERRUPTED;
  }
}
