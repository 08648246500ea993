package dev.holdfast.coordinator.link;

import dev.holdfast.association.InstanceId;
import dev.holdfast.report.Lane;
import dev.holdfast.wire.agent.Report;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Where the reports of all links go. Answers come after the commit, on the committing thread. */
public interface Intake {

  /**
   * An instance said hello with this spool: what of it is stored. A new epoch starts all lanes at
   * zero.
   */
  void opened(InstanceId instance, String spoolEpoch, Consumer<Map<Lane, Long>> storedThrough);

  /**
   * Stores reports of one instance in a group commit with those of others, each at most once.
   *
   * @param stored what may be acknowledged, and what is refused for good
   */
  void received(
      InstanceId instance, String spoolEpoch, List<Report> reports, Consumer<Stored> stored);

  /**
   * What became of a batch.
   *
   * @param through the newest sequence stored of each lane of the spool
   * @param refused by lane and sequence, with the reason; counted as stored, so that they are not
   *     sent again
   * @param wholeInventory inventory types of which a difference came from a content that is not the
   *     one stored; counted as stored, and the type is to be sent whole
   */
  record Stored(Map<Lane, Long> through, List<Refused> refused, List<String> wholeInventory) {
    /** Copies. */
    public Stored {
      wholeInventory = List.copyOf(wholeInventory);
      through = Map.copyOf(through);
      refused = List.copyOf(refused);
    }
  }

  /** A report that will never be stored. */
  record Refused(Lane lane, long sequence, String reason) {}
}
