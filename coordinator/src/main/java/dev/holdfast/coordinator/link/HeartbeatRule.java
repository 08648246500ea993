package dev.holdfast.coordinator.link;

import dev.holdfast.coordinator.link.Greeting.Unacceptable;
import dev.holdfast.task.TransportLimits;
import dev.holdfast.wire.agent.Heartbeat;

/** How much a heartbeat may tell: pure. Agents tell the first of it, and keep within. */
final class HeartbeatRule {
  private HeartbeatRule() {}

  /** Refuses one that tells more. */
  static void check(Heartbeat heartbeat) throws Unacceptable {
    atMost(heartbeat.getSerializedSize(), TransportLimits.MAX_HEARTBEAT_BYTES, "bytes");
    atMost(heartbeat.getWaitsCount(), TransportLimits.MAX_HEARTBEAT_WAITS, "waits");
    atMost(heartbeat.getConditionsCount(), TransportLimits.MAX_HOST_CONDITIONS, "conditions");
  }

  private static void atMost(int count, int most, String of) throws Unacceptable {
    if (count > most) {
      throw new Unacceptable(
          "a heartbeat of " + count + " " + of + "; at most " + most + " are allowed");
    }
  }
}
