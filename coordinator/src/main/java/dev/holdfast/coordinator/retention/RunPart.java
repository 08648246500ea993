package dev.holdfast.coordinator.retention;

import com.google.protobuf.ByteString;
import dev.holdfast.coordinator.store.OldRuns;
import dev.holdfast.coordinator.store.OldRuns.Pair;
import dev.holdfast.coordinator.store.OldRuns.Row;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.coordinator.store.Store;
import dev.holdfast.task.RetentionLimits;
import dev.holdfast.wire.StoredSteps;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Runs: one association on one instance after the other. What was decided stays right while it
 * waits to be done, since of what has ended more only ever comes to be old.
 */
final class RunPart implements Part {
  private final Store store;
  private final Supplier<Instant> clock;
  private final Kept kept;
  private final Tally tally;
  private final Deque<Long> going = new ArrayDeque<>();
  private final Deque<Long> bared = new ArrayDeque<>();
  private final Deque<Pair> over = new ArrayDeque<>();
  private Optional<Pair> looked = Optional.empty();

  RunPart(Store store, Supplier<Instant> clock, Kept kept, Tally tally) {
    this.store = store;
    this.clock = clock;
    this.kept = kept;
    this.tally = tally;
  }

  @Override
  public void begin() {
    going.clear();
    bared.clear();
    over.clear();
    looked = Optional.empty();
  }

  @Override
  public boolean step() {
    if (!going.isEmpty() || !over.isEmpty()) {
      List<Long> rows = take(going, RetentionLimits.GONE_AT_ONCE);
      List<Pair> pairs = take(over, RetentionLimits.GONE_AT_ONCE);
      tally.add(
          Tally.What.RUNS,
          store.write(
              write -> {
                pairs.forEach(pair -> OldRuns.forget(write, pair));
                return OldRuns.delete(write, rows);
              }));
      return true;
    }
    if (!bared.isEmpty()) {
      bare(take(bared, RetentionLimits.OUTPUTS_GONE_AT_ONCE));
      return true;
    }
    return store.read(this::look);
  }

  /** Whether there are more pairs. */
  private boolean look(Read read) {
    Instant now = clock.get();
    int rows = 0;
    while (rows < RetentionLimits.LOOKED_AT_ONCE
        && going.size() < RetentionLimits.GONE_AT_ONCE
        && bared.size() < RetentionLimits.OUTPUTS_GONE_AT_ONCE) {
      Optional<Pair> next = OldRuns.next(read, looked);
      if (next.isEmpty()) {
        return !going.isEmpty() || !bared.isEmpty();
      }
      looked = next;
      rows += look(read, next.get(), now);
    }
    return true;
  }

  private int look(Read read, Pair pair, Instant now) {
    boolean gone = OldRuns.over(read, pair, now.minus(kept.executions()));
    if (gone) {
      over.add(pair);
    }
    List<Row> runs = OldRuns.of(read, pair);
    List<RunRule.Verdict> verdicts = RunRule.decide(runs, gone, kept, now);
    for (int i = 0; i < runs.size(); i++) {
      long row = runs.get(i).row();
      switch (verdicts.get(i)) {
        case KEEP -> {}
        case BARE -> bared.add(row);
        case GO -> going.add(row);
      }
    }
    return runs.size();
  }

  /** It is read before, so that nobody waits for that. */
  private void bare(List<Long> rows) {
    Map<Long, ByteString> steps = new LinkedHashMap<>();
    store.read(
        read -> {
          rows.forEach(row -> OldRuns.steps(read, row).ifPresent(found -> steps.put(row, found)));
          return true;
        });
    steps.replaceAll((_, stored) -> StoredSteps.withoutOutput(stored));
    store.write(
        write -> {
          steps.forEach((row, stored) -> OldRuns.bare(write, row, stored));
          return true;
        });
    tally.add(Tally.What.OUTPUTS, steps.size());
  }

  private static <T> List<T> take(Deque<T> from, int atMost) {
    List<T> taken = new ArrayList<>();
    while (!from.isEmpty() && taken.size() < atMost) {
      taken.add(from.poll());
    }
    return taken;
  }
}
