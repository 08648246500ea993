package dev.holdfast.agent.step;

import dev.holdfast.association.AssociationId;
import java.util.List;
import java.util.function.Consumer;

/** Asks the coordinator to start associations of this instance now. */
public interface Refreshes {

  /**
   * Asks, on the owner's thread.
   *
   * @param runId of the run that asks; asking again for the same one starts nothing twice
   * @param asking its association, which is never started by this
   * @param ids of associations; none: all of this instance's
   * @param outcome told once, on the owner's thread
   */
  void ask(String runId, AssociationId asking, List<String> ids, Consumer<Outcome> outcome);
}
