package dev.holdfast.agent.run;

import dev.holdfast.agent.disk.Disk;
import dev.holdfast.agent.process.ProcessException;
import dev.holdfast.agent.process.Processes;
import dev.holdfast.agent.process.Processes.Found;
import dev.holdfast.agent.process.Processes.Launch;
import dev.holdfast.agent.run.RunPlan.Planning;
import dev.holdfast.agent.step.Performer;
import dev.holdfast.agent.step.Performer.Performance;
import dev.holdfast.agent.step.StepPlanner;
import dev.holdfast.agent.step.Work;
import dev.holdfast.association.AssociationId;
import dev.holdfast.report.RunStatus;
import dev.holdfast.task.Limits;
import dev.holdfast.task.Timers;
import dev.holdfast.task.Timers.Timer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Performs what {@link RunMachine} decides: a state is on disk before anything that follows from it
 * happens. Whatever outlived the agent is found again in {@link #recover}.
 */
public final class DocumentRunner implements Runner {
  private static final Logger LOG = LoggerFactory.getLogger("run");

  private final RunListener listener;
  private final Disk disk;
  private final Path root;
  private final Processes processes;
  private final Timers timers;
  private final StepPlanner planner;
  private final Performer performer;
  private final Runnable reboot;
  private final RunJournal journal;
  private final RunFolders folders;
  private final Map<String, Live> live = new LinkedHashMap<>();
  private final Set<RunIntent> recovering = new HashSet<>();

  /**
   * With all that it works on.
   *
   * @param disk the state folder
   * @param root the same folder, for the processes
   * @param reboot asks for a reboot of the host: a step's exit code said so, and that is on disk
   */
  public DocumentRunner(
      RunListener listener,
      Disk disk,
      Path root,
      Processes processes,
      Timers timers,
      StepPlanner planner,
      Performer performer,
      Runnable reboot) {
    this.listener = listener;
    this.disk = disk;
    this.root = root;
    this.processes = processes;
    this.timers = timers;
    this.planner = planner;
    this.performer = performer;
    this.reboot = reboot;
    this.journal = new RunJournal(disk);
    this.folders = new RunFolders(disk, root, processes);
  }

  /** A run that has not ended. */
  private static final class Live {
    private final RunIntent intent;
    private final RunPlan plan;
    private RunState state;
    private @Nullable Timer timer;
    private @Nullable Performance performance;
    private String waits = "";

    Live(RunIntent intent, RunPlan plan, RunState state) {
      this.intent = intent;
      this.plan = plan;
      this.state = state;
    }
  }

  @Override
  public void start(RunRequest request) {
    if (live.containsKey(request.runId())) {
      throw new IllegalStateException("the run " + request.runId() + " is in progress already");
    }
    RunIntent intent = new RunIntent(request, timers.now());
    journal.begin(intent);
    LOG.info(
        "started run={} association={} trigger={} attempt={}",
        request.runId(),
        request.assignment().association(),
        request.trigger().text(),
        request.attempt());
    begin(intent, new RunState.Ready(List.of()));
  }

  @Override
  public void cancel(String runId) {
    Live run = live.get(runId);
    if (run != null) {
      deliver(run, new RunEvent.Cancel());
    }
  }

  @Override
  public Set<AssociationId> active() {
    return Stream.concat(live.values().stream().map(run -> run.intent), recovering.stream())
        .map(intent -> intent.request().assignment().association())
        .collect(Collectors.toUnmodifiableSet());
  }

  @Override
  public void recover() {
    for (String key : journal.keys()) {
      Optional<RunIntent> intent = journal.intent(key);
      Optional<RunState> state = journal.state(key);
      if (intent.isEmpty()) {
        // The intent is written whole before anything starts: without one nothing did.
        LOG.warn("a run without a readable intent is forgotten key={}", key);
        journal.forget(key);
      } else if (state.isEmpty()) {
        damaged(intent.get());
      } else {
        begin(intent.get(), state.get());
      }
    }
    prune();
  }

  /** Takes up a run where it is. */
  private void begin(RunIntent intent, RunState state) {
    RunRequest request = intent.request();
    Planning planning =
        RunPlan.of(
            request.document().toByteArray(),
            request.assignment().parameters(),
            request.assignment().audit(),
            planner);
    switch (planning) {
      case Planning.Refused refused -> {
        RunState ended = state instanceof RunState.Ended ? state : refused.ended(timers.now());
        journal.note(intent.key(), ended);
        finish(intent, Optional.empty(), ended);
      }
      case Planning.Planned(var plan) -> {
        Live run = new Live(intent, plan, state);
        live.put(request.runId(), run);
        resume(run);
      }
    }
  }

  /** What has to happen for a run in this state, when nothing is known of what happened since. */
  private void resume(Live run) {
    switch (run.state) {
      case RunState.Ready _ -> deliver(run, new RunEvent.Go());
      case RunState.Begun(var _, var at) -> found(run, at, Optional.empty());
      case RunState.Running(var _, var at, var process) -> found(run, at, Optional.of(process));
      case RunState.Working(var _, var at) -> again(run, at);
      case RunState.Ending(var _, var at, var _) -> perform(run, new RunEffect.Kill(at));
      case RunState.Rebooting(var _, var _, var bootId, var since) -> {
        if (!processes.bootId().equals(bootId)) {
          deliver(run, new RunEvent.Rebooted());
        } else {
          Duration waited = Duration.between(since, timers.now());
          arm(run, Limits.REBOOT_WAIT.minus(waited.isNegative() ? Duration.ZERO : waited));
        }
      }
      case RunState.Ended _ -> perform(run, new RunEffect.Finish());
    }
  }

  private void found(Live run, StepAttempt at, Optional<Processes.Started> noted) {
    Path folder = folder(run, at);
    switch (processes.find(folder, noted)) {
      case Found.Ended(var exitCode) -> deliver(run, exited(folder, Optional.of(exitCode)));
      case Found.Lost _ -> deliver(run, new RunEvent.Lost());
      case Found.Running(var process, var age) -> {
        LOG.info("adopted run={} pid={}", run.intent.request().runId(), process.pid());
        if (noted.isEmpty()) {
          deliver(run, new RunEvent.ProcessStarted(process));
        } else {
          watch(run, at, process);
        }
        arm(run, timeout(run, at).minus(age));
      }
    }
  }

  private void deliver(Live run, RunEvent event) {
    RunMachine.Next next = RunMachine.on(run.plan, run.state, event, timers.now());
    if (!next.state().equals(run.state)) {
      boolean ended = next.state().results().size() > run.state.results().size();
      journal.note(run.intent.key(), next.state());
      run.state = next.state();
      disarm(run);
      if (ended) {
        prune();
      }
    }
    next.effects().forEach(effect -> perform(run, effect));
  }

  private void perform(Live run, RunEffect effect) {
    switch (effect) {
      case RunEffect.Progress _ ->
          listener.reported(
              run.intent.request().runId(),
              RunReport.of(run.intent, Optional.of(run.plan), run.state, run.waits));
      case RunEffect.StartScript(var at) -> startScript(run, at);
      case RunEffect.Watch(var at) -> {
        if (run.state instanceof RunState.Running(var _, var _, var process)) {
          watch(run, at, process);
          arm(run, timeout(run, at));
        }
      }
      case RunEffect.DoTask(var at) -> doTask(run, at);
      case RunEffect.Kill(var at) -> {
        Path folder = folder(run, at);
        stopTask(run, () -> processes.kill(folder, () -> gone(run, folder)));
      }
      case RunEffect.AskReboot _ -> {
        arm(run, Limits.REBOOT_WAIT);
        reboot.run();
      }
      case RunEffect.Finish _ -> {
        live.remove(run.intent.request().runId());
        finish(run.intent, Optional.of(run.plan), run.state);
      }
    }
  }

  private void startScript(Live run, StepAttempt at) {
    if (!(run.state instanceof RunState.Begun(var _, var current)) || !current.equals(at)) {
      return; // cancelled by whoever heard of the progress
    }
    if (!(run.plan.work(at.step()) instanceof Work.Scripts(var scripts))) {
      throw new IllegalStateException("a step without scripts has none to start");
    }
    Work.Script script = scripts.get(at.part());
    Path folder = folder(run, at);
    RunEvent event;
    try {
      event =
          new RunEvent.ProcessStarted(
              processes.start(
                  new Launch(
                      folder,
                      script.command(Processes.scriptFile(folder)),
                      script.text(),
                      environment(run.intent, script),
                      script.workingFolder().orElse(planner.host().workingFolder()))));
    } catch (ProcessException e) {
      event = new RunEvent.NotStarted(String.valueOf(e.getMessage()));
    }
    deliver(run, event);
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

  private void watch(Live run, StepAttempt at, Processes.Started process) {
    Path folder = folder(run, at);
    processes.watch(
        folder,
        process,
        exitCode -> {
          // The machine knows only of the part in progress; an end of another one is old news.
          if (run.state instanceof RunState.Running(var _, var current, var _)
              && current.equals(at)) {
            deliver(run, exited(folder, exitCode));
          }
        });
  }

  private void doTask(Live run, StepAttempt at) {
    if (!(run.state instanceof RunState.Working(var _, var begun)) || !begun.equals(at)) {
      return; // cancelled by whoever heard of the progress
    }
    if (!(run.plan.work(at.step()) instanceof Work.Inside(var task, var timeout, var _))) {
      throw new IllegalStateException("a step of this kind has no task inside the agent");
    }
    arm(run, timeout);
    Performance performance =
        performer.perform(
            task.after(run.state.results()),
            folder(run, at),
            outcome -> {
              run.performance = null;
              deliver(run, new RunEvent.Worked(outcome));
            });
    if (run.state instanceof RunState.Working(var _, var still) && still.equals(at)) {
      run.performance = performance;
      performance.onWaiting(
          reason -> {
            run.waits = reason;
            perform(run, new RunEffect.Progress());
          });
    }
  }

  /** A task that an end of the agent cut off: what is left of it ends, and it is begun anew. */
  private void again(Live run, StepAttempt at) {
    Runnable begin = () -> perform(run, new RunEffect.DoTask(at));
    if (run.plan.work(at.step()) instanceof Work.Inside(var task, var _, var _)
        && !task.waitsForItself()) {
      processes.kill(folder(run, at), begin);
    } else {
      begin.run();
    }
  }

  private static void stopTask(Live run, Runnable stopped) {
    if (run.performance == null) {
      stopped.run();
    } else {
      run.performance.stop(stopped);
      run.performance = null;
    }
  }

  private void gone(Live run, Path folder) {
    Optional<Integer> exitCode =
        processes.find(folder, Optional.empty()) instanceof Found.Ended(var code)
            ? Optional.of(code)
            : Optional.empty();
    deliver(run, new RunEvent.Gone(exitCode, processes.outputs(folder)));
  }

  private RunEvent exited(Path folder, Optional<Integer> exitCode) {
    return new RunEvent.Exited(exitCode, processes.outputs(folder), processes.bootId());
  }

  private void finish(RunIntent intent, Optional<RunPlan> plan, RunState state) {
    RunRequest request = intent.request();
    if (state instanceof RunState.Ended(var _, var status, var detailed, var _)) {
      LOG.info(
          "ended run={} association={} status={} detail={}",
          request.runId(),
          request.assignment().association(),
          status.text(),
          detailed);
    }
    listener.reported(request.runId(), RunReport.of(intent, plan, state, ""));
    journal.forget(intent.key());
  }

  /** The state of a run is unreadable: what may be left of it ends, and nobody saw how it went. */
  private void damaged(RunIntent intent) {
    LOG.error("the journal of a run is damaged run={}", intent.request().runId());
    recovering.add(intent);
    List<Path> parts =
        disk.list(intent.folder()).stream()
            .map(part -> root.resolve(intent.folder()).resolve(part))
            .toList();
    endEach(parts, () -> damagedAndEnded(intent));
  }

  private void endEach(List<Path> folders, Runnable done) {
    if (folders.isEmpty()) {
      done.run();
    } else {
      processes.kill(folders.getFirst(), () -> endEach(folders.subList(1, folders.size()), done));
    }
  }

  private void damagedAndEnded(RunIntent intent) {
    recovering.remove(intent);
    RunState ended =
        new RunState.Ended(List.of(), RunStatus.INTERRUPTED, "JournalDamaged", timers.now());
    journal.note(intent.key(), ended);
    begin(intent, ended);
  }

  private Duration timeout(Live run, StepAttempt at) {
    return switch (run.plan.work(at.step())) {
      case Work.Scripts(var scripts) -> scripts.get(at.part()).timeout();
      case Work.Inside(var _, var timeout, var _) -> timeout;
      case Work.Refused _ -> Duration.ZERO;
    };
  }

  private void arm(Live run, Duration delay) {
    disarm(run);
    run.timer = timers.after(delay, () -> deliver(run, new RunEvent.TimeUp()));
  }

  private static void disarm(Live run) {
    if (run.timer != null) {
      run.timer.cancel();
      run.timer = null;
    }
  }

  private Path folder(Live run, StepAttempt at) {
    return root.resolve(run.intent.folder(at));
  }

  private void prune() {
    Set<String> inProgress = new HashSet<>();
    Set<String> parts = new HashSet<>();
    for (Live run : live.values()) {
      inProgress.add(run.intent.folder());
      run.state.inProgress().ifPresent(at -> parts.add(run.intent.folder(at)));
    }
    recovering.forEach(intent -> inProgress.add(intent.folder()));
    folders.prune(inProgress, parts);
  }
}
