package dev.holdfast.coordinator.association;

import dev.holdfast.association.AssociationId;
import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.admin.DocumentForm;
import dev.holdfast.coordinator.admin.GroupForm;
import dev.holdfast.coordinator.admin.Pages;
import dev.holdfast.coordinator.execution.DerivedStatus;
import dev.holdfast.coordinator.execution.Targets;
import dev.holdfast.coordinator.store.Associations;
import dev.holdfast.coordinator.store.Bodies;
import dev.holdfast.coordinator.store.Documents;
import dev.holdfast.coordinator.store.Executions;
import dev.holdfast.coordinator.store.Instances;
import dev.holdfast.coordinator.store.Memberships;
import dev.holdfast.coordinator.store.Memberships.Membership;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.coordinator.store.Runs;
import dev.holdfast.coordinator.targeting.Groups;
import dev.holdfast.coordinator.targeting.Matcher;
import dev.holdfast.coordinator.targeting.Subject;
import dev.holdfast.report.RunStatus;
import dev.holdfast.wire.ReportCodec;
import dev.holdfast.wire.Times;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.DescribeEffectiveInstanceAssociationsRequest;
import dev.holdfast.wire.v1.DescribeEffectiveInstanceAssociationsResponse;
import dev.holdfast.wire.v1.DescribeInstanceAssociationsStatusRequest;
import dev.holdfast.wire.v1.DescribeInstanceAssociationsStatusResponse;
import dev.holdfast.wire.v1.InstanceAssociation;
import dev.holdfast.wire.v1.InstanceAssociationStatusInfo;
import dev.holdfast.wire.v1.RunStep;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** What applies to one instance, and how it stands there. */
public final class InstanceAssociations {
  /** Executions that are looked through for the newest that addresses an instance. */
  private static final int LOOKED_THROUGH = 50;

  private final Predicate<InstanceId> connected;
  private final Waits waits;
  private final Supplier<Instant> clock;

  /**
   * Makes them.
   *
   * @param connected whether an instance's link lives
   * @param waits who waits for a permit
   * @param clock the store's
   */
  public InstanceAssociations(
      Predicate<InstanceId> connected, Waits waits, Supplier<Instant> clock) {
    this.connected = connected;
    this.waits = waits;
    this.clock = clock;
  }

  /** A page of what applies to it, in the order of the associations' ids. */
  public DescribeEffectiveInstanceAssociationsResponse effective(
      Read read, InstanceId instance, DescribeEffectiveInstanceAssociationsRequest request) {
    Subject subject = Targeting.subject(read, Instances.find(read, instance).orElseThrow());
    Groups groups = GroupForm.groups(read);
    Pages.Page<InstanceAssociation> page =
        Pages.of(
            request.getPageSize(),
            request.getPageToken(),
            (after, atMost) -> associations(read, instance, after, atMost),
            row -> row.id().value(),
            row -> Optional.of(effective(read, row, subject, groups)));
    return DescribeEffectiveInstanceAssociationsResponse.newBuilder()
        .addAllAssociations(page.items())
        .setNextPageToken(page.next())
        .build();
  }

  private static InstanceAssociation effective(
      Read read, Associations.Association row, Subject subject, Groups groups) {
    Association content = AssociationDesk.content(read, row);
    InstanceAssociation.Builder answer =
        InstanceAssociation.newBuilder()
            .setAssociationId(row.id().value())
            .setInstanceId(subject.id().value())
            .setAssociationVersion(row.version())
            .setAssociation(AssociationScope.shown(read, content))
            .addAllMatchedBy(Matcher.reasons(AssociationForm.query(content), subject, groups));
    Optional<Documents.Version> version =
        Documents.find(read, content.getName())
            .flatMap(found -> DocumentForm.select(read, found, content.getDocumentVersion()));
    version.ifPresent(found -> answer.setDocumentVersion(found.version()));
    version
        .flatMap(found -> Bodies.find(read, found.sha256()))
        .ifPresent(
            bytes -> answer.setContent(new String(bytes, java.nio.charset.StandardCharsets.UTF_8)));
    return answer.build();
  }

  /** A page of how they stand, in the order of the associations' ids. */
  public DescribeInstanceAssociationsStatusResponse statuses(
      Read read, InstanceId instance, DescribeInstanceAssociationsStatusRequest request) {
    Pages.Page<InstanceAssociationStatusInfo> page =
        Pages.of(
            request.getPageSize(),
            request.getPageToken(),
            (after, atMost) -> associations(read, instance, after, atMost),
            row -> row.id().value(),
            row -> Optional.of(status(read, row, instance)));
    return DescribeInstanceAssociationsStatusResponse.newBuilder()
        .addAllInstanceAssociationStatusInfos(page.items())
        .setNextPageToken(page.next())
        .build();
  }

  private InstanceAssociationStatusInfo status(
      Read read, Associations.Association row, InstanceId instance) {
    Association content = AssociationDesk.content(read, row);
    InstanceAssociationStatusInfo.Builder answer =
        InstanceAssociationStatusInfo.newBuilder()
            .setAssociationId(row.id().value())
            .setAssociationName(row.name())
            .setAssociationVersion(row.version())
            .setName(row.documentName())
            .setDocumentVersion(content.getDocumentVersion())
            .setInstanceId(instance.value());
    Optional<Runs.Run> run =
        Runs.current(read, instance, row.id()).flatMap(now -> Runs.find(read, now.runId()));
    Optional<Executions.Execution> own =
        run.flatMap(reported -> Executions.find(read, reported.executionId()));
    Targets targets =
        Targets.ofOne(
            read,
            row,
            instance,
            connected,
            trigger -> waits.waits(instance, row.id(), trigger),
            clock.get());
    // the run that says how it stands is kept for longer than its execution
    Optional<Executions.Execution> execution =
        own.or(() -> run.isPresent() ? Optional.empty() : newest(read, row.id(), targets));
    Targets.Target target =
        execution
            .flatMap(one -> targets.target(one, instance))
            .or(() -> run.map(ExecutionQueries::reported))
            .orElseGet(() -> waiting(instance));
    answer
        .setStatus(ReportCodec.toProto(target.status()))
        .setDetailedStatus(target.detailedStatus());
    execution.ifPresent(one -> answer.setExecutionId(one.id()));
    if (target.status().error()) {
      answer.setErrorCode(target.detailedStatus());
    }
    run.ifPresent(reported -> reported(reported, answer));
    return answer.build();
  }

  private static void reported(Runs.Run run, InstanceAssociationStatusInfo.Builder answer) {
    answer
        .setAssociationVersion(run.associationVersion())
        .setRunId(run.id())
        .setExecutionDate(Times.toProto(run.ended().or(run::started).orElse(run.received())))
        .setExecutionSummary(summary(StepForm.steps(run.steps())));
    if (run.documentVersion() > 0) {
      answer.setDocumentVersion(Integer.toString(run.documentVersion()));
    }
  }

  /** {@code 3 steps: 2 Success, 1 Failed}. */
  private static String summary(List<RunStep> steps) {
    Map<RunStatus, Integer> counts = new EnumMap<>(RunStatus.class);
    steps.forEach(step -> counts.merge(ReportCodec.fromProto(step.getStatus()), 1, Integer::sum));
    String all = steps.size() + (steps.size() == 1 ? " step" : " steps");
    return counts.isEmpty()
        ? all
        : all
            + ": "
            + counts.entrySet().stream()
                .map(count -> count.getValue() + " " + count.getKey().text())
                .collect(Collectors.joining(", "));
  }

  /** Nothing was asked of it yet: its first tick is still to come. */
  private Targets.Target waiting(InstanceId instance) {
    DerivedStatus status = DerivedStatus.waiting(connected.test(instance));
    return new Targets.Target(instance, status.status(), status.detail(), true);
  }

  private Optional<Executions.Execution> newest(
      Read read, AssociationId association, Targets targets) {
    return Executions.behind(read, association, Executions.Place.NEWEST, LOOKED_THROUGH).stream()
        .filter(targets::addressesAny)
        .findFirst();
  }

  private static List<Associations.Association> associations(
      Read read, InstanceId instance, String after, int atMost) {
    return Memberships.of(read, instance).stream()
        .map(Membership::association)
        .sorted(Comparator.comparing(AssociationId::value))
        .filter(id -> id.value().compareTo(after) > 0)
        .limit(atMost)
        .flatMap(id -> Associations.find(read, id).stream())
        .toList();
  }
}
