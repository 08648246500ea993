package dev.holdfast.agent.run;

import dev.holdfast.agent.process.Processes.Launch;
import dev.holdfast.agent.step.Work;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What is started for a script of a run. */
final class ScriptLaunch {
  private ScriptLaunch() {}

  /**
   * The launch.
   *
   * @param folder of this start
   * @param workingFolder where scripts start that ask for no folder; relative: in the run's folder
   */
  static Launch of(RunIntent intent, Work.Script script, Path folder, Path workingFolder) {
    Optional<Path> otherwise =
        script.runAs().isPresent()
            ? Optional.empty()
            : Optional.of(folder.resolveSibling(workingFolder));
    return new Launch(
        folder,
        script.interpreter().command(),
        script.interpreter().file(),
        script.text(),
        environment(intent, script),
        script.workingFolder().or(() -> otherwise),
        script.runAs());
  }

  /** The script's own, and which run it belongs to: for logs and for scripts that must know. */
  private static Map<String, String> environment(RunIntent intent, Work.Script script) {
    RunRequest request = intent.request();
    Map<String, String> environment = new TreeMap<>(script.environment());
    environment.put("HOLDFAST_RUN_ID", request.runId());
    environment.put("HOLDFAST_ASSOCIATION_ID", request.assignment().association().value());
    environment.put("HOLDFAST_TRIGGER", request.trigger().text());
    environment.put("HOLDFAST_ATTEMPT", Integer.toString(request.attempt()));
    return environment;
  }
}
