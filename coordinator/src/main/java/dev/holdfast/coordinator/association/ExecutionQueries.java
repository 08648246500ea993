package dev.holdfast.coordinator.association;

import com.google.protobuf.Timestamp;
import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Identity;
import dev.holdfast.association.InstanceId;
import dev.holdfast.association.Trigger;
import dev.holdfast.coordinator.admin.Filters;
import dev.holdfast.coordinator.admin.Findings;
import dev.holdfast.coordinator.admin.Pages;
import dev.holdfast.coordinator.admin.Refusal;
import dev.holdfast.coordinator.execution.Tally;
import dev.holdfast.coordinator.execution.Targets;
import dev.holdfast.coordinator.store.Associations;
import dev.holdfast.coordinator.store.Executions;
import dev.holdfast.coordinator.store.Executions.Execution;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.coordinator.store.Runs;
import dev.holdfast.report.RunStatus;
import dev.holdfast.task.Limits;
import dev.holdfast.wire.ReportCodec;
import dev.holdfast.wire.Times;
import dev.holdfast.wire.v1.AssociationExecution;
import dev.holdfast.wire.v1.AssociationExecutionTarget;
import dev.holdfast.wire.v1.DescribeAssociationExecutionTargetsRequest;
import dev.holdfast.wire.v1.DescribeAssociationExecutionTargetsResponse;
import dev.holdfast.wire.v1.DescribeAssociationExecutionsRequest;
import dev.holdfast.wire.v1.DescribeAssociationExecutionsResponse;
import dev.holdfast.wire.v1.Filter;
import dev.holdfast.wire.v1.GetAssociationRunRequest;
import dev.holdfast.wire.v1.GetAssociationRunResponse;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Executions, their targets and runs, as callers see them. */
final class ExecutionQueries {
  /** What an execution's targets are. */
  static final String RESOURCE_TYPE = "ManagedInstance";

  private static final String CREATED_TIME = "CreatedTime";

  private final Predicate<InstanceId> connected;
  private final Waits waits;
  private final Supplier<Instant> clock;

  /**
   * Makes them.
   *
   * @param connected whether an instance's link lives
   * @param waits who waits for a permit
   */
  ExecutionQueries(Predicate<InstanceId> connected, Waits waits, Supplier<Instant> clock) {
    this.connected = connected;
    this.waits = waits;
    this.clock = clock;
  }

  /** The execution with this id, if it is one of the association's, or a refusal. */
  static Execution required(Read read, Associations.Association row, String id) {
    return Executions.find(read, id)
        .filter(execution -> execution.association().equals(row.id()))
        .orElseThrow(
            () ->
                new Refusal(
                    "AssociationExecutionDoesNotExist",
                    "the association has no execution '" + Findings.printable(id) + "'",
                    List.of(
                        new Refusal.Finding(
                            "execution_id", "is no execution of the association"))));
  }

  /** The targets of one execution. */
  List<Targets.Target> targets(Read read, Associations.Association row, Execution execution) {
    return of(read, row).of(execution);
  }

  private Targets of(Read read, Associations.Association row) {
    return Targets.of(
        read,
        row,
        connected,
        (instance, trigger) -> waits.waits(instance, row.id(), trigger),
        clock.get());
  }

  /** How an execution stands as a whole. */
  AssociationExecution whole(Read read, Execution execution) {
    Associations.Association row = Associations.find(read, execution.association()).orElseThrow();
    return toProto(execution, Targets.of(read, row, connected, clock.get()));
  }

  /** A page of an association's executions, newest first. */
  DescribeAssociationExecutionsResponse executions(
      Read read, DescribeAssociationExecutionsRequest request) {
    Associations.Association row = Descriptions.requiredEver(read, request.getAssociationId());
    Filters filters =
        Filters.of(
            inMillis(request.getFiltersList()), Set.of("ExecutionId", "Status", CREATED_TIME));
    List<String> ids = filters.equal("ExecutionId");
    Targets targets = of(read, row);
    Pages.Page<AssociationExecution> page =
        Pages.of(
            request.getPageSize(),
            request.getPageToken(),
            Limits.MAX_EXECUTIONS_SCANNED,
            (after, atMost) -> Executions.behind(read, row.id(), place(after), atMost),
            ExecutionQueries::key,
            execution -> {
              if (!ids.isEmpty() && !ids.contains(execution.id())) {
                return Optional.empty();
              }
              AssociationExecution answer = toProto(execution, targets);
              return filters.holdAny(key -> values(key, execution, answer.getStatus().name()))
                  ? Optional.of(answer)
                  : Optional.empty();
            });
    return DescribeAssociationExecutionsResponse.newBuilder()
        .addAllAssociationExecutions(page.items())
        .setNextPageToken(page.next())
        .build();
  }

  private static String key(Execution execution) {
    return execution.time().toEpochMilli() + " " + execution.position() + " " + execution.id();
  }

  private static Executions.Place place(String key) {
    if (key.isEmpty()) {
      return Executions.Place.NEWEST;
    }
    String[] parts = key.split(" ", -1);
    if (!key.matches("-?\\d{1,18} \\d{1,18} [0-9a-f-]{36}")) {
      throw new Refusal("InvalidNextToken", "the page_token is none that was given out");
    }
    return new Executions.Place(
        Instant.ofEpochMilli(Long.parseLong(parts[0])), Long.parseLong(parts[1]), parts[2]);
  }

  /** Times as numbers, so that they compare. */
  private static List<Filter> inMillis(List<Filter> filters) {
    return filters.stream()
        .map(
            filter ->
                filter.getKey().equals(CREATED_TIME)
                    ? filter.toBuilder()
                        .clearValues()
                        .addAllValues(
                            filter.getValuesList().stream().map(ExecutionQueries::millis).toList())
                        .build()
                    : filter)
        .toList();
  }

  private static String millis(String time) {
    try {
      return Long.toString(Instant.parse(time).toEpochMilli());
    } catch (DateTimeParseException | ArithmeticException e) {
      throw new Refusal(
          "InvalidFilterValue",
          "'" + Findings.printable(time) + "'; a time is written like 2026-11-24T12:00:00Z");
    }
  }

  private static Collection<String> values(String key, Execution execution, String status) {
    return switch (key) {
      case "ExecutionId" -> List.of(execution.id());
      case CREATED_TIME -> List.of(Long.toString(execution.created().toEpochMilli()));
      default -> spellings(status);
    };
  }

  /** A status may be asked for by the name of its enum and in SSM's spelling. */
  private static List<String> spellings(String status) {
    return List.of(status, RunStatus.valueOf(status.substring("RUN_STATUS_".length())).text());
  }

  private static AssociationExecution toProto(Execution execution, Targets targets) {
    Tally tally = Tally.of(targets.of(execution));
    AssociationExecution.Builder answer =
        AssociationExecution.newBuilder()
            .setAssociationId(execution.association().value())
            .setAssociationVersion(execution.associationVersion())
            .setExecutionId(execution.id())
            .setTrigger(execution.trigger().text())
            .setStatus(ReportCodec.toProto(tally.status()))
            .setDetailedStatus(tally.detailedStatus())
            .setCreatedTime(Times.toProto(execution.created()))
            .setLastExecutionDate(Times.toProto(execution.time()))
            .setTargetCount(tally.targets())
            .setAmended(execution.amended())
            .setRecovered(execution.recovered());
    tally.counts().forEach((status, n) -> answer.putResourceCountByStatus(status.text(), n));
    return answer.build();
  }

  /** A page of an execution's targets, in the order of the instances. */
  DescribeAssociationExecutionTargetsResponse targets(
      Read read, DescribeAssociationExecutionTargetsRequest request) {
    Associations.Association row = Descriptions.requiredEver(read, request.getAssociationId());
    Execution execution = required(read, row, request.getExecutionId());
    Filters filters =
        Filters.of(request.getFiltersList(), Set.of("Status", "ResourceId", "ResourceType"));
    List<Targets.Target> all =
        targets(read, row, execution).stream()
            .filter(target -> filters.holdAny(key -> values(key, target)))
            .toList();
    Map<InstanceId, Runs.Run> runs = new HashMap<>();
    Pages.Page<AssociationExecutionTarget> page =
        Pages.of(
            request.getPageSize(),
            request.getPageToken(),
            (after, atMost) -> {
              List<Targets.Target> chunk =
                  all.stream()
                      .filter(target -> target.instance().value().compareTo(after) > 0)
                      .limit(atMost)
                      .toList();
              if (!chunk.isEmpty()) {
                Runs.between(
                        read,
                        execution.id(),
                        chunk.getFirst().instance(),
                        chunk.getLast().instance())
                    .forEach(run -> runs.put(run.instance(), run));
              }
              return chunk;
            },
            target -> target.instance().value(),
            target ->
                Optional.of(
                    toProto(execution, target, Optional.ofNullable(runs.get(target.instance())))));
    return DescribeAssociationExecutionTargetsResponse.newBuilder()
        .addAllAssociationExecutionTargets(page.items())
        .setNextPageToken(page.next())
        .build();
  }

  private static Collection<String> values(String key, Targets.Target target) {
    return switch (key) {
      case "ResourceId" -> List.of(target.instance().value());
      case "ResourceType" -> List.of(RESOURCE_TYPE);
      default -> spellings("RUN_STATUS_" + target.status());
    };
  }

  static AssociationExecutionTarget toProto(
      Execution execution, Targets.Target target, Optional<Runs.Run> reported) {
    if (reported.isPresent()) {
      return toProto(reported.get(), target);
    }
    AssociationExecutionTarget.Builder answer =
        answer(execution.association(), execution.trigger(), target)
            .setAssociationVersion(execution.associationVersion())
            .setExecutionId(execution.id())
            .setRunId(
                Identity.runId(target.instance(), execution.association(), execution.trigger()));
    return answer.build();
  }

  /** A target that has reported: its run says all, also when its execution is no longer kept. */
  static AssociationExecutionTarget toProto(Runs.Run run, Targets.Target target) {
    AssociationExecutionTarget.Builder answer =
        answer(run.association(), Trigger.parse(run.trigger()).orElseThrow(), target)
            .setExecutionId(run.executionId())
            .setRunId(run.id())
            .setAssociationVersion(run.associationVersion())
            .setAttempt(run.attempt())
            .setReason(target.derived() ? target.reason() : run.reason())
            .setCaughtUp(run.caughtUp())
            .setMissedTicks(run.missedTicks())
            .setLastExecutionDate(time(run.ended().or(run::started).orElse(run.received())));
    run.started().ifPresent(at -> answer.setStartTime(time(at)));
    run.ended().ifPresent(at -> answer.setEndTime(time(at)));
    return answer.build();
  }

  private static AssociationExecutionTarget.Builder answer(
      AssociationId association, Trigger trigger, Targets.Target target) {
    AssociationExecutionTarget.Builder answer =
        AssociationExecutionTarget.newBuilder()
            .setAssociationId(association.value())
            .setResourceId(target.instance().value())
            .setResourceType(RESOURCE_TYPE)
            .setStatus(ReportCodec.toProto(target.status()))
            .setDetailedStatus(target.detailedStatus())
            .setDerived(target.derived())
            .setReason(target.reason());
    if (trigger instanceof Trigger.Tick(var at)) {
      answer.setScheduledTime(Times.toProto(at));
    }
    return answer;
  }

  /** The target of a run as the run says it. */
  static Targets.Target reported(Runs.Run run) {
    return new Targets.Target(run.instance(), run.status(), run.detailedStatus(), false);
  }

  private static Timestamp time(Instant at) {
    return Times.toProto(at);
  }

  /** A run with its steps and what they put out. */
  GetAssociationRunResponse run(Read read, GetAssociationRunRequest request) {
    Runs.Run run =
        Runs.find(read, request.getRunId())
            .orElseThrow(
                () ->
                    new Refusal(
                        "AssociationRunDoesNotExist",
                        "nothing was reported of a run '"
                            + Findings.printable(request.getRunId())
                            + "', or it is no longer kept; DescribeAssociationExecutionTargets says"
                            + " how a target ended, and why one has not run",
                        List.of(new Refusal.Finding("run_id", "is no reported run"))));
    Targets.Target target =
        Executions.find(read, run.executionId())
            .filter(_ -> run.status() == RunStatus.IN_PROGRESS)
            .flatMap(execution -> overlaid(read, execution, run.instance()))
            .orElse(reported(run));
    return GetAssociationRunResponse.newBuilder()
        .setTarget(toProto(run, target))
        .setDocumentVersion(run.documentVersion())
        .addAllSteps(StepForm.steps(run.steps()))
        .build();
  }

  private Optional<Targets.Target> overlaid(Read read, Execution execution, InstanceId instance) {
    Associations.Association row = Associations.find(read, execution.association()).orElseThrow();
    return targets(read, row, execution).stream()
        .filter(target -> target.instance().equals(instance))
        .findFirst();
  }
}
