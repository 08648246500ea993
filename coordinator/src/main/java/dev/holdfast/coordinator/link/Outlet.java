package dev.holdfast.coordinator.link;

import dev.holdfast.wire.agent.CoordinatorMessage;

/** The way down to one agent: the network, as a seam. */
public interface Outlet {

  /** Whether a message would be sent rather than queued. */
  boolean ready();

  /** Sends a message. */
  void send(CoordinatorMessage message);

  /** Ends the stream; the agent sees the reason. */
  void close(String reason);
}
