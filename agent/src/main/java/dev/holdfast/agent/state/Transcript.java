package dev.holdfast.agent.state;

import dev.holdfast.agent.process.Commands.Ran;
import dev.holdfast.task.Limits;

/** What the programs said that a task ran to change something: for people, bounded. */
final class Transcript {
  private final StringBuilder stdout = new StringBuilder();
  private final StringBuilder stderr = new StringBuilder();

  /** Notes it. */
  Ran add(Ran ran) {
    append(stdout, ran.stdout(), Limits.MAX_STDOUT_KEPT_BYTES);
    append(stderr, ran.stderr(), Limits.MAX_STDERR_KEPT_BYTES);
    return ran;
  }

  String stdout() {
    return stdout.toString();
  }

  String stderr() {
    return stderr.toString();
  }

  private static void append(StringBuilder all, String text, int most) {
    all.append(text);
    if (all.length() > 2 * most) {
      // The report keeps a head and a tail: what is dropped here would not have been told.
      all.delete(most, all.length() - most);
    }
  }
}
