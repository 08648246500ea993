package dev.holdfast.assignment;

import dev.holdfast.task.Sha256;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * All that one instance is told to keep, at a generation. Held and wanted agree when their hashes
 * do.
 *
 * @param assignments at most one for each association, sorted by its id
 * @param cancelled ids of executions that must not start here, or must end; sorted
 * @param freeze the newest that was not ended early, even if its time is over
 * @param pendingTriggers not part of the hash
 * @param stopped ids of executions that had too many errors: what has not started here never does,
 *     what runs goes on; sorted
 */
public record AssignmentSet(
    Generation generation,
    List<AssignmentReference> assignments,
    List<String> cancelled,
    Optional<Freeze> freeze,
    List<PendingTrigger> pendingTriggers,
    List<String> stopped) {

  /** Held by an agent that has never had a set. */
  public static final AssignmentSet NONE =
      new AssignmentSet(Generation.NONE, List.of(), List.of(), List.of());

  /** Sorts and copies, so that equal content has one form. */
  public AssignmentSet {
    assignments =
        assignments.stream()
            .sorted(Comparator.comparing(AssignmentReference::association))
            .toList();
    cancelled = cancelled.stream().sorted().distinct().toList();
    pendingTriggers = List.copyOf(pendingTriggers);
    stopped = stopped.stream().sorted().distinct().toList();
  }

  /** One without a freeze, in which no execution was stopped. */
  public AssignmentSet(
      Generation generation,
      List<AssignmentReference> assignments,
      List<String> cancelled,
      List<PendingTrigger> pendingTriggers) {
    this(generation, assignments, cancelled, Optional.empty(), pendingTriggers, List.of());
  }

  /**
   * Over assignments, cancelled and stopped executions and the freeze, in a form that never
   * changes; not over pending triggers.
   */
  public Sha256 sha256() {
    StringBuilder text = new StringBuilder("set 1\n");
    for (AssignmentReference reference : assignments) {
      text.append("assignment ")
          .append(reference.association())
          .append(' ')
          .append(reference.body())
          .append(' ')
          .append(reference.effectiveFrom())
          .append('\n');
    }
    for (String execution : cancelled) {
      text.append("cancelled ").append(execution).append('\n');
    }
    freeze.ifPresent(
        found ->
            text.append("freeze ")
                .append(found.from())
                .append(' ')
                .append(found.until().map(Instant::toString).orElse("-"))
                .append(' ')
                .append(found.who().length())
                .append(' ')
                .append(found.who())
                .append(' ')
                .append(found.reason())
                .append('\n'));
    for (String execution : stopped) {
      text.append("stopped ").append(execution).append('\n');
    }
    return Sha256.of(text.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** The same content, computed up to a later position. */
  public AssignmentSet at(Generation later) {
    return new AssignmentSet(later, assignments, cancelled, freeze, pendingTriggers, stopped);
  }
}
