package dev.holdfast.agent.run;

/** What the runner has to do once the state is on disk. */
sealed interface RunEffect {

  /** Tell the run's state. */
  record Progress() implements RunEffect {}

  /** Start the script of a part. */
  record StartScript(StepAttempt at) implements RunEffect {}

  /** Watch the process, and the time. */
  record Watch(StepAttempt at) implements RunEffect {}

  /** Do the step's task inside the agent. */
  record DoTask(StepAttempt at) implements RunEffect {}

  /** Begin the document that the step runs, or take it up where it is. */
  record BeginChild(StepAttempt at) implements RunEffect {}

  /** End the tree of a part's script, the step's task, or the document that it runs. */
  record Kill(StepAttempt at) implements RunEffect {}

  /** Ask for the reboot, and watch the time. */
  record AskReboot() implements RunEffect {}

  /** Tell the end, then forget the run. */
  record Finish() implements RunEffect {}
}
