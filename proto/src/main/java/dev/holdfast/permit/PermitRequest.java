package dev.holdfast.permit;

import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Trigger;
import java.time.Duration;
import java.util.List;

/**
 * All that an instance asks permits for, and all that it holds. The newest request says everything:
 * what was granted and is neither asked for nor held in it is handed back.
 *
 * @param number grows with each request of an agent's life
 * @param asked at most one for each association
 * @param resultsThrough the newest sequence of the spool's lane of results when this was said: the
 *     end of whatever is not held any more is among the reports up to there
 */
public record PermitRequest(long number, List<Ask> asked, List<Hold> held, long resultsThrough) {

  /** Said by who asks for nothing and holds nothing. */
  public static final PermitRequest NONE = new PermitRequest(0, List.of(), List.of(), 0);

  /** Copies the lists. */
  public PermitRequest {
    asked = List.copyOf(asked);
    held = List.copyOf(held);
  }

  /**
   * A run that could start now.
   *
   * @param waited since it was asked for first
   */
  public record Ask(AssociationId association, Trigger trigger, Duration waited) {}

  /**
   * A run that has started and not ended.
   *
   * @param running if not, it was interrupted and is to be started again
   */
  public record Hold(AssociationId association, Trigger trigger, boolean running) {}

  /** The same, said when that much was in the spool's lane of results. */
  public PermitRequest through(long newestResult) {
    return new PermitRequest(number, asked, held, newestResult);
  }

  /** Whether a run is named, as asked for or as held. */
  public boolean names(AssociationId association, Trigger trigger) {
    return asked.stream()
            .anyMatch(ask -> ask.association.equals(association) && ask.trigger.equals(trigger))
        || held.stream()
            .anyMatch(hold -> hold.association.equals(association) && hold.trigger.equals(trigger));
  }
}
