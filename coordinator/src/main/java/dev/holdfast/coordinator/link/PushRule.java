package dev.holdfast.coordinator.link;

import dev.holdfast.assignment.AssignmentSet;
import java.util.HashSet;

/**
 * Decides whether a set is worth pushing to an agent that was sent another one: what is wanted
 * differs, something more is cancelled or stopped, a trigger was added, or a freeze began, changed
 * or was ended. What the agent has told of, or knows to be past its time, disappears from sets
 * without a push.
 */
final class PushRule {
  private PushRule() {}

  static boolean pushes(AssignmentSet sent, AssignmentSet now) {
    return !sent.assignments().equals(now.assignments())
        || !sent.freeze().equals(now.freeze())
        || !new HashSet<>(sent.cancelled()).containsAll(now.cancelled())
        || !new HashSet<>(sent.stopped()).containsAll(now.stopped())
        || !new HashSet<>(sent.pendingTriggers()).containsAll(now.pendingTriggers());
  }
}
