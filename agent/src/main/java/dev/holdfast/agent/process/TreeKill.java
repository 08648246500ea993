package dev.holdfast.agent.process;

import dev.holdfast.agent.process.ProcessTable.Entry;
import dev.holdfast.task.RunLimits;
import dev.holdfast.task.Timers;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntConsumer;

/**
 * Ends one tree: SIGTERM to all of it, a grace, then SIGKILL until nothing is left or it has lasted
 * too long; then a moment for the wrapper to write down what it saw, and SIGKILL to the wrapper
 * too. On the owner's thread, a look at the process table at a time.
 */
final class TreeKill {
  private static final Duration FIRST_LOOK = Duration.ofMillis(20);
  private static final Duration LONGEST_WAIT = Duration.ofMillis(500);
  private static final int SIGNALS_A_LOOK = 5;

  private final Timers timers;
  private final ProcessTable table;
  private final Duration grace;
  private final Mark mark;
  private final Optional<Group> group;
  private final IntConsumer gone;
  private final Duration begun;
  private boolean asked;
  private Optional<Duration> treeGone = Optional.empty();
  private Duration wait = FIRST_LOOK;

  /**
   * Begins with {@link #look}.
   *
   * @param group of the tree, if it has one
   * @param gone told once how many processes could not be ended: 0 but for those that hang in the
   *     kernel
   */
  TreeKill(
      Timers timers,
      ProcessTable table,
      Duration grace,
      Mark mark,
      Optional<Group> group,
      IntConsumer gone) {
    this.timers = timers;
    this.table = table;
    this.grace = grace;
    this.mark = mark;
    this.group = group;
    this.gone = gone;
    this.begun = timers.uptime();
  }

  /** Looks once, signals what has to be, and comes back later while anything is left. */
  void look() {
    List<Entry> left = leftOfTree();
    boolean lasts = past(grace.plus(RunLimits.KILL_LASTS));
    if ((left.isEmpty() || lasts) && wrapperIsGone()) {
      gone.accept(left.size());
      return;
    }
    timers.after(wait, this::look);
    wait = wait.multipliedBy(2).compareTo(LONGEST_WAIT) < 0 ? wait.multipliedBy(2) : LONGEST_WAIT;
  }

  private boolean past(Duration since) {
    return timers.uptime().minus(begun).compareTo(since) >= 0;
  }

  private List<Entry> leftOfTree() {
    List<Entry> tree = tree();
    if (tree.isEmpty()) {
      return tree;
    }
    if (!past(grace)) {
      treeGone = Optional.empty();
      if (!asked) {
        asked = true;
        tree.forEach(entry -> signal(entry, false));
      }
      return tree;
    }
    endGroup();
    // What forks as fast as it is ended gets no pause between two looks.
    tree = tree();
    for (int i = 0; i < SIGNALS_A_LOOK && !tree.isEmpty(); i++) {
      tree.forEach(entry -> signal(entry, true));
      tree = tree();
    }
    return tree;
  }

  private void endGroup() {
    if (group.isEmpty()) {
      return;
    }
    Set<Long> spared = table.spared();
    // A script that put the agent into its group must not make it freeze or end itself.
    if (group.get().processes().stream().anyMatch(spared::contains) || group.get().kill()) {
      return;
    }
    group.get().hold();
    for (long pid : group.get().processes()) {
      table.entry(pid).ifPresent(entry -> signal(entry, true));
    }
    group.get().release();
  }

  private boolean wrapperIsGone() {
    List<Entry> wrapper = table.marked(Mark.WRAPPER, mark.text());
    if (wrapper.isEmpty()) {
      return true;
    }
    if (treeGone.isEmpty()) {
      treeGone = Optional.of(timers.uptime());
      wait = FIRST_LOOK;
    }
    if (timers.uptime().minus(treeGone.orElseThrow()).compareTo(RunLimits.WRAPPER_GRACE) >= 0) {
      wrapper.forEach(entry -> signal(entry, true));
    }
    return false;
  }

  private List<Entry> tree() {
    return mark.tree(table, group);
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
