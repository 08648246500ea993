package dev.holdfast.agent.run;

import dev.holdfast.association.AssociationId;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Where runs get the values of SecureStrings from, as a seam. They are asked for when a run starts,
 * and are nowhere but in memory.
 */
public interface Secrets {

  /**
   * Asks for values; it may take a while.
   *
   * @param association whose revision refers to them
   * @param names each {@code NAME} or {@code NAME:VERSION}; at least one
   * @param answer told once, on the agent's own thread, perhaps from within the call
   */
  void fetch(AssociationId association, Set<String> names, Consumer<Answer> answer);

  /** What became of it. */
  sealed interface Answer {
    /** All that was asked for, by the names that were asked for. */
    record Given(Map<String, Secret> secrets) implements Answer {
      /** Copies. */
      public Given {
        secrets = Map.copyOf(secrets);
      }
    }

    /**
     * Nothing.
     *
     * @param reason for people
     */
    record Unavailable(String reason) implements Answer {}
  }

  /**
   * A value.
   *
   * @param version that it is of
   */
  record Secret(String value, int version) {
    /** Without the value, in case somebody logs it. */
    @Override
    public String toString() {
      return "Secret[version " + version + "]";
    }
  }
}
