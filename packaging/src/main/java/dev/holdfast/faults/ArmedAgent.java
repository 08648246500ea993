package dev.holdfast.faults;

import dev.holdfast.agent.Main;

/** The agent, ended at the failpoints of a file. */
public final class ArmedAgent {
  private ArmedAgent() {}

  /** As the agent's own. */
  public static void main(String[] arguments) {
    System.exit(Main.run(arguments, ArmedFailpoints.armed()));
  }
}
