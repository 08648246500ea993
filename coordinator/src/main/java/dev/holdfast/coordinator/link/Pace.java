package dev.holdfast.coordinator.link;

import dev.holdfast.task.Limits;
import dev.holdfast.wire.agent.Pacing;
import java.time.Duration;

/**
 * How often agents tell that they live, and over how long they spread their coming back, so that a
 * large fleet costs a coordinator no more each second than a small one.
 */
record Pace(Duration heartbeat, Duration reconnectWindow) {

  /**
   * For so many links.
   *
   * @param returnsASecond how many can come back; the window is never too short for that
   */
  static Pace of(int links, int returnsASecond) {
    long heartbeat = Math.ceilDiv(links, (long) Limits.HEARTBEATS_A_SECOND);
    long wanted = Math.ceilDiv(links, (long) Limits.RECONNECTS_A_SECOND);
    long needed = Math.ceilDiv(links, (long) returnsASecond);
    return new Pace(
        Duration.ofSeconds(Math.max(Limits.HEARTBEAT.toSeconds(), heartbeat)),
        Duration.ofSeconds(
            Math.max(needed, Math.clamp(wanted, 1, Limits.LONGEST_RECONNECT_WINDOW.toSeconds()))));
  }

  /** Whether an agent that was told this one should be told the other. */
  boolean outdated(Pace other) {
    return differs(heartbeat, other.heartbeat) || differs(reconnectWindow, other.reconnectWindow);
  }

  Pacing toProto() {
    return Pacing.newBuilder()
        .setHeartbeatSeconds((int) heartbeat.toSeconds())
        .setReconnectWindowSeconds((int) reconnectWindow.toSeconds())
        .build();
  }

  /** By more than a fifth. */
  private static boolean differs(Duration one, Duration other) {
    return one.minus(other).abs().multipliedBy(5).compareTo(one) > 0;
  }
}
