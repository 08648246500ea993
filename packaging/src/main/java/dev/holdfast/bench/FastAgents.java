package dev.holdfast.bench;

import dev.holdfast.agent.Armed;
import dev.holdfast.agent.Main;
import dev.holdfast.task.Failpoints;
import java.util.Arrays;
import java.util.Optional;

/** Simulated agents, in the time of {@link Lapse}. */
public final class FastAgents {
  private FastAgents() {}

  /**
   * As the agent's own.
   *
   * @param arguments the launcher that it stands for, then as the agent's
   */
  public static void main(String[] arguments) {
    System.exit(
        Main.run(
            Arrays.copyOfRange(arguments, 1, arguments.length),
            new Armed(Failpoints.NONE, Optional.empty(), Optional.of(Lapse.tempo()))));
  }
}
