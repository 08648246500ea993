package dev.holdfast.report;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What became of one step.
 *
 * @param exitCode of its process; 0 where none was started and it did not fail
 * @param attempt numbers its starts within the run, from 1; 0 if it never started
 * @param changed whether it changed the instance, where it can tell
 * @param reason a short word, or a sentence, where the status alone does not say why; else empty
 */
public record StepResult(
    String name,
    String action,
    RunStatus status,
    int exitCode,
    int attempt,
    Optional<Instant> start,
    Optional<Instant> end,
    boolean changed,
    List<Drift> drift,
    Output stdout,
    Output stderr,
    String reason) {

  /** Copies the list. */
  public StepResult {
    drift = List.copyOf(drift);
  }
}
