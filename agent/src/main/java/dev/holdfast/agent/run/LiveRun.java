package dev.holdfast.agent.run;

import dev.holdfast.agent.step.Performer.Performance;
import dev.holdfast.task.Timers;
import dev.holdfast.task.Timers.Timer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A run that has not ended, as its runner holds it. */
final class LiveRun {
  final RunIntent intent;
  final RunPlan plan;

  /** The SecureStrings that it refers to. */
  final RunSecrets secrets;

  /** As it is on disk. */
  RunState state;

  /** The time that its part, its task or its reboot has. */
  private @Nullable Timer timer;

  /** What tells its script's output while that runs. */
  Timer tail = () -> {};

  /** For what its task waits; empty if for nothing. */
  String waits = "";

  /** Its task inside the agent. */
  @Nullable Performance performance;

  LiveRun(RunIntent intent, RunPlan plan, RunSecrets secrets, RunState state) {
    this.intent = intent;
    this.plan = plan;
    this.secrets = secrets;
    this.state = state;
  }

  /** Whether this start of a step works inside the agent, or runs a document. */
  boolean works(StepAttempt at) {
    return state instanceof RunState.Working(var _, var current) && current.equals(at);
  }

  /** Has the time that is left measured anew. */
  void arm(Timers timers, Duration delay, Runnable timeUp) {
    disarm();
    timer = timers.after(delay, timeUp);
  }

  /** Nothing is measured any more. */
  void disarm() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }

  /** Gives up its task, if there is one. */
  void stopTask(Runnable stopped) {
    if (performance == null) {
      stopped.run();
    } else {
      Performance given = performance;
      performance = null;
      given.stop(stopped);
    }
  }
}
