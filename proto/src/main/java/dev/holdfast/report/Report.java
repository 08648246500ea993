package dev.holdfast.report;

import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Trigger;
import dev.holdfast.compliance.PutItem;
import dev.holdfast.task.Sha256;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A fact from an agent. Whose it is says the link's certificate. */
public sealed interface Report {

  /** The lane it travels in. */
  Lane lane();

  /**
   * A run's state at a moment: all that is known of it, not a difference.
   *
   * @param attempt numbers the starts of this run, from 1; 0 if it was skipped without a start
   * @param startNumber counts the starts (and skips) of this association on this instance; later
   *     ones are higher
   * @param detailedStatus a word of the documented list; the status in SSM's spelling where nothing
   *     else is to say
   * @param assignment the revision that it executed
   * @param scheduled the tick's instant; empty for other triggers
   * @param missedTicks how many ticks a catch-up stands for; else 0
   * @param reason in words, where the detailed status leaves something to say; else empty
   */
  record Run(
      AssociationId association,
      Trigger trigger,
      int attempt,
      long startNumber,
      RunStatus status,
      String detailedStatus,
      Sha256 assignment,
      int associationVersion,
      int documentVersion,
      Optional<Instant> scheduled,
      Optional<Instant> start,
      Optional<Instant> end,
      boolean caughtUp,
      int missedTicks,
      List<StepResult> steps,
      String reason)
      implements Report {

    /** Copies the list. */
    public Run {
      steps = List.copyOf(steps);
    }

    /** The same, in more detail. */
    public Run saying(String detail, String why) {
      return new Run(
          association,
          trigger,
          attempt,
          startNumber,
          status,
          detail,
          assignment,
          associationVersion,
          documentVersion,
          scheduled,
          start,
          end,
          caughtUp,
          missedTicks,
          steps,
          why);
    }

    @Override
    public Lane lane() {
      return status.terminal() ? Lane.RESULTS : Lane.PROGRESS;
    }
  }

  /**
   * All items of one inventory type.
   *
   * @param contentHash as {@link dev.holdfast.inventory.Items#hash} computes it
   * @param items name to value; sorted by the gatherer
   */
  record Inventory(
      String typeName,
      String schemaVersion,
      Instant captureTime,
      String contentHash,
      List<java.util.Map<String, String>> items)
      implements Report {

    /** Copies the list. */
    public Inventory {
      items = List.copyOf(items);
    }

    @Override
    public Lane lane() {
      return Lane.INVENTORY;
    }
  }

  /**
   * What became of an inventory type since a content that the coordinator is thought to have. An
   * item that changed is one that was removed and one that was added.
   *
   * @param contentHash of all items, once the difference is applied
   * @param baseHash of all items before; equal to {@code contentHash} if nothing changed
   * @param removed items of the base that are no more
   * @param added items that the base lacks
   */
  record InventoryDelta(
      String typeName,
      String schemaVersion,
      Instant captureTime,
      String contentHash,
      String baseHash,
      List<java.util.Map<String, String>> removed,
      List<java.util.Map<String, String>> added)
      implements Report {

    /** Copies the lists. */
    public InventoryDelta {
      removed = List.copyOf(removed);
      added = List.copyOf(added);
    }

    @Override
    public Lane lane() {
      return Lane.INVENTORY;
    }
  }

  /**
   * What somebody on the host found out: all items of one type of theirs, in place of those that
   * they told before.
   *
   * @param type {@code Custom:NAME}
   * @param time when the agent took them, by the host's clock
   */
  record Compliance(String type, Instant time, List<PutItem> items) implements Report {

    /** Copies the list. */
    public Compliance {
      items = List.copyOf(items);
    }

    @Override
    public Lane lane() {
      return Lane.RESULTS;
    }
  }
}
