package dev.holdfast.agent.step;

import dev.holdfast.association.AssociationId;
import java.util.List;
import java.util.function.Consumer;

/**
 * Asks the coordinator, on behalf of a run, that associations of this instance start. On the
 * owner's thread.
 */
public interface Refreshes {

  /**
   * Asks. What starts comes later, as pending triggers of the assignment set; asking again for the
   * same run starts nothing twice.
   *
   * @param runId the run that asks
   * @param asking its association, which is never started by this
   * @param ids ids or names of associations; none, or only blank ones: all of this instance
   * @param outcome told once: {@code Failed} with {@code CoordinatorUnreachable} if there is no
   *     link, or no answer in time
   */
  void ask(String runId, AssociationId asking, List<String> ids, Consumer<Outcome> outcome);
}
