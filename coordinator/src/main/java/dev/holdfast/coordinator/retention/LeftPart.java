package dev.holdfast.coordinator.retention;

import dev.holdfast.coordinator.store.OldExecutions;
import dev.holdfast.coordinator.store.OldExecutions.Left;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.coordinator.store.Store;
import dev.holdfast.task.RetentionLimits;
import java.util.Optional;

/**
 * What executions left behind: how their targets ended goes after them, since it may be much, and
 * nobody can ask for it any more.
 */
final class LeftPart implements Part {
  private final Store store;
  private final Tally tally;
  private String looked = "";

  LeftPart(Store store, Tally tally) {
    this.store = store;
    this.tally = tally;
  }

  @Override
  public void begin() {
    looked = "";
  }

  @Override
  public boolean step() {
    Optional<Left> found = store.read(this::look);
    if (found.isEmpty()) {
      return false;
    }
    Left left = found.get();
    int count =
        left.gone()
            ? store.write(
                write ->
                    OldExecutions.deleteLeft(write, left.execution(), RetentionLimits.GONE_AT_ONCE))
            : 0;
    tally.add(Tally.What.TARGETS, count);
    if (count < RetentionLimits.GONE_AT_ONCE) {
      looked = left.execution();
    }
    return true;
  }

  /** The next of which something goes, or the last that was looked at; empty behind the last. */
  private Optional<Left> look(Read read) {
    Optional<Left> left = OldExecutions.left(read, looked);
    for (int i = 1;
        left.isPresent() && !left.get().gone() && i < RetentionLimits.LOOKED_AT_ONCE;
        i++) {
      Optional<Left> next = OldExecutions.left(read, left.get().execution());
      if (next.isEmpty()) {
        return Optional.empty();
      }
      left = next;
    }
    return left;
  }
}
