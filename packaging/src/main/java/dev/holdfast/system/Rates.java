package dev.holdfast.system;

import java.util.Map;
import java.util.TreeMap;

/**
 * The rates of a coordinator that is driven from outside: whoever does that calls more often than
 * people do, and agents made by hand say more than real ones.
 */
final class Rates {
  private static final Map<String, Integer> WIDE =
      new TreeMap<>(
          Map.of(
              "admin_calls_per_second", 1_000_000,
              "agent_messages_per_second", 1_000_000,
              "agent_bytes_per_second", 1_000_000_000,
              "agent_results_per_minute", 1_000_000,
              "agent_links_per_minute", 1_000_000));

  private Rates() {}

  /** The configuration with these; what it names itself stays as it says. */
  static String added(String configuration) {
    StringBuilder limits = new StringBuilder("limits:\n");
    WIDE.forEach(
        (name, rate) -> {
          if (!configuration.contains(name + ":")) {
            limits.append("  ").append(name).append(": ").append(rate).append('\n');
          }
        });
    return configuration.contains("limits:\n")
        ? configuration.replace("limits:\n", limits)
        : configuration
            + (configuration.isEmpty() || configuration.endsWith("\n") ? "" : "\n")
            + limits;
  }
}
