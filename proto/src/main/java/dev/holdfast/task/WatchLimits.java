package dev.holdfast.task;

import java.time.Duration;

/** Bounds of watching: figures, health, probes. */
public final class WatchLimits {
  // Figures and health. Beyond: a figure is that of before, or the program says that it is not
  // well.

  /** How long figures that are read from the store are shown again before they are read anew. */
  public static final Duration FIGURES_KEPT = Duration.ofSeconds(15);

  /** How long the thread that decides may stand still before its program is not healthy. */
  public static final Duration STILL = Duration.ofSeconds(30);

  /** How often it is looked whether that thread goes round, and whether the store is writable. */
  public static final Duration LOOK = Duration.ofSeconds(5);

  /** Free on the disk of the store, at the least, for the coordinator to be ready. */
  public static final long READY_FREE_BYTES = 16L * 1024 * 1024;

  /** Requests at once on an agent's metrics port. */
  public static final int MAX_AGENT_SCRAPES = 2;

  // Probes. Beyond: an instance counts as late, or is not looked at.

  /** How long after a tick a probe may be stored before its instance is late. */
  public static final Duration PROBE_LATE = Duration.ofMinutes(5);

  /** Instances whose probes are looked at. */
  public static final int MAX_PROBED = 10_000;

  private WatchLimits() {}
}
