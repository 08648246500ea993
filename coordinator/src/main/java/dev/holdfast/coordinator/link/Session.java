package dev.holdfast.coordinator.link;

import dev.holdfast.wire.agent.AgentMessage;

/** One open link, as the network sees it. On the owner's executor only. */
public interface Session {

  /** A message came. */
  void received(AgentMessage message);

  /** The outlet can take messages again. */
  void ready();

  /** The stream is gone. Repeats are harmless. */
  void closed();
}
