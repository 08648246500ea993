package dev.holdfast.agent.run;

import dev.holdfast.agent.disk.Disk;
import dev.holdfast.agent.policy.Standing;
import dev.holdfast.agent.process.Processes;
import dev.holdfast.agent.run.RunPlan.Planning;
import dev.holdfast.agent.step.Outcome;
import dev.holdfast.agent.step.Performer;
import dev.holdfast.agent.step.Performer.Performance;
import dev.holdfast.agent.step.Performer.Place;
import dev.holdfast.agent.step.StepPlanner;
import dev.holdfast.agent.step.Work;
import dev.holdfast.association.AssociationId;
import dev.holdfast.document.DocumentReader;
import dev.holdfast.report.Report;
import dev.holdfast.report.RunStatus;
import dev.holdfast.task.Failpoints;
import dev.holdfast.task.RunLimits;
import dev.holdfast.task.Timers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Performs what {@link RunMachine} decides: a state is on disk before anything that follows from it
 * happens. Whatever outlived the agent is found again in {@link #recover}.
 */
public final class DocumentRunner implements Runner {
  private static final Logger LOG = LoggerFactory.getLogger("run");

  private final RunListener listener;
  private final Path root;
  private final Processes processes;
  private final Timers timers;
  private final Performer performer;
  private final Secrets secrets;
  private final Runnable reboot;
  private final RunPlanner plans;
  private final RunJournal journal;
  private final RunFolders folders;
  private final RunScripts scripts;
  private final ChildRuns children;
  private final Map<String, LiveRun> live = new LinkedHashMap<>();
  private final DamagedRuns damaged;

  /**
   * With all that it works on.
   *
   * @param disk the state folder
   * @param root the same folder, for the processes
   * @param reboot asks for a reboot of the host: a step's exit code said so, and that is on disk
   * @param policy what the host allows: asked before a run or a document within one starts
   * @param failpoints where a test may end the program
   */
  public DocumentRunner(
      RunListener listener,
      Disk disk,
      Path root,
      Processes processes,
      Timers timers,
      StepPlanner planner,
      Performer performer,
      Secrets secrets,
      Runnable reboot,
      Supplier<Standing> policy,
      Failpoints failpoints) {
    this.listener = listener;
    this.root = root;
    this.processes = processes;
    this.timers = timers;
    this.performer = performer;
    this.secrets = secrets;
    this.reboot = reboot;
    this.plans =
        new RunPlanner(
            bytes -> {
              failpoints.reach(Failpoints.READING_DOCUMENT, bytes);
              return DocumentReader.read(bytes);
            },
            planner,
            policy);
    this.journal = new RunJournal(disk);
    this.folders = new RunFolders(disk, root, processes);
    this.scripts =
        new RunScripts(
            listener,
            processes,
            timers,
            folders,
            root,
            planner.host().workingFolder(),
            failpoints,
            this::deliver);
    this.damaged = new DamagedRuns(processes, folders, this::damagedAndEnded);
    this.children = new ChildRuns(journal, performer, root, timers, live, damaged, new Family());
  }

  @Override
  public void start(RunRequest request) {
    RunIntent intent = new RunIntent(request, timers.now());
    if (outermost(request.runId()).isPresent()) {
      throw new IllegalStateException("the run " + request.runId() + " is in progress already");
    }
    journal.begin(intent);
    LOG.info(
        "started run={} association={} trigger={} attempt={}",
        request.runId(),
        request.assignment().association(),
        request.trigger().text(),
        request.attempt());
    begin(intent, new RunState.Ready(List.of()), false);
  }

  @Override
  public void cancel(String runId) {
    outermost(runId).ifPresent(run -> deliver(run, new RunEvent.Cancel()));
  }

  @Override
  public Set<AssociationId> active() {
    return Stream.concat(live.values().stream().map(run -> run.intent), damaged.intents().stream())
        .map(intent -> intent.request().assignment().association())
        .collect(Collectors.toUnmodifiableSet());
  }

  @Override
  public void recover(Set<String> abandoned) {
    List<String> keys =
        journal.keys().stream()
            .filter(key -> abandoned.stream().noneMatch(run -> RunIntent.of(key, run)))
            .toList();
    journal.keys().stream()
        .filter(key -> !keys.contains(key) && !RunIntent.nested(key))
        .forEach(key -> damaged.endEach(folders.partsOf(key), () -> journal.forget(key)));
    for (String key : keys.stream().filter(key -> !RunIntent.nested(key)).toList()) {
      Optional<RunIntent> intent = journal.intent(key);
      Optional<RunState> state = journal.state(key);
      if (intent.isEmpty()) {
        // The intent is written whole before anything starts: without one nothing did.
        LOG.warn("a run without a readable intent is forgotten key={}", key);
        journal.forget(key);
      } else if (state.isEmpty()) {
        damaged.end(intent.get());
      } else {
        begin(intent.get(), state.get(), false);
      }
    }
    keys.stream().filter(RunIntent::nested).forEach(children::forgetOrphan);
    prune();
  }

  private Optional<LiveRun> outermost(String runId) {
    return live.values().stream()
        .filter(run -> run.intent.depth() == 0 && run.intent.request().runId().equals(runId))
        .findFirst();
  }

  /** Takes up a run where it is, to go on or to be cancelled. */
  private void begin(RunIntent intent, RunState state, boolean cancelled) {
    switch (plans.plan(intent, state)) {
      case Planning.Refused refused ->
          // What an earlier life started is not left behind.
          damaged.endEach(
              state.inProgress().isPresent() ? folders.parts(intent.folder()) : List.of(),
              () -> refuse(intent, state, refused));
      case Planning.Planned(var plan) -> {
        LiveRun run =
            new LiveRun(intent, plan, new RunSecrets(secrets, journal, intent, plan), state);
        live.put(intent.key(), run);
        if (cancelled && !(state instanceof RunState.Ending || state instanceof RunState.Ended)) {
          deliver(run, new RunEvent.Cancel());
        } else {
          resume(run);
        }
      }
    }
  }

  private void refuse(RunIntent intent, RunState state, Planning.Refused refused) {
    RunState.Ended ended =
        state instanceof RunState.Ended before ? before : refused.ended(timers.now());
    journal.note(intent.key(), ended);
    finish(intent, Optional.empty(), ended, refused.detailedStatus() + ": " + refused.reason());
  }

  /** What has to happen for a run in this state, when nothing is known of what happened since. */
  private void resume(LiveRun run) {
    switch (run.state) {
      case RunState.Ready _ -> run.secrets.then(() -> go(run));
      case RunState.Begun(var _, var at) -> scripts.found(run, at, Optional.empty());
      case RunState.Running(var _, var at, var process) ->
          scripts.found(run, at, Optional.of(process));
      case RunState.Working(var _, var at) -> again(run, at);
      case RunState.Ending(var _, var at, var _) -> perform(run, new RunEffect.Kill(at));
      case RunState.Rebooting(var _, var _, var bootId, var since) -> {
        if (!processes.bootId().equals(bootId)) {
          run.secrets.then(() -> deliver(run, new RunEvent.Rebooted()));
        } else {
          Duration waited = Duration.between(since, timers.now());
          arm(run, RunLimits.REBOOT_WAIT.minus(waited.isNegative() ? Duration.ZERO : waited));
        }
      }
      case RunState.Ended _ -> perform(run, new RunEffect.Finish());
    }
  }

  /** Starts the first step, if the run has the secrets that it refers to. */
  private void go(LiveRun run) {
    if (run.state instanceof RunState.Ready && run.secrets.missing().isPresent()) {
      run.state = run.plan.refused(run.secrets.missing().get()).ended(timers.now());
      journal.note(run.intent.key(), run.state);
      perform(run, new RunEffect.Finish());
    } else {
      deliver(run, new RunEvent.Go());
    }
  }

  private void deliver(LiveRun run, RunEvent event) {
    RunMachine.Next next = RunMachine.on(run.plan, run.state, event, timers.now());
    if (!next.state().equals(run.state)) {
      boolean ended = next.state().results().size() > run.state.results().size();
      journal.note(run.intent.key(), next.state());
      run.state = next.state();
      run.disarm();
      run.tail.cancel();
      if (ended) {
        prune();
      }
    }
    next.effects().forEach(effect -> perform(run, effect));
  }

  private void perform(LiveRun run, RunEffect effect) {
    switch (effect) {
      case RunEffect.Progress _ -> {
        if (run.intent.depth() == 0) {
          listener.reported(
              run.intent.request().runId(),
              RunReport.of(run.intent, Optional.of(run.plan), run.state, run.waits));
        }
      }
      case RunEffect.StartScript(var at) ->
          run.secrets.then(at.step(), () -> scripts.start(run, at));
      case RunEffect.Watch(var at) -> {
        if (run.state instanceof RunState.Running(var _, var _, var process)) {
          scripts.watch(run, at, process);
          arm(run, run.plan.timeout(at));
        }
      }
      case RunEffect.DoTask(var at) -> run.secrets.then(at.step(), () -> doTask(run, at));
      case RunEffect.BeginChild(var at) -> {
        run.plan.childTimeout(at, timers.now()).ifPresent(left -> arm(run, left));
        children.begin(run, at);
      }
      case RunEffect.Kill(var at) -> {
        if (run.plan.work(at.step()) instanceof Work.Child) {
          children.stop(run, at);
        } else {
          Path folder = folder(run, at);
          run.stopTask(() -> processes.kill(folder, () -> scripts.gone(run, at)));
        }
      }
      case RunEffect.AskReboot _ -> {
        arm(run, RunLimits.REBOOT_WAIT);
        reboot.run();
      }
      case RunEffect.Finish _ -> {
        live.remove(run.intent.key());
        String missing = run.secrets.missing().orElse("");
        run.secrets.forget();
        if (run.state instanceof RunState.Ended ended) {
          finish(run.intent, Optional.of(run.plan), ended, missing);
        }
      }
    }
  }

  private void doTask(LiveRun run, StepAttempt at) {
    if (!run.works(at)) {
      return; // cancelled by whoever heard of the progress
    }
    if (run.secrets.missing(at.step()).isPresent()) {
      deliver(run, new RunEvent.Worked(Outcome.failed(run.secrets.missing(at.step()).get())));
      return;
    }
    switch (run.secrets.work(at.step())) {
      case Work.Inside(var task, var timeout, var _) -> {
        arm(run, timeout);
        Performance performance =
            performer.perform(
                task.after(run.state.results()),
                new Place(
                    run.intent.request().runId(),
                    run.intent.request().assignment().association(),
                    folder(run, at),
                    root.resolve(run.intent.downloads()),
                    run.intent.request().children()),
                outcome -> {
                  run.performance = null;
                  deliver(run, new RunEvent.Worked(run.secrets.masked(outcome)));
                });
        if (run.works(at)) {
          run.performance = performance;
          performance.onWaiting(
              reason -> {
                run.waits = reason;
                perform(run, new RunEffect.Progress());
              });
        }
      }
      case Work.Refused(var reason) ->
          deliver(run, new RunEvent.Worked(run.secrets.masked(Outcome.failed(reason))));
      case Work.Scripts _, Work.Child _, Work.Nothing _ ->
          throw new IllegalStateException("a step of this kind has no task inside the agent");
    }
  }

  /** A task that an end of the agent cut off: what is left of it ends, and it is begun anew. */
  private void again(LiveRun run, StepAttempt at) {
    Runnable begin = () -> perform(run, new RunEffect.DoTask(at));
    switch (run.plan.work(at.step())) {
      case Work.Child _ -> perform(run, new RunEffect.BeginChild(at));
      case Work.Inside(var task, var _, var _) when task.waitsForItself() -> begin.run();
      case Work.Inside _, Work.Scripts _, Work.Nothing _, Work.Refused _ ->
          processes.kill(folder(run, at), begin);
    }
  }

  private void finish(
      RunIntent intent, Optional<RunPlan> plan, RunState.Ended ended, String refusal) {
    if (intent.depth() > 0) {
      children.ended(intent, ended, refusal);
      return;
    }
    RunRequest request = intent.request();
    LOG.info(
        "ended run={} association={} status={} detail={}",
        request.runId(),
        request.assignment().association(),
        ended.status().text(),
        ended.detailedStatus());
    Report.Run report = RunReport.of(intent, plan, ended, "");
    // Where there is no step that could say why, the run does.
    listener.reported(
        request.runId(),
        report.steps().isEmpty() && !refusal.isEmpty()
            ? report.saying(report.detailedStatus(), Reasons.bounded(refusal))
            : report);
    journal.forget(intent.key());
  }

  private void damagedAndEnded(RunIntent intent) {
    RunState ended =
        new RunState.Ended(List.of(), RunStatus.INTERRUPTED, "JournalDamaged", timers.now());
    journal.note(intent.key(), ended);
    begin(intent, ended, false);
  }

  private Path folder(LiveRun run, StepAttempt at) {
    return root.resolve(run.intent.folder(at));
  }

  private void prune() {
    folders.prune(live.values(), damaged.intents());
  }

  private void arm(LiveRun run, Duration delay) {
    run.arm(timers, delay, () -> deliver(run, new RunEvent.TimeUp()));
  }

  /** What documents need of the runs that they are within. */
  private final class Family implements ChildRuns.Parents {
    @Override
    public void takeUp(RunIntent intent, RunState state, boolean cancelled) {
      begin(intent, state, cancelled);
    }

    @Override
    public void deliver(LiveRun run, RunEvent event) {
      DocumentRunner.this.deliver(run, event);
    }
  }
}
