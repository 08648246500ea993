package dev.holdfast.agent.state;

import dev.holdfast.state.Group;
import dev.holdfast.state.ManagedFile;
import dev.holdfast.state.Packages;
import dev.holdfast.state.Ports;
import dev.holdfast.state.Resource;
import dev.holdfast.state.Script;
import dev.holdfast.state.Service;
import dev.holdfast.state.Sysctl;
import dev.holdfast.state.User;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;

/**
 * What only one task at a time may change on a host, such as its packages. Who comes while it is
 * taken waits, in the order of coming. On one thread.
 */
public final class Turns {
  private final Map<String, Queue<Turn>> queues = new HashMap<>();

  /** What a task on the resource takes for itself; empty: nothing. In words that follow "the". */
  public static Optional<String> needed(Resource resource) {
    return switch (resource) {
      case Packages _ -> Optional.of("package manager");
      case User _, Group _ -> Optional.of("host's accounts");
      case Ports ports -> ports.firewall().map(firewall -> "firewall");
      case Sysctl sysctl -> Optional.of("kernel's settings").filter(words -> sysctl.persist());
      case ManagedFile file ->
          Optional.of("file " + file.path())
              .filter(words -> file.form() instanceof ManagedFile.Form.Part);
      case Service _, Script _ -> Optional.empty();
    };
  }

  /** One task's place in a queue. */
  public static final class Turn {
    private final Runnable come;
    private boolean over;

    private Turn(Runnable come) {
      this.come = come;
    }
  }

  /**
   * Asks for a turn.
   *
   * @param come called when it has come, at once if nobody has it
   * @return to be given back by {@link #end}
   */
  public Turn take(String what, Runnable come) {
    Queue<Turn> queue = queues.computeIfAbsent(what, name -> new ArrayDeque<>());
    Turn turn = new Turn(come);
    queue.add(turn);
    if (queue.size() == 1) {
      come.run();
    }
    return turn;
  }

  /** Whether somebody has it. */
  public boolean taken(String what) {
    return queues.containsKey(what);
  }

  /** Gives a turn back, also one that has not come. Repeats are harmless. */
  public void end(String what, Turn turn) {
    Queue<Turn> queue = queues.get(what);
    if (queue == null || turn.over) {
      return;
    }
    turn.over = true;
    boolean first = queue.peek() == turn;
    queue.remove(turn);
    if (queue.isEmpty()) {
      queues.remove(what);
    } else if (first) {
      queue.element().come.run();
    }
  }
}
