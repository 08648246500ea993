package dev.holdfast.agent.life;

import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Trigger;
import dev.holdfast.task.Sha256;

/**
 * A run that may have brought the agent down.
 *
 * @param assignment names the revision that it was started for
 */
public record Suspect(AssociationId association, Trigger trigger, Sha256 assignment) {
  boolean sameRun(Suspect other) {
    return association.equals(other.association) && trigger.equals(other.trigger);
  }
}
