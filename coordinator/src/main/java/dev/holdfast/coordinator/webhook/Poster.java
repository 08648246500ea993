package dev.holdfast.coordinator.webhook;

import java.util.Map;
import java.util.Optional;

/** Sends one event somewhere. It blocks, for a bounded time, and never throws. */
@FunctionalInterface
public interface Poster {

  /**
   * Sends it once.
   *
   * @return why it was not taken, in words without secrets; empty if it was
   */
  Optional<String> post(String url, Map<String, String> headers, byte[] body);
}
