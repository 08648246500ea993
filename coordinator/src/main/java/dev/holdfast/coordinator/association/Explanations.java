package dev.holdfast.coordinator.association;

import dev.holdfast.assignment.AssignmentReference;
import dev.holdfast.assignment.AssignmentSet;
import dev.holdfast.assignment.CalendarReference;
import dev.holdfast.assignment.Generation;
import dev.holdfast.association.InstanceId;
import dev.holdfast.association.Trigger;
import dev.holdfast.coordinator.admin.GroupForm;
import dev.holdfast.coordinator.admin.InstanceForm;
import dev.holdfast.coordinator.admin.Linked;
import dev.holdfast.coordinator.execution.Openings;
import dev.holdfast.coordinator.execution.Targets;
import dev.holdfast.coordinator.execution.Ticks;
import dev.holdfast.coordinator.explain.ExplainRule;
import dev.holdfast.coordinator.explain.Facts;
import dev.holdfast.coordinator.explain.Reason;
import dev.holdfast.coordinator.store.Associations;
import dev.holdfast.coordinator.store.Compliance;
import dev.holdfast.coordinator.store.EventLog;
import dev.holdfast.coordinator.store.Executions;
import dev.holdfast.coordinator.store.InstanceState;
import dev.holdfast.coordinator.store.Instances;
import dev.holdfast.coordinator.store.Memberships;
import dev.holdfast.coordinator.store.Memberships.Membership;
import dev.holdfast.coordinator.store.Meta;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.coordinator.store.Runs;
import dev.holdfast.coordinator.targeting.Matcher;
import dev.holdfast.coordinator.targeting.Query;
import dev.holdfast.coordinator.targeting.Subject;
import dev.holdfast.report.RunStatus;
import dev.holdfast.schedule.Splay;
import dev.holdfast.wire.ComplianceCodec;
import dev.holdfast.wire.Times;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.ExplainAssociationRequest;
import dev.holdfast.wire.v1.ExplainAssociationResponse;
import dev.holdfast.wire.v1.ExplanationReason;
import dev.holdfast.wire.v1.RunStep;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Says why an association runs, or does not, on an instance: gathers what is known of the two. */
final class Explanations {
  /** Executions of an association that are looked through, the newest first. */
  private static final int LOOKED_THROUGH = 50;

  /** What was asked for and has not started: more than a few say nothing more. */
  private static final int OUTSTANDING = 5;

  /** How a step that waits for another run begins its reason. */
  private static final String STEP_WAITS = "waiting: ";

  private final Predicate<InstanceId> connected;
  private final Linked linked;
  private final Supplier<Instant> clock;

  /**
   * Makes them.
   *
   * @param connected whether an instance's link lives
   * @param linked what the links know
   */
  Explanations(Predicate<InstanceId> connected, Linked linked, Supplier<Instant> clock) {
    this.connected = connected;
    this.linked = linked;
    this.clock = clock;
  }

  /** The answer. */
  ExplainAssociationResponse explain(Read read, ExplainAssociationRequest request) {
    Associations.Association row = Descriptions.required(read, request.getAssociationId());
    Instances.Instance instance = InstanceForm.required(read, request.getInstanceId());
    Association content = AssociationDesk.content(read, row);
    Subject subject = Targeting.subject(read, instance);
    Query query = AssociationForm.query(content);
    Optional<Linked.Standing> standing = linked.standing(instance.id());
    History history = history(read, row, instance.id());
    Facts facts = facts(read, row, content, instance, subject, standing, history);

    ExplainAssociationResponse.Builder answer =
        ExplainAssociationResponse.newBuilder()
            .setTargeted(facts.memberSince().isPresent())
            .addAllMatchedBy(Matcher.reasons(query, subject, GroupForm.groups(read)));
    holding(read, row, facts, standing, answer);
    nextRun(facts).ifPresent(at -> answer.setNextRun(Times.toProto(at)));
    for (Reason reason : ExplainRule.decide(facts)) {
      ExplanationReason.Builder told =
          ExplanationReason.newBuilder().setCode(reason.code().name()).setMessage(reason.message());
      reason.since().ifPresent(since -> told.setSince(Times.toProto(since)));
      answer.addReasons(told);
    }
    history.current.ifPresent(
        run ->
            answer.setLastRun(
                ExecutionQueries.toProto(
                    run,
                    Executions.find(read, run.executionId())
                        .flatMap(execution -> history.targets.target(execution, instance.id()))
                        .orElse(ExecutionQueries.reported(run)))));
    Compliance.find(read, instance.id(), Compliance.ASSOCIATION, row.id().value())
        .ifPresent(item -> answer.setCompliance(ComplianceCodec.toProto(item.status())));
    return answer.build();
  }

  /** What was asked of an instance, and what came of it. */
  private record History(
      Targets targets,
      Optional<Runs.Run> current,
      List<Facts.Outstanding> outstanding,
      Optional<Facts.Ended> last) {}

  private History history(Read read, Associations.Association row, InstanceId instance) {
    Targets targets = Targets.ofOne(read, row, instance, connected, _ -> false, clock.get());
    List<Facts.Outstanding> outstanding = new ArrayList<>();
    Optional<Facts.Ended> last = Optional.empty();
    for (Executions.Execution execution :
        Executions.behind(read, row.id(), Executions.Place.NEWEST, LOOKED_THROUGH)) {
      Optional<Targets.Target> target = targets.target(execution, instance);
      if (target.isEmpty() || target.get().status() == RunStatus.IN_PROGRESS) {
        continue;
      }
      if (target.get().status() == RunStatus.PENDING) {
        if (outstanding.size() < OUTSTANDING) {
          outstanding.add(new Facts.Outstanding(execution.trigger(), execution.time()));
        }
      } else if (last.isEmpty()) {
        last =
            Optional.of(
                new Facts.Ended(
                    execution.trigger().text(),
                    target.get().status().text(),
                    target.get().detailedStatus(),
                    execution.time()));
      }
    }
    Optional<Runs.Run> current =
        Runs.current(read, instance, row.id()).flatMap(now -> Runs.find(read, now.runId()));
    if (last.isEmpty()) {
      last =
          current
              .filter(run -> run.status().terminal())
              .map(
                  run ->
                      new Facts.Ended(
                          run.trigger(),
                          run.status().text(),
                          run.detailedStatus(),
                          run.ended().orElse(run.received())));
    }
    return new History(targets, current, outstanding, last);
  }

  private Facts facts(
      Read read,
      Associations.Association row,
      Association content,
      Instances.Instance instance,
      Subject subject,
      Optional<Linked.Standing> standing,
      History history) {
    Instant now = clock.get();
    Optional<Instant> member =
        Memberships.between(read, instance.id(), row.id()).stream()
            .filter(interval -> interval.leftPosition().isEmpty())
            .map(Membership::entered)
            .findFirst();
    Optional<String> problem =
        row.revision().isPresent()
            ? Optional.empty()
            : Optional.of(Revisions.problem(read, content).orElse("its document is gone"));
    Optional<Instant> nextTick =
        Associations.inForce(read, row.id()).stream()
            .reduce((_, newer) -> newer)
            .filter(_ -> content.getEnabled())
            .flatMap(schedule -> Ticks.next(schedule, now));
    Openings openings = new Openings(read);
    List<CalendarReference> calendars = Calendars.of(read, content).found();
    return new Facts(
        now,
        instance.state() == InstanceState.ACTIVE,
        member,
        member.isPresent() ? "" : missing(read, content, subject),
        problem,
        content.getEnabled(),
        content.getApplyOnlyAtCronInterval(),
        nextTick,
        Splay.of(instance.id(), row.id(), content.getScheduleSplaySeconds()),
        connected.test(instance.id())
            ? Optional.empty()
            : Optional.of(instance.lastSeen().orElse(instance.registered())),
        held(row, standing),
        standing.flatMap(known -> wait(row, known)),
        history
            .current
            .filter(run -> run.status() == RunStatus.IN_PROGRESS)
            .map(Explanations::running),
        history.outstanding,
        history.last,
        openings.closed(calendars, now).stream().findFirst(),
        nextTick.flatMap(tick -> openings.closed(calendars, tick).stream().findFirst()),
        openings.frozen(now));
  }

  private static Facts.Running running(Runs.Run run) {
    Optional<String> busy =
        StepForm.steps(run.steps()).stream()
            .map(RunStep::getReason)
            .filter(reason -> reason.startsWith(STEP_WAITS))
            .findFirst();
    return new Facts.Running(run.trigger(), run.started(), busy);
  }

  private static Optional<Facts.Wait> wait(Associations.Association row, Linked.Standing standing) {
    return standing.waits().stream()
        .filter(wait -> wait.association().equals(row.id()))
        .map(
            wait ->
                new Facts.Wait(
                    switch (wait.reason()) {
                      case HOST_SLOT -> Reason.Code.QUEUED;
                      case OWN_RUN -> Reason.Code.RUNNING;
                      case SPLAY -> Reason.Code.SPLAY;
                      case PERMIT -> Reason.Code.WAITING_FOR_PERMIT;
                      case CALENDAR_CLOSED -> Reason.Code.CALENDAR_CLOSED;
                      case FROZEN, HOST_POLICY -> Reason.Code.FROZEN;
                      case PARKED, SAFE_MODE -> Reason.Code.PARKED;
                      case HOST_DISK -> Reason.Code.QUEUED;
                    },
                    wait.trigger(),
                    wait.since(),
                    switch (wait.reason()) {
                      case HOST_POLICY ->
                          "the policy of its host: a freeze, quiet hours, or a file"
                              + " that can't be trusted";
                      case HOST_DISK -> "room on the disk of its host";
                      case SAFE_MODE -> "the end of safe mode: its agent went down again and again";
                      case HOST_SLOT, OWN_RUN, SPLAY, PERMIT, CALENDAR_CLOSED, FROZEN, PARKED -> "";
                    }))
        .findFirst();
  }

  private static Facts.Holding held(
      Associations.Association row, Optional<Linked.Standing> standing) {
    if (standing.flatMap(Linked.Standing::held).isEmpty()
        || standing.flatMap(Linked.Standing::wanted).isEmpty()) {
      return Facts.Holding.UNKNOWN;
    }
    boolean current =
        standing
            .flatMap(Linked.Standing::heldSet)
            .flatMap(set -> reference(row, set))
            .filter(reference -> Optional.of(reference.body()).equals(row.revision()))
            .isPresent();
    return current ? Facts.Holding.CURRENT : Facts.Holding.OLDER;
  }

  private static Optional<AssignmentReference> reference(
      Associations.Association row, AssignmentSet set) {
    return set.assignments().stream()
        .filter(reference -> reference.association().equals(row.id()))
        .findFirst();
  }

  private static void holding(
      Read read,
      Associations.Association row,
      Facts facts,
      Optional<Linked.Standing> standing,
      ExplainAssociationResponse.Builder answer) {
    long epoch = Meta.get(read, "epoch").map(Long::parseLong).orElse(0L);
    Generation newest = new Generation(epoch, EventLog.newest(read));
    answer.setGenerationWanted(
        standing
            .flatMap(Linked.Standing::wanted)
            .map(AssignmentSet::generation)
            .orElse(newest)
            .toString());
    standing.ifPresent(known -> answer.setGenerationHeld(known.generation().toString()));
    standing
        .flatMap(Linked.Standing::heldSet)
        .flatMap(set -> reference(row, set))
        .flatMap(reference -> Associations.revision(read, row.id(), reference.body()))
        .ifPresent(revision -> answer.setVersionHeld(revision.version()));
    if (facts.memberSince().isPresent() && row.revision().isPresent()) {
      answer.setVersionWanted(row.version());
    }
  }

  /** When its schedule starts it next: a tick that came and whose splay is not over counts. */
  private static Optional<Instant> nextRun(Facts facts) {
    if (facts.memberSince().isEmpty() || facts.problem().isPresent() || !facts.enabled()) {
      return Optional.empty();
    }
    Duration splay = facts.splay();
    return facts.outstanding().stream()
        .filter(asked -> asked.trigger() instanceof Trigger.Tick)
        .map(asked -> asked.since().plus(splay))
        .filter(start -> start.isAfter(facts.now()))
        .min(Instant::compareTo)
        .or(() -> facts.nextTick().map(tick -> tick.plus(splay)));
  }

  private static String missing(Read read, Association content, Subject subject) {
    List<String> unmet =
        content.getTargetsList().stream()
            .filter(
                target ->
                    !Matcher.matches(
                        AssociationForm.query(Association.newBuilder().addTargets(target).build()),
                        subject,
                        GroupForm.groups(read)))
            .map(target -> target.getKey() + " is none of " + some(target.getValuesList()))
            .toList();
    return content.getTargetsCount() == 0 ? "it has no targets" : String.join("; ", unmet);
  }

  private static String some(List<String> values) {
    int shown = 5;
    return values.isEmpty()
        ? "no values"
        : String.join(", ", values.subList(0, Math.min(shown, values.size())))
            + (values.size() > shown ? " and " + (values.size() - shown) + " more" : "");
  }
}
