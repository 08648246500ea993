package dev.holdfast.coordinator.link;

import dev.holdfast.task.Timers;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The signs of life on one link. Changed on the owner's executor only; {@link #signs} may be read
 * from anywhere.
 */
final class Pulse {
  /** The heartbeat period that the agent has, as far as is known. */
  private Duration period;

  private OptionalLong workLoop = OptionalLong.empty();
  private int stalled;
  private volatile Optional<PresenceRule.Signs> signs = Optional.empty();

  /** Of an agent that beats at this period. */
  Pulse(Duration period) {
    this.period = period;
  }

  /** A heartbeat came; the presence that it changes to, if it does. */
  Optional<Presence> beat(long workLoopCount) {
    boolean moves = workLoop.isEmpty() || workLoopCount != workLoop.getAsLong();
    workLoop = OptionalLong.of(workLoopCount);
    int before = stalled;
    stalled = moves ? 0 : Math.min(before + 1, PresenceRule.STALLED_HEARTBEATS);
    if (before < stalled && stalled == PresenceRule.STALLED_HEARTBEATS) {
      return Optional.of(Presence.SILENT);
    }
    return moves && before == PresenceRule.STALLED_HEARTBEATS
        ? Optional.of(Presence.ONLINE)
        : Optional.empty();
  }

  /**
   * A message came.
   *
   * @param wanted the period that the agent was told last, or is about to be told
   * @param told nothing waits for the agent any more, so it knows
   */
  void hear(Duration wanted, boolean told, Timers timers) {
    // The agent may not have heard of a new period yet, so the longer one counts until it has.
    if (told || period.compareTo(wanted) < 0) {
      period = wanted;
    }
    signs = Optional.of(new PresenceRule.Signs(timers.uptime(), timers.idle(period), stalled));
  }

  /** What was heard last; empty before anything was. */
  Optional<PresenceRule.Signs> signs() {
    return signs;
  }
}
