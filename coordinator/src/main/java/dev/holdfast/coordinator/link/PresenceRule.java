package dev.holdfast.coordinator.link;

import dev.holdfast.task.Limits;
import java.time.Duration;
import java.util.Optional;

/** Decides the presence of an instance. */
final class PresenceRule {
  /** Heartbeats without progress of the work loop after which an instance is silent. */
  static final int STALLED_HEARTBEATS = 2;

  private PresenceRule() {}

  /**
   * The signs of life on a link whose hello was heard.
   *
   * @param heard when the last message came, in uptime
   * @param period the agent's heartbeat period
   * @param stalled heartbeats one after the other in which the work loop had not moved
   */
  record Signs(Duration heard, Duration period, int stalled) {

    /** From when on two heartbeats were missed, in uptime. */
    Duration lostAt() {
      return heard.plus(period).plus(period).plus(Limits.FLAP);
    }
  }

  /**
   * What is known of an instance.
   *
   * @param signs of its link; empty if it has none
   * @param uptime now
   * @param comingBack the coordinator started less than a reconnect window ago, and has not heard
   *     the instance since
   * @param away since it was heard last, or since it was registered
   */
  record Facts(Optional<Signs> signs, Duration uptime, boolean comingBack, Duration away) {}

  static Presence of(Facts facts) {
    if (facts.signs.isPresent()) {
      Signs signs = facts.signs.get();
      if (facts.uptime.compareTo(signs.lostAt()) >= 0) {
        return Presence.CONNECTION_LOST;
      }
      return signs.stalled >= STALLED_HEARTBEATS ? Presence.SILENT : Presence.ONLINE;
    }
    if (facts.comingBack) {
      return Presence.UNKNOWN;
    }
    return facts.away.compareTo(Limits.INACTIVE_AFTER) > 0
        ? Presence.INACTIVE
        : Presence.CONNECTION_LOST;
  }
}
