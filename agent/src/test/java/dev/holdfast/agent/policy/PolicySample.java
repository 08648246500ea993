package dev.holdfast.agent.policy;

import dev.holdfast.config.ConfigException;
import java.nio.charset.StandardCharsets;

/** A policy from its text. */
public final class PolicySample {
  private PolicySample() {}

  /** In force, from a file named {@code p.yaml}. */
  public static Standing of(String text) {
    try {
      return new Standing.InForce(Policy.read("p.yaml", text.getBytes(StandardCharsets.UTF_8)));
    } catch (ConfigException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
