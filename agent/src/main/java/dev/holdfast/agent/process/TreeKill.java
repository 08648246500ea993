package dev.holdfast.agent.process;

import dev.holdfast.agent.process.ProcessTable.Entry;
import dev.holdfast.task.Limits;
import dev.holdfast.task.Timers;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Ends one tree: SIGTERM to all of it, a grace, then SIGKILL until nothing is left; then a moment
 * for the wrapper to write down what it saw, and SIGKILL to the wrapper too. On the owner's thread,
 * a look at the process table at a time.
 */
final class TreeKill {
  private static final Duration FIRST_LOOK = Duration.ofMillis(20);
  private static final Duration LONGEST_WAIT = Duration.ofMillis(500);
  private static final int SIGNALS_A_LOOK = 5;

  private final Timers timers;
  private final ProcessTable table;
  private final Duration grace;
  private final String mark;
  private final Runnable gone;
  private final Duration begun;
  private boolean asked;
  private Optional<Duration> treeGone = Optional.empty();
  private Duration wait = FIRST_LOOK;

  TreeKill(Timers timers, ProcessTable table, Duration grace, String mark, Runnable gone) {
    this.timers = timers;
    this.table = table;
    this.grace = grace;
    this.mark = mark;
    this.gone = gone;
    this.begun = timers.uptime();
  }

  /** Looks once, signals what has to be, and comes back later while anything is left. */
  void look() {
    if (treeIsGone() && wrapperIsGone()) {
      gone.run();
      return;
    }
    timers.after(wait, this::look);
    wait = wait.multipliedBy(2).compareTo(LONGEST_WAIT) < 0 ? wait.multipliedBy(2) : LONGEST_WAIT;
  }

  private boolean treeIsGone() {
    boolean force = timers.uptime().minus(begun).compareTo(grace) >= 0;
    List<Entry> tree = tree();
    if (tree.isEmpty()) {
      return true;
    }
    treeGone = Optional.empty();
    if (!force) {
      if (!asked) {
        asked = true;
        tree.forEach(entry -> signal(entry, false));
      }
      return false;
    }
    // What forks as fast as it is ended gets no pause between two looks.
    for (int i = 0; i < SIGNALS_A_LOOK && !tree.isEmpty(); i++) {
      tree.forEach(entry -> signal(entry, true));
      tree = tree();
    }
    return tree.isEmpty();
  }

  private boolean wrapperIsGone() {
    List<Entry> wrapper = table.marked(OsProcesses.WRAPPER_MARK, mark, false);
    if (wrapper.isEmpty()) {
      return true;
    }
    if (treeGone.isEmpty()) {
      treeGone = Optional.of(timers.uptime());
      wait = FIRST_LOOK;
    }
    if (timers.uptime().minus(treeGone.orElseThrow()).compareTo(Limits.WRAPPER_GRACE) >= 0) {
      wrapper.forEach(entry -> signal(entry, true));
    }
    return false;
  }

  private List<Entry> tree() {
    return table.marked(OsProcesses.TREE_MARK, mark, true);
  }

  private void signal(Entry entry, boolean kill) {
    // The handle notices if the id was given to another process since the table was read.
    ProcessHandle.of(entry.pid())
        .filter(
            handle ->
                table
                    .entry(entry.pid())
                    .map(Entry::startTicks)
                    .equals(Optional.of(entry.startTicks())))
        .ifPresent(
            handle -> {
              if (kill) {
                handle.destroyForcibly();
              } else {
                handle.destroy();
              }
            });
  }
}
