package dev.holdfast.agent.run;

import java.time.Instant;

/**
 * What is on disk before anything of a run starts.
 *
 * @param begun when the run was started, by the wall clock
 */
record RunIntent(RunRequest request, Instant begun) {

  /** Names the run and this start of it. */
  String key() {
    return request.runId() + "-" + request.attempt();
  }

  /** The folder of its scripts and output; these names sort by age. */
  String folder() {
    return RunFolders.FOLDER + "/" + String.format("%013d-%s", begun.toEpochMilli(), key());
  }

  /** The folder of one part of a step. */
  String folder(StepAttempt at) {
    return folder() + "/" + at.folder();
  }
}
