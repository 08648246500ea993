package dev.holdfast.agent.run;

import com.google.protobuf.ByteString;
import dev.holdfast.agent.process.Processes.Outputs;
import dev.holdfast.agent.step.Outcome;
import dev.holdfast.agent.step.Performer;
import dev.holdfast.agent.step.Performer.Reading;
import dev.holdfast.agent.step.Work;
import dev.holdfast.agent.step.Work.ChildSource;
import dev.holdfast.document.DocumentLimits;
import dev.holdfast.document.Value;
import dev.holdfast.report.RunStatus;
import dev.holdfast.task.RunLimits;
import dev.holdfast.task.Timers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The documents that steps run (spec.md section 2.1). Each is a run of its own with an intent in
 * the journal, under a key made of its parent's and of the start of the step. The order of what is
 * on disk: the parent works at the step; the child's intent; all of the child, to its end; the
 * parent has the end; the child is forgotten. So whoever finds the parent at the step takes up the
 * child if there is one in the journal, and begins it if there is none.
 */
final class ChildRuns {
  private final RunJournal journal;
  private final Performer performer;
  private final Path root;
  private final Timers timers;
  private final Map<String, LiveRun> live;
  private final DamagedRuns damaged;
  private final Parents parents;

  /** The runner, as this sees it. */
  interface Parents {
    /** Takes up a document where it is, to go on or to be cancelled. */
    void takeUp(RunIntent intent, RunState state, boolean cancelled);

    /** Tells a run what happened. */
    void deliver(LiveRun run, RunEvent event);
  }

  /**
   * For the runs of one runner.
   *
   * @param live those that have not ended, by their keys
   */
  ChildRuns(
      RunJournal journal,
      Performer performer,
      Path root,
      Timers timers,
      Map<String, LiveRun> live,
      DamagedRuns damaged,
      Parents parents) {
    this.journal = journal;
    this.performer = performer;
    this.root = root;
    this.timers = timers;
    this.live = live;
    this.damaged = damaged;
    this.parents = parents;
  }

  /** Begins the document of a step, or takes it up; its end is told to the parent. */
  void begin(LiveRun parent, StepAttempt at) {
    if (!parent.works(at)) {
      return; // cancelled by whoever heard of the progress
    }
    if (!(parent.plan.work(at.step()) instanceof Work.Child(var source, var values, var _))) {
      throw new IllegalStateException("a step of this kind runs no document");
    }
    if (journal.has(parent.intent.childKey(at))) {
      takeUp(parent, at, false);
      return;
    }
    if (parent.intent.depth() >= RunLimits.MAX_NESTED_DOCUMENTS) {
      failed(
          parent,
          "NestedTooDeep: documents that run documents may be nested "
              + RunLimits.MAX_NESTED_DOCUMENTS
              + " deep; this would be one more");
      return;
    }
    switch (source) {
      case ChildSource.Stored(var reference) -> {
        ByteString bytes = parent.intent.request().children().get(reference);
        if (bytes == null) {
          failed(
              parent,
              "InvalidDocument: the document '"
                  + reference
                  + "' did not come with this run; documentPath has to name one that the"
                  + " coordinator has");
        } else {
          start(parent, at, bytes, values);
        }
      }
      case ChildSource.Local(var path) -> read(parent, at, path, values);
    }
  }

  /** Ends the document of a step that is being ended, then tells the parent that it is gone. */
  void stop(LiveRun parent, StepAttempt at) {
    String key = parent.intent.childKey(at);
    LiveRun child = live.get(key);
    if (child != null) {
      parents.deliver(child, new RunEvent.Cancel());
    } else if (journal.has(key)) {
      takeUp(parent, at, true);
    } else {
      parent.stopTask(
          () -> parents.deliver(parent, new RunEvent.Gone(Optional.of(0), Outputs.NONE)));
    }
  }

  /**
   * A document has ended: the parent is told, and then the journal forgets it.
   *
   * @param refusal why it could not start; empty if it could
   */
  void ended(RunIntent child, RunState.Ended ended, String refusal) {
    tell(child.key(), ChildEnd.of(ended, refusal));
    journal.forget(child.key());
  }

  /** Whether a run in progress is at the step that runs the document with this key. */
  boolean wanted(String key) {
    return parent(key).isPresent();
  }

  /** Forgets a document whose end its parent had, in the life before this one. */
  void forgetOrphan(String key) {
    boolean ending = damaged.intents().stream().anyMatch(run -> key.startsWith(run.key()));
    if (!ending && !wanted(key)) {
      journal.forget(key);
    }
  }

  private Optional<LiveRun> parent(String key) {
    return Optional.ofNullable(live.get(key.substring(0, key.lastIndexOf('.'))))
        .filter(
            run ->
                run.state.inProgress().map(run.intent::childKey).filter(key::equals).isPresent());
  }

  private void tell(String key, RunEvent.ChildEnded end) {
    parent(key)
        .ifPresent(
            run ->
                parents.deliver(
                    run,
                    run.state instanceof RunState.Ending
                        ? new RunEvent.Gone(Optional.of(end.exitCode()), end.outputs())
                        : end));
  }

  private void takeUp(LiveRun parent, StepAttempt at, boolean cancelled) {
    String key = parent.intent.childKey(at);
    Optional<RunIntent> intent = journal.intent(key);
    if (intent.isEmpty()) {
      damaged.endEach(
          damaged.parts(parent.intent.folder(at)),
          () -> {
            tell(
                key,
                new RunEvent.ChildEnded(
                    RunStatus.INTERRUPTED,
                    1,
                    Outputs.NONE,
                    false,
                    List.of(),
                    "JournalDamaged: what was noted of the document can't be read"));
            journal.forget(key);
          });
      return;
    }
    journal
        .state(key)
        .ifPresentOrElse(
            state -> parents.takeUp(intent.get(), state, cancelled),
            () -> damaged.end(intent.get()));
  }

  private void read(LiveRun parent, StepAttempt at, String path, Map<String, Value> values) {
    Path downloads = root.resolve(parent.intent.downloads());
    Path file = downloads.resolve(path).normalize();
    if (!path.startsWith("/") && !file.startsWith(downloads)) {
      failed(
          parent,
          "InvalidInputs: documentPath is '"
              + path
              + "'; a relative one has to stay below what the run downloads");
      return;
    }
    parent.performance =
        performer.read(
            file,
            DocumentLimits.MAX_BYTES,
            reading -> {
              parent.performance = null;
              if (parent.works(at)) {
                switch (reading) {
                  case Reading.Content(var bytes) -> start(parent, at, bytes, values);
                  case Reading.Unreadable(var reason) ->
                      failed(parent, "InvalidDocument: " + reason);
                }
              }
            });
  }

  private void start(
      LiveRun parent, StepAttempt at, ByteString document, Map<String, Value> values) {
    RunIntent child = parent.intent.child(at, document, values, timers.now());
    journal.begin(child);
    parents.takeUp(child, new RunState.Ready(List.of()), false);
  }

  private void failed(LiveRun parent, String reason) {
    parents.deliver(parent, new RunEvent.Worked(Outcome.failed(reason)));
  }
}
