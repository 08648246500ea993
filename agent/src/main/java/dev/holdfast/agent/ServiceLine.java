package dev.holdfast.agent;

import dev.holdfast.agent.link.Wanted.Condition;
import java.util.List;

/** The line that the service manager shows of the agent. */
final class ServiceLine {
  private ServiceLine() {}

  /**
   * What it is about: where the link stands, how much runs, and what needs attention.
   *
   * @param link in one word
   * @param conditions only their codes are told: their words are for {@code status}
   */
  static String of(String link, String coordinator, int runs, List<Condition> conditions) {
    StringBuilder line = new StringBuilder();
    line.append("link ").append(link).append(", ").append(coordinator).append("; ");
    switch (runs) {
      case 0 -> line.append("nothing runs");
      case 1 -> line.append("1 run in progress");
      default -> line.append(runs).append(" runs in progress");
    }
    if (!conditions.isEmpty()) {
      line.append("; attention: ")
          .append(String.join(", ", conditions.stream().map(Condition::code).toList()))
          .append(" (holdfast-agent status says more)");
    }
    return line.toString();
  }
}
