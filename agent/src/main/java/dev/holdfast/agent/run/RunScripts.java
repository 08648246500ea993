package dev.holdfast.agent.run;

import dev.holdfast.agent.process.ProcessException;
import dev.holdfast.agent.process.Processes;
import dev.holdfast.agent.process.Processes.Found;
import dev.holdfast.agent.process.Processes.Outputs;
import dev.holdfast.agent.step.Work;
import dev.holdfast.task.Failpoints;
import dev.holdfast.task.Timers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts the scripts of runs, finds those again that an earlier life of the agent started, and
 * tells how they end, with nothing of a secret in what they have put out.
 */
final class RunScripts {
  private static final Logger LOG = LoggerFactory.getLogger("run");

  private final RunListener listener;
  private final Processes processes;
  private final Timers timers;
  private final RunFolders folders;
  private final Path root;
  private final Path workingFolder;
  private final Failpoints failpoints;
  private final BiConsumer<LiveRun, RunEvent> deliver;

  /**
   * With all that it works on.
   *
   * @param root the state folder
   * @param workingFolder where scripts start that ask for no folder; relative: in the run's folder
   * @param deliver takes what happens to a run
   */
  RunScripts(
      RunListener listener,
      Processes processes,
      Timers timers,
      RunFolders folders,
      Path root,
      Path workingFolder,
      Failpoints failpoints,
      BiConsumer<LiveRun, RunEvent> deliver) {
    this.listener = listener;
    this.processes = processes;
    this.timers = timers;
    this.folders = folders;
    this.root = root;
    this.workingFolder = workingFolder;
    this.failpoints = failpoints;
    this.deliver = deliver;
  }

  /** Starts the script of a part, if that is still what the run is at. */
  void start(LiveRun run, StepAttempt at) {
    if (!(run.state instanceof RunState.Begun(var _, var current)) || !current.equals(at)) {
      return; // cancelled by whoever heard of the progress
    }
    if (run.secrets.missing(at.step()).isPresent()) {
      deliver.accept(run, new RunEvent.NotStarted(run.secrets.missing(at.step()).get()));
      return;
    }
    if (!(run.secrets.work(at.step()) instanceof Work.Scripts(var scripts))) {
      throw new IllegalStateException("a step without scripts has none to start");
    }
    Work.Script script = scripts.get(at.part());
    Path folder = folder(run, at);
    RunEvent event;
    try {
      event =
          new RunEvent.ProcessStarted(
              processes.start(
                  ScriptLaunch.of(
                      run.intent,
                      script,
                      folder,
                      folders.workingFolder(run.intent, script, folder, workingFolder))));
      failpoints.reach(Failpoints.AFTER_SPAWN);
    } catch (ProcessException e) {
      event = new RunEvent.NotStarted(run.secrets.masked("NotStarted: " + e.getMessage()));
    }
    deliver.accept(run, event);
  }

  /** Tells what has become of a script since somebody last looked. */
  void found(LiveRun run, StepAttempt at, Optional<Processes.Started> noted) {
    switch (processes.find(folder(run, at), noted)) {
      case Found.Ended(var exitCode) -> exited(run, at, Optional.of(exitCode));
      case Found.Lost _ -> deliver.accept(run, new RunEvent.Lost());
      case Found.Running(var process, var age) -> {
        LOG.info("adopted run={} pid={}", run.intent.request().runId(), process.pid());
        run.secrets.then(() -> {}); // to mask what it says, they are needed at its end
        if (noted.isEmpty()) {
          deliver.accept(run, new RunEvent.ProcessStarted(process));
        } else {
          watch(run, at, process);
        }
        Duration left = run.plan.timeout(at).minus(age);
        run.arm(timers, left, () -> deliver.accept(run, new RunEvent.TimeUp()));
      }
    }
  }

  /** Tells its end, and before that what it puts out. */
  void watch(LiveRun run, StepAttempt at, Processes.Started process) {
    Path folder = folder(run, at);
    if (run.intent.depth() == 0 && run.plan.secrets().isEmpty()) {
      // Of a secret that is only half put out, nobody could tell that it is one.
      run.tail =
          new LiveTail(
              timers,
              () -> at.withEarlier(processes.outputs(folder)),
              soFar -> RunReport.of(run.intent, Optional.of(run.plan), run.state, "", soFar),
              report -> listener.reported(run.intent.request().runId(), report));
    }
    processes.watch(
        folder,
        process,
        exitCode -> {
          // The machine knows only of the part in progress; an end of another one is old news.
          if (run.state instanceof RunState.Running(var _, var current, var _)
              && current.equals(at)) {
            run.disarm();
            exited(run, at, exitCode);
          }
        });
  }

  /** Nothing is left of the tree of a part. */
  void gone(LiveRun run, StepAttempt at) {
    Path folder = folder(run, at);
    if (run.plan.work(at.step()) instanceof Work.Inside) {
      folders.forgetCredentials(run.intent.folder(at));
    }
    Optional<Integer> exitCode =
        processes.find(folder, Optional.empty()) instanceof Found.Ended(var code)
            ? Optional.of(code)
            : Optional.empty();
    run.secrets.then(() -> deliver.accept(run, new RunEvent.Gone(exitCode, outputs(run, folder))));
  }

  private void exited(LiveRun run, StepAttempt at, Optional<Integer> exitCode) {
    run.secrets.then(
        () ->
            deliver.accept(
                run,
                new RunEvent.Exited(exitCode, outputs(run, folder(run, at)), processes.bootId())));
  }

  private Outputs outputs(LiveRun run, Path folder) {
    return run.secrets.masked(processes.outputs(folder)).leaving(processes.left(folder));
  }

  private Path folder(LiveRun run, StepAttempt at) {
    return root.resolve(run.intent.folder(at));
  }
}
