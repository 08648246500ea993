package dev.holdfast.coordinator.server;

import dev.holdfast.task.Limits;
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

  /** Calls that go on may take this long after their connection was asked to go. */
  static final Duration AGE_GRACE = Duration.ofMinutes(5);

  /** Metadata beyond this is refused more and more often, up to {@link Limits}' bound. */
  static final int SOFT_METADATA_BYTES = 4 * 1024;

  /** Streams that a connection may have reset, or made us reset, within {@link #RESET_SECONDS}. */
  static final int MAX_RESETS = 100;

  /** The time over which resets are counted. */
  static final int RESET_SECONDS = 30;

  /** Those of the agent port. */
  public static PortLimits agents() {
    return new PortLimits(
        Limits.MAX_AGENT_MESSAGE_BYTES,
        Limits.MAX_AGENT_CALLS,
        Limits.AGENT_WINDOW_BYTES,
        Duration.ofMinutes(60),
        Duration.ofSeconds(30));
  }

  /** Those of the admin port. */
  public static PortLimits admins() {
    return new PortLimits(
        Limits.MAX_ADMIN_MESSAGE_BYTES,
        Limits.MAX_ADMIN_CALLS,
        1024 * 1024,
        Duration.ofMinutes(30),
        Duration.ofMinutes(15));
  }
}
