package dev.holdfast.coordinator.server;

import dev.holdfast.task.Limits;
import dev.holdfast.task.TransportLimits;
import java.time.Duration;

/**
 * What one port lets through.
 *
 * @param messageBytes of one message, after decompression
 * @param calls at once on a connection
 * @param windowBytes of flow control, for each connection and each call
 * @param age after which a connection is asked to go and come again
 * @param idle after which a connection without calls is closed
 */
public record PortLimits(
    int messageBytes, int calls, int windowBytes, Duration age, Duration idle) {

  /**
   * Those of the agent port. It takes messages of twice the bytes that its services do: who sends
   * somewhat too much is told so, and more is cut off before it is there.
   */
  public static PortLimits agents() {
    return new PortLimits(
        2 * Limits.MAX_AGENT_MESSAGE_BYTES,
        Limits.MAX_AGENT_CALLS,
        Limits.AGENT_WINDOW_BYTES,
        TransportLimits.AGENT_CONNECTION_AGE,
        TransportLimits.AGENT_CONNECTION_IDLE);
  }

  /** Those of the admin port. */
  public static PortLimits admins() {
    return new PortLimits(
        Limits.MAX_ADMIN_MESSAGE_BYTES,
        Limits.MAX_ADMIN_CALLS,
        TransportLimits.ADMIN_WINDOW_BYTES,
        TransportLimits.ADMIN_CONNECTION_AGE,
        TransportLimits.ADMIN_CONNECTION_IDLE);
  }
}
