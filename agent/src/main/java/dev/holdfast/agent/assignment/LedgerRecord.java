package dev.holdfast.agent.assignment;

import dev.holdfast.agent.schedule.Past;
import dev.holdfast.agent.schedule.TickSet;
import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Trigger;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** One line of the ledger's journal. What the ledger knows is these, applied in order. */
sealed interface LedgerRecord {

  /** Before all others: the number above which the starts of an unknown association begin. */
  record Begin(long forgottenNumber) implements LedgerRecord {}

  /** All that was known of an association when the journal was written anew. */
  record Account(
      AssociationId association,
      Optional<Instant> handledThrough,
      Optional<Instant> forgottenThrough,
      long lastNumber,
      Instant touched,
      TickSet ticks,
      List<Known> others,
      Optional<Past.CatchUp> catchUp,
      Optional<Past.Delay> delay,
      Optional<Past.Again> again,
      Optional<Ended> lastEnd,
      List<Opened> open)
      implements LedgerRecord {}

  /** Part of {@link Account}: a started trigger that is no tick. */
  record Known(Trigger trigger, Instant at) {}

  /** A trigger is started or skipped; ticks up to the instant are done with. */
  record Open(Opened opened, Optional<Instant> handledThrough) implements LedgerRecord {}

  /** Its end is in the spool. */
  record Close(
      AssociationId association, Trigger trigger, Optional<Ended> ended, Optional<Past.Again> again)
      implements LedgerRecord {}

  /** Ticks were missed. */
  record Miss(AssociationId association, Past.CatchUp catchUp) implements LedgerRecord {}

  /** A pending trigger waits for its splay. */
  record Defer(AssociationId association, Past.Delay delay) implements LedgerRecord {}

  /** Ticks up to the instant are done with. */
  record Handled(AssociationId association, Instant through) implements LedgerRecord {}

  /** Ticks after the instant are not done with, whatever was said before. */
  record Rebase(AssociationId association, Instant to) implements LedgerRecord {}
}
