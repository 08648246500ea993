package dev.holdfast.agent.run;

import dev.holdfast.agent.process.Processes.Outputs;
import dev.holdfast.agent.process.Processes.Started;
import dev.holdfast.agent.step.Outcome;
import dev.holdfast.report.Drift;
import dev.holdfast.report.RunStatus;
import java.util.List;
import java.util.Optional;

/** What can happen to a run. */
sealed interface RunEvent {

  /** It may go on. */
  record Go() implements RunEvent {}

  /** The script runs. */
  record ProcessStarted(Started process) implements RunEvent {}

  /**
   * The script could not be started.
   *
   * @param reason a word, a colon and what is wrong: {@code NotStarted: ...}
   */
  record NotStarted(String reason) implements RunEvent {}

  /**
   * The script ended.
   *
   * @param exitCode empty if nobody saw it
   */
  record Exited(Optional<Integer> exitCode, Outputs outputs, String bootId) implements RunEvent {}

  /** The task inside the agent is done. */
  record Worked(Outcome outcome) implements RunEvent {}

  /**
   * The document that the step runs has ended.
   *
   * @param status that of the step
   * @param exitCode 0 or 1
   * @param outputs of all its steps, within the bounds of a report
   * @param reason empty, or what the step says of it
   */
  record ChildEnded(
      RunStatus status,
      int exitCode,
      Outputs outputs,
      boolean changed,
      List<Drift> drift,
      String reason)
      implements RunEvent {
    /** Copies the list. */
    public ChildEnded {
      drift = List.copyOf(drift);
    }
  }

  /** The time that the part, or the reboot, had is over. */
  record TimeUp() implements RunEvent {}

  /** Somebody wants it to end. */
  record Cancel() implements RunEvent {}

  /**
   * Nothing is left of the script's tree.
   *
   * @param exitCode empty if nobody saw it
   */
  record Gone(Optional<Integer> exitCode, Outputs outputs) implements RunEvent {}

  /** The script was lost sight of while no agent ran. */
  record Lost() implements RunEvent {}

  /** The host has another boot id than when the step asked for a reboot. */
  record Rebooted() implements RunEvent {}
}
