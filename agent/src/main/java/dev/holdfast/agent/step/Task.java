package dev.holdfast.agent.step;

import java.util.Set;

/**
 * What is done inside the agent instead of by a script. A task may be done again: it looks before
 * it changes anything, so one that an end of the agent cut off is simply begun anew.
 */
public sealed interface Task {

  /** Reads inventory of these types; changes nothing. */
  record Gathering(Set<String> types) implements Task {
    /** Copies the set. */
    public Gathering {
      types = Set.copyOf(types);
    }
  }
}
