package dev.holdfast.coordinator.retention;

import dev.holdfast.association.AssociationId;
import dev.holdfast.coordinator.store.OldExecutions;
import dev.holdfast.coordinator.store.OldExecutions.Subject;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.coordinator.store.Store;
import dev.holdfast.coordinator.store.Write;
import dev.holdfast.task.RetentionLimits;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Executions, memberships that ended, and all that is left of associations that are deleted: one
 * association after the other.
 */
final class ExecutionPart implements Part {
  /** Associations that are looked at before the next pause. */
  private static final int ASSOCIATIONS_AT_ONCE = 100;

  private final Store store;
  private final Supplier<Instant> clock;
  private final Kept kept;
  private final Tally tally;
  private Optional<AssociationId> looked = Optional.empty();

  ExecutionPart(Store store, Supplier<Instant> clock, Kept kept, Tally tally) {
    this.store = store;
    this.clock = clock;
    this.kept = kept;
    this.tally = tally;
  }

  /** Something of an association may go. */
  private record Found(Tally.What what, Function<Write, Integer> deletion) {}

  @Override
  public void begin() {
    looked = Optional.empty();
  }

  @Override
  public boolean step() {
    Instant now = clock.get();
    Instant before = now.minus(kept.executions());
    for (int i = 0; i < ASSOCIATIONS_AT_ONCE; i++) {
      Optional<Subject> next = store.read(read -> OldExecutions.next(read, looked));
      if (next.isEmpty()) {
        return false;
      }
      Optional<Found> found = store.read(read -> find(read, next.get(), before, now));
      if (found.isPresent()) {
        tally.add(found.get().what(), store.write(found.get().deletion()));
        return true; // and looks at the same one again
      }
      looked = next.map(Subject::id);
    }
    return true;
  }

  private static Optional<Found> find(Read read, Subject subject, Instant before, Instant now) {
    int atOnce = RetentionLimits.GONE_AT_ONCE;
    if (!OldExecutions.going(read, subject, before, now, 1).isEmpty()) {
      return Optional.of(
          new Found(
              Tally.What.EXECUTIONS,
              write -> OldExecutions.delete(write, subject, before, atOnce)));
    }
    if (!subject.over(before)) {
      return OldExecutions.hasEnded(read, subject, before)
          ? Optional.of(
              new Found(
                  Tally.What.MEMBERSHIPS,
                  write -> OldExecutions.deleteEnded(write, subject, before, atOnce)))
          : Optional.empty();
    }
    return OldExecutions.leaves(read, subject)
        ? Optional.of(
            new Found(
                Tally.What.ASSOCIATIONS,
                write -> OldExecutions.deleteOf(write, subject, before, atOnce)))
        : Optional.empty();
  }
}
