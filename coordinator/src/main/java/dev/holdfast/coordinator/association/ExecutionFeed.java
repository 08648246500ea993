package dev.holdfast.coordinator.association;

import dev.holdfast.coordinator.admin.Calls;
import dev.holdfast.coordinator.admin.Feeds;
import dev.holdfast.coordinator.admin.Findings;
import dev.holdfast.coordinator.admin.Refusal;
import dev.holdfast.coordinator.execution.Targets;
import dev.holdfast.coordinator.store.Executions;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.coordinator.store.Runs;
import dev.holdfast.coordinator.store.Sight;
import dev.holdfast.coordinator.trust.Caller;
import dev.holdfast.report.RunStatus;
import dev.holdfast.wire.ReportCodec;
import dev.holdfast.wire.v1.AssociationExecution;
import dev.holdfast.wire.v1.RunProgress;
import dev.holdfast.wire.v1.RunStep;
import dev.holdfast.wire.v1.WatchAssociationExecutionRequest;
import dev.holdfast.wire.v1.WatchAssociationExecutionResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * How one execution gets on: first what its runs have told after a cursor, then what they tell, and
 * how it stands as a whole whenever that is otherwise. Reading is spaced, so that a watcher costs
 * no more than a little however much is reported.
 */
final class ExecutionFeed implements Feeds.Source<WatchAssociationExecutionResponse> {
  /** Runs that are read at once: each may have put out much. */
  static final int CHUNK = 10;

  /** The rows are read no more often. */
  static final Duration READ_APART = Duration.ofMillis(200);

  /** The whole is counted no more often, nor for more than a hundredth of the time. */
  static final Duration COUNT_APART = Duration.ofSeconds(1);

  private static final int COUNT_SHARE = 100;

  private final Calls calls;
  private final Sight sight;
  private final ExecutionQueries queries;
  private final Supplier<Duration> uptime;
  private final String id;
  private long change;
  private Duration nextRead;
  private Duration nextCount;
  private Optional<AssociationExecution> told = Optional.empty();

  private ExecutionFeed(
      Calls calls,
      Sight sight,
      ExecutionQueries queries,
      Supplier<Duration> uptime,
      String id,
      long change) {
    this.calls = calls;
    this.sight = sight;
    this.queries = queries;
    this.uptime = uptime;
    this.id = id;
    this.change = change;
    this.nextRead = uptime.get();
    this.nextCount = uptime.get();
  }

  /** Of an execution that is there, or a refusal. */
  static ExecutionFeed of(
      Calls calls,
      ExecutionQueries queries,
      Supplier<Duration> uptime,
      WatchAssociationExecutionRequest request) {
    String cursor = request.getCursor();
    if (!cursor.isEmpty() && !cursor.matches("\\d{1,18}")) {
      throw new Refusal(
          "InvalidNextToken",
          "the cursor is none that was given out",
          List.of(new Refusal.Finding("cursor", "is none that was given out")));
    }
    String id = request.getExecutionId();
    Sight sight = Caller.sight();
    calls.view(sight, read -> required(read, id));
    return new ExecutionFeed(
        calls, sight, queries, uptime, id, cursor.isEmpty() ? 0 : Long.parseLong(cursor));
  }

  private static Executions.Execution required(Read read, String id) {
    return Executions.find(read, id)
        .orElseThrow(
            () ->
                new Refusal(
                    "AssociationExecutionDoesNotExist",
                    "there is no execution '" + Findings.printable(id) + "'",
                    List.of(new Refusal.Finding("execution_id", "is no execution"))));
  }

  /** After which it begins. */
  String cursor() {
    return Long.toString(change);
  }

  @Override
  public Feeds.Chunk<WatchAssociationExecutionResponse> next() {
    Duration now = uptime.get();
    if (now.compareTo(nextRead) < 0) {
      return idle(nextRead.minus(now));
    }
    return calls.view(sight, this::read);
  }

  private Feeds.Chunk<WatchAssociationExecutionResponse> read(Read read) {
    Executions.Execution execution = required(read, id);
    List<Feeds.Item<WatchAssociationExecutionResponse>> items = new ArrayList<>();
    List<Runs.Changed> changed = Runs.changed(read, id, change, CHUNK);
    for (Runs.Changed one : changed) {
      change = one.change();
      items.add(
          item(
              WatchAssociationExecutionResponse.newBuilder()
                  .setRun(progress(execution, one.run()))));
    }
    if (changed.size() == CHUNK) {
      return new Feeds.Chunk<>(items, true, false, Optional.empty());
    }
    Duration now = uptime.get();
    nextRead = now.plus(READ_APART);
    if (now.compareTo(nextCount) < 0) {
      return new Feeds.Chunk<>(items, false, false, Optional.of(nextCount.minus(now)));
    }
    AssociationExecution whole = queries.whole(read, execution);
    Duration cost = uptime.get().minus(now).multipliedBy(COUNT_SHARE);
    nextCount = now.plus(cost.compareTo(COUNT_APART) > 0 ? cost : COUNT_APART);
    if (!told.equals(Optional.of(whole))) {
      told = Optional.of(whole);
      items.add(item(WatchAssociationExecutionResponse.newBuilder().setExecution(whole)));
    }
    boolean over = ReportCodec.fromProto(whole.getStatus()).terminal();
    return new Feeds.Chunk<>(items, false, over, Optional.empty());
  }

  private Feeds.Item<WatchAssociationExecutionResponse> item(
      WatchAssociationExecutionResponse.Builder message) {
    return new Feeds.Item<>(message.setCursor(cursor()).build(), cursor());
  }

  private static Feeds.Chunk<WatchAssociationExecutionResponse> idle(Duration again) {
    return new Feeds.Chunk<>(List.of(), false, false, Optional.of(again));
  }

  private static RunProgress progress(Executions.Execution execution, Runs.Run run) {
    RunProgress.Builder progress =
        RunProgress.newBuilder()
            .setTarget(
                ExecutionQueries.toProto(
                    execution,
                    new Targets.Target(run.instance(), run.status(), run.detailedStatus(), false),
                    Optional.of(run)));
    for (RunStep step : StepForm.steps(run.steps())) {
      boolean whole =
          run.status().terminal()
              || ReportCodec.fromProto(step.getStatus()) == RunStatus.IN_PROGRESS;
      progress.addSteps(whole ? step : step.toBuilder().clearStdout().clearStderr().build());
    }
    return progress.build();
  }
}
