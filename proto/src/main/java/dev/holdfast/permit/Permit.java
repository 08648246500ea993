package dev.holdfast.permit;

import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Trigger;

/**
 * What becomes of something that an instance asked for.
 *
 * @param number of the newest request that it answers
 */
public record Permit(AssociationId association, Trigger trigger, long number, Verdict verdict) {

  /** What becomes of it. */
  public enum Verdict {
    /** It may start. */
    GRANTED,
    /** A newer trigger of the association has started, and is for this instance too. */
    SUPERSEDED
  }
}
