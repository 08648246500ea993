package dev.holdfast.agent.run;

import dev.holdfast.agent.process.Processes.Outputs;
import dev.holdfast.report.RunStatus;
import dev.holdfast.task.Limits;
import java.time.Instant;
import java.util.Optional;

/**
 * One start of a step that has not ended.
 *
 * @param step its index, from 0
 * @param attempt numbers its starts, from 1
 * @param reboots how many of these came after a reboot that it asked for
 * @param part which of its scripts, from 0; a step has several if its inputs are a list
 * @param begun when its first part was about to start
 * @param earlier what the parts before came to together; empty for the first
 */
record StepAttempt(
    int step, int attempt, int reboots, int part, Instant begun, Optional<PartEnd> earlier) {

  /**
   * How parts ended. Of several the first that is not well decides.
   *
   * @param outputs of all of them, within the bounds of a report
   */
  record PartEnd(RunStatus status, int exitCode, Outputs outputs) {

    PartEnd then(PartEnd next) {
      PartEnd decisive = status == RunStatus.SUCCESS ? next : this;
      return new PartEnd(
          decisive.status,
          decisive.exitCode,
          new Outputs(
              OutputBounds.joined(
                  outputs.stdout(), next.outputs.stdout(), Limits.MAX_STDOUT_KEPT_BYTES),
              OutputBounds.joined(
                  outputs.stderr(), next.outputs.stderr(), Limits.MAX_STDERR_KEPT_BYTES),
              outputs.left() + next.outputs.left()));
    }
  }

  static StepAttempt first(int step, Instant now) {
    return new StepAttempt(step, 1, 0, 0, now, Optional.empty());
  }

  StepAttempt nextPart(PartEnd end) {
    return new StepAttempt(step, attempt, reboots, part + 1, begun, Optional.of(together(end)));
  }

  /** What the parts before and this one come to. */
  PartEnd together(PartEnd end) {
    return earlier.map(before -> before.then(end)).orElse(end);
  }

  /** The output of the parts before and of this one so far. */
  Outputs withEarlier(Outputs soFar) {
    return together(new PartEnd(RunStatus.IN_PROGRESS, 0, soFar)).outputs();
  }

  StepAttempt again(Instant now) {
    return new StepAttempt(step, attempt + 1, reboots, 0, now, Optional.empty());
  }

  StepAttempt afterReboot(Instant now) {
    return new StepAttempt(step, attempt + 1, reboots + 1, 0, now, Optional.empty());
  }

  /** The folder of this part within the run's: numbers only. */
  String folder() {
    return step + "-" + attempt + "-" + part;
  }
}
