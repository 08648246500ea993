package dev.holdfast.agent.run;

import com.google.protobuf.ByteString;
import dev.holdfast.assignment.Assignment;
import dev.holdfast.association.Trigger;
import dev.holdfast.task.Sha256;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What to run, and why.
 *
 * @param runId computed from instance, association and trigger
 * @param attempt numbers the starts of this run, from 1
 * @param startNumber counts the starts of this association on this instance
 * @param assignmentSha256 names the assignment
 * @param document the stored bytes that the assignment names; the runner journals and reads them
 * @param children the documents that {@code aws:runDocument} steps name, by the name as it is
 *     written there
 * @param scheduled the tick's instant; empty for other triggers
 */
public record RunRequest(
    String runId,
    Trigger trigger,
    int attempt,
    long startNumber,
    Assignment assignment,
    Sha256 assignmentSha256,
    ByteString document,
    Map<String, ByteString> children,
    Optional<Instant> scheduled,
    boolean caughtUp,
    int missedTicks) {

  /** Copies the map. */
  public RunRequest {
    children = Map.copyOf(children);
  }
}
