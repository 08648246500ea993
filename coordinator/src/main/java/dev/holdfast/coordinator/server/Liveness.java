package dev.holdfast.coordinator.server;

import dev.holdfast.task.WatchLimits;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/** Whether a thread that decides goes round. It says so itself; asked from any thread. */
public final class Liveness {
  private final String name;
  private final Supplier<Duration> uptime;
  private volatile Duration beat;

  /**
   * It counts as going round from now on.
   *
   * @param name of the thread, for those who are told
   * @param uptime monotonic time, from any thread
   */
  public Liveness(String name, Supplier<Duration> uptime) {
    this.name = name;
    this.uptime = uptime;
    this.beat = uptime.get();
  }

  /** The thread goes round: called on it. */
  public void beat() {
    beat = uptime.get();
  }

  /** For how long it has not gone round. */
  public Duration still() {
    return uptime.get().minus(beat);
  }

  /** Why the program is not healthy; empty if it is. */
  public Optional<String> dead() {
    Duration still = still();
    return still.compareTo(WatchLimits.STILL) > 0
        ? Optional.of("the thread " + name + " has stood still for " + still.toSeconds() + " s")
        : Optional.empty();
  }
}
