package dev.holdfast.task;

import java.time.Duration;
import java.time.Instant;

/**
 * Time, as an owner sees it. One implementation a program is made in its composition root; tests
 * and the simulation use a manual one. Tasks run on the thread of the owner that the implementation
 * was made for, never concurrently with it.
 */
public interface Timers {

  /** The wall clock. It may step in either direction. */
  Instant now();

  /** Monotonic time since some fixed moment: for timeouts, back-off and leases. Never goes back. */
  Duration uptime();

  /**
   * Runs the task once after the delay, on the owner's thread. A delay of zero or less means as
   * soon as possible.
   */
  Timer after(Duration delay, Runnable task);

  /**
   * How long to wait before something that only finds what went wrong unnoticed: a heartbeat, a
   * round of a loop that was woken for all else. As long as is asked for, but where a simulated
   * fleet knows that nothing will go wrong for a time.
   */
  default Duration idle(Duration period) {
    return period;
  }

  /** A task that waits for its time. */
  interface Timer {

    /** Drops the task if it has not started. Repeats are harmless. */
    void cancel();
  }
}
