package dev.holdfast.coordinator.link;

import dev.holdfast.association.AssociationId;
import dev.holdfast.association.InstanceId;
import dev.holdfast.association.Trigger;
import dev.holdfast.coordinator.store.Write;
import java.util.List;

/** Decides what starts when a run asks that associations of its instance do. */
public interface Refresher {

  /** In one transaction: what starts is a row when this returns. */
  Reply refresh(Write write, InstanceId instance, Ask ask);

  /**
   * What a run asks, as its agent tells it.
   *
   * @param runId the run
   * @param asking the association of the run
   * @param trigger of the run
   * @param associations ids or names; none: all of the instance
   */
  record Ask(String runId, AssociationId asking, Trigger trigger, List<String> associations) {
    /** Copies the list. */
    public Ask {
      associations = List.copyOf(associations);
    }
  }

  /**
   * What became of it.
   *
   * @param started these start, or were started when the same run asked before
   * @param left these don't
   * @param refusal a word, a colon and why nothing was done; empty if all was looked at
   */
  record Reply(List<AssociationId> started, List<Left> left, String refusal) {
    /** Copies the lists. */
    public Reply {
      started = List.copyOf(started);
      left = List.copyOf(left);
    }

    /** Nothing was done. */
    public static Reply refused(String why) {
      return new Reply(List.of(), List.of(), why);
    }
  }

  /** One that does not start: as it was named, or its id; and why. */
  record Left(String association, String reason) {}
}
