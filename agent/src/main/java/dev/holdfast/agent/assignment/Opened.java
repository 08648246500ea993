package dev.holdfast.agent.assignment;

import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Trigger;
import dev.holdfast.report.Report;
import dev.holdfast.report.RunStatus;
import dev.holdfast.task.Sha256;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A trigger that was started, or skipped without a start, and whose end is not in the spool yet as
 * far as the ledger knows: all that is needed to report an end for it, always in the same words.
 *
 * @param attempt numbers the starts of this run, from 1; 0 if it was skipped
 * @param startNumber counts the starts and skips of this association
 * @param at when it was noted
 * @param missedTicks for how many ticks it stands, if it stands for more than itself or makes up
 *     for missed ones; else 0
 * @param takesSlot whether it counts against the runs that a host does at once
 * @param skipped the reason why it did not start; empty if it did
 * @param why the same in more words, where there are any; else empty
 * @param endBy when the run is ended; empty: never
 */
public record Opened(
    AssociationId association,
    Trigger trigger,
    int attempt,
    long startNumber,
    Instant at,
    Sha256 assignment,
    int associationVersion,
    int documentVersion,
    boolean caughtUp,
    int missedTicks,
    boolean takesSlot,
    Optional<String> skipped,
    String why,
    Optional<Instant> endBy) {

  /** A run that was ended since its execution was over (spec.md section 3.8). */
  public static final String DURATION_EXCEEDED = "DurationExceeded";

  /** One that may take as long as it takes, or whose skip needs no more words. */
  public Opened(
      AssociationId association,
      Trigger trigger,
      int attempt,
      long startNumber,
      Instant at,
      Sha256 assignment,
      int associationVersion,
      int documentVersion,
      boolean caughtUp,
      int missedTicks,
      boolean takesSlot,
      Optional<String> skipped) {
    this(
        association,
        trigger,
        attempt,
        startNumber,
        at,
        assignment,
        associationVersion,
        documentVersion,
        caughtUp,
        missedTicks,
        takesSlot,
        skipped,
        "",
        Optional.empty());
  }

  /** Whether its execution is over at a moment. */
  public boolean over(Instant moment) {
    return endBy.filter(end -> !moment.isBefore(end)).isPresent();
  }

  /**
   * Its end as a report. It names no moment but that of {@code at}, so that after a crash the very
   * same report is made again.
   */
  public Report.Run ended(RunStatus status, String detailedStatus) {
    return new Report.Run(
        association,
        trigger,
        attempt,
        startNumber,
        status,
        detailedStatus,
        assignment,
        associationVersion,
        documentVersion,
        scheduled(),
        attempt == 0 ? Optional.empty() : Optional.of(at),
        Optional.of(at),
        caughtUp,
        missedTicks,
        List.of(),
        why);
  }

  /** The tick's instant; empty for other triggers. */
  public Optional<Instant> scheduled() {
    return switch (trigger) {
      case Trigger.Tick(Instant instant) -> Optional.of(instant);
      case Trigger.Change _, Trigger.Enter _, Trigger.Manual _ -> Optional.empty();
    };
  }
}
