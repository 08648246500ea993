package dev.holdfast.coordinator.link;

import dev.holdfast.wire.agent.CoordinatorMessage;
import java.time.Duration;

/** The way down to one agent: the network, as a seam. */
public interface Outlet {

  /** Whether a message would be sent rather than queued. */
  boolean ready();

  /** Sends a message. */
  void send(CoordinatorMessage message);

  /**
   * The message that came last is dealt with: lets the next one come. The network holds it back
   * until then, so that at most one message of each agent waits here. A transport without flow
   * control has nothing to do.
   */
  default void next() {}

  /** Ends the stream; the agent sees the reason. */
  void close(String reason);

  /**
   * Ends the stream of an agent that came too often; it sees the reason, and when to come again. A
   * transport that can't say that time only ends it.
   */
  default void turnAway(String reason, Duration retryAfter) {
    close(reason);
  }

  /**
   * Whether the certificate with which it was opened is to be renewed now, since another key of the
   * authority signs.
   */
  default boolean outdated() {
    return false;
  }
}
