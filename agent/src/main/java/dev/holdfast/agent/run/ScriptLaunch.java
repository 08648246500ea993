package dev.holdfast.agent.run;

import dev.holdfast.agent.process.Processes.Launch;
import dev.holdfast.agent.step.Work;
import java.nio.file.Path;
import java.util.Optional;

/** What is started for a script of a run. */
final class ScriptLaunch {
  private ScriptLaunch() {}

  /**
   * The launch.
   *
   * @param folder of this start
   * @param workingFolder where it starts; empty: in the home folder of the user that it runs as
   */
  static Launch of(
      RunIntent intent, Work.Script script, Path folder, Optional<Path> workingFolder) {
    return new Launch(
        folder,
        script.interpreter().command(),
        script.interpreter().file(),
        script.text(),
        intent.environment(script),
        workingFolder,
        script.runAs());
  }
}
