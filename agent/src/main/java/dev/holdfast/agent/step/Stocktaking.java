package dev.holdfast.agent.step;

import dev.holdfast.agent.inventory.Gatherer;
import dev.holdfast.agent.inventory.Gathering;
import dev.holdfast.association.AssociationId;
import java.util.List;

/**
 * Decides what a gathering may gather, and takes what it found. On the owner's thread.
 *
 * <p>Where nobody else gathers and nobody is told, it is {@link #NOBODY}.
 */
public interface Stocktaking {
  /** Everything may be gathered, and is told to nobody but the step's own output. */
  Stocktaking NOBODY =
      new Stocktaking() {
        @Override
        public Allowed allowed(AssociationId asking, Gathering wanted) {
          return new Allowed(wanted, List.of());
        }

        @Override
        public void take(AssociationId asking, Gathering gathering, Gatherer.Found found) {
          // Told to nobody.
        }
      };

  /** What of that the association may gather now: each type belongs to one association. */
  Allowed allowed(AssociationId asking, Gathering wanted);

  /** Takes what was found, before the outcome of the step is told. */
  void take(AssociationId asking, Gathering gathering, Gatherer.Found found);

  /**
   * What is gathered and what is not.
   *
   * @param leftOut a line for each type that belongs to another association
   */
  record Allowed(Gathering gathering, List<String> leftOut) {
    /** Copies the list. */
    public Allowed {
      leftOut = List.copyOf(leftOut);
    }
  }
}
