package dev.holdfast.agent.run;

import dev.holdfast.agent.process.Processes.Started;
import dev.holdfast.report.RunStatus;
import dev.holdfast.report.StepResult;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Where a run is. It is on disk before anything that follows from it happens. */
sealed interface RunState {

  /** The steps that have ended, in order. */
  List<StepResult> results();

  /** The start of a step that has not ended, if there is one. */
  default Optional<StepAttempt> inProgress() {
    return switch (this) {
      case Begun(var _, var at) -> Optional.of(at);
      case Running(var _, var at, var _) -> Optional.of(at);
      case Working(var _, var at) -> Optional.of(at);
      case Ending(var _, var at, var _) -> Optional.of(at);
      case Rebooting(var _, var at, var _, var _) -> Optional.of(at);
      case Ready _, Ended _ -> Optional.empty();
    };
  }

  /** The next step has not been looked at. */
  record Ready(List<StepResult> results) implements RunState {
    /** Copies the list. */
    public Ready {
      results = List.copyOf(results);
    }
  }

  /** A script is about to start, or has just been started and its process is not noted yet. */
  record Begun(List<StepResult> results, StepAttempt at) implements RunState {
    /** Copies the list. */
    public Begun {
      results = List.copyOf(results);
    }
  }

  /** A script runs. */
  record Running(List<StepResult> results, StepAttempt at, Started process) implements RunState {
    /** Copies the list. */
    public Running {
      results = List.copyOf(results);
    }
  }

  /** A task is done inside the agent. */
  record Working(List<StepResult> results, StepAttempt at) implements RunState {
    /** Copies the list. */
    public Working {
      results = List.copyOf(results);
    }
  }

  /**
   * The script's tree, or the task, is being ended.
   *
   * @param as what the step ends as: {@code TIMED_OUT}, {@code CANCELLED} or {@code INTERRUPTED}
   */
  record Ending(List<StepResult> results, StepAttempt at, RunStatus as) implements RunState {
    /** Copies the list. */
    public Ending {
      results = List.copyOf(results);
    }
  }

  /**
   * A step asked for a reboot; it runs again when the host has another boot id.
   *
   * @param bootId that of the host when it asked
   * @param since when it asked
   */
  record Rebooting(List<StepResult> results, StepAttempt at, String bootId, Instant since)
      implements RunState {
    /** Copies the list. */
    public Rebooting {
      results = List.copyOf(results);
    }
  }

  /** It has ended, for good. */
  record Ended(List<StepResult> results, RunStatus status, String detailedStatus, Instant end)
      implements RunState {
    /** Copies the list. */
    public Ended {
      results = List.copyOf(results);
    }
  }
}
