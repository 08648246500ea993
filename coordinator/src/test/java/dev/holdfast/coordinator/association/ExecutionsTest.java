package dev.holdfast.coordinator.association;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.FieldMask;
import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.execution.Targets;
import dev.holdfast.coordinator.store.Associations;
import dev.holdfast.coordinator.store.EventLog;
import dev.holdfast.coordinator.store.Executions;
import dev.holdfast.coordinator.store.Instances;
import dev.holdfast.coordinator.store.Memberships;
import dev.holdfast.report.RunStatus;
import dev.holdfast.wire.ReportCodec;
import dev.holdfast.wire.v1.AddTagsToResourceRequest;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.AssociationExecution;
import dev.holdfast.wire.v1.AssociationExecutionTarget;
import dev.holdfast.wire.v1.CancelAssociationExecutionRequest;
import dev.holdfast.wire.v1.DeleteAssociationRequest;
import dev.holdfast.wire.v1.DeregisterManagedInstanceRequest;
import dev.holdfast.wire.v1.RemoveTagsFromResourceRequest;
import dev.holdfast.wire.v1.ResourceType;
import dev.holdfast.wire.v1.UpdateAssociationRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What targets of executions read, over the rows of a store. */
final class ExecutionsTest {
  private static final String SCHEDULE = "rate(30 minutes)";

  @TempDir Path folder;

  @SuppressWarnings("NullAway.Init") // set before each test
  private Fleet fleet;

  @SuppressWarnings("NullAway.Init") // set before each test
  private InstanceId a;

  @SuppressWarnings("NullAway.Init") // set before each test
  private InstanceId b;

  @BeforeEach
  void open() {
    fleet = new Fleet(folder, 100_000);
    fleet.createDocument("say-it", "first");
    a = fleet.enrol(1, Map.of("Role", "web"));
    b = fleet.enrol(2, Map.of("Role", "web"));
  }

  @AfterEach
  void close() {
    fleet.close();
  }

  @Test
  void aTickKeepsItsTargetsWhenTheScheduleIsMoved() {
    String association = create(same -> same);
    Instant at = pass(Duration.ofMinutes(30));
    String tick = fleet.tick(association, at);

    fleet.advance(Duration.ofMinutes(5));
    update(association, to -> to.setScheduleExpression("rate(2 hours)"), "schedule_expression");

    assertEquals("Pending/Scheduled", fleet.standing(association, tick, a));
    assertEquals(2, execution(association, tick).getTargetCount());
  }

  @Test
  void aTickFromBeforeTheMoveThatNobodyHadToRunHasOnlyThoseWhoReportedIt() {
    String association = create(same -> same);
    fleet.advance(Duration.ofMinutes(10));
    update(association, to -> to, "schedule_expression");
    Instant at = pass(Duration.ofMinutes(20));
    String tick = fleet.tick(association, at);
    fleet.report(tick, a, RunStatus.SUCCESS);

    assertEquals("Success/Success", fleet.standing(association, tick, a));
    assertEquals("", fleet.standing(association, tick, b));
  }

  @Test
  void whoDidNotReportATickIsGivenUpWhenANewerOneComes() {
    String association = create(same -> same);
    String first = fleet.tick(association, pass(Duration.ofMinutes(30)));
    fleet.report(first, a, RunStatus.FAILED);
    assertEquals("Pending/Scheduled", fleet.standing(association, first, b));

    String second = fleet.tick(association, pass(Duration.ofMinutes(30)));

    assertEquals("Failed/Failed", fleet.standing(association, first, a));
    assertEquals("Skipped/NotReported", fleet.standing(association, first, b));
    assertEquals("Pending/Scheduled", fleet.standing(association, second, b));
    fleet.online.remove(b);
    assertEquals("Pending/Offline", fleet.standing(association, second, b));
  }

  @Test
  void aTickIsGivenUpWhenAChangeComes() {
    String association = create(same -> same);
    String tick = fleet.tick(association, pass(Duration.ofMinutes(30)));
    fleet.advance(Duration.ofSeconds(1));

    update(association, to -> to.setDocumentVersion("1"), "document_version");
    assertEquals("Pending/Scheduled", fleet.standing(association, tick, a), "nothing ran");
    fleet.createDocument("other", "other");
    update(association, to -> to.setName("other"), "name");

    assertEquals("Skipped/NotReported", fleet.standing(association, tick, a));
  }

  @Test
  void aTickOfADisabledTimeIsSkippedForWhoDidNotRunIt() {
    String association = create(same -> same);
    fleet.advance(Duration.ofMinutes(29));
    update(association, to -> to.setEnabled(false), "enabled");
    String tick = fleet.tick(association, pass(Duration.ofMinutes(1)));
    fleet.report(tick, a, RunStatus.SUCCESS);
    fleet.advance(Duration.ofMinutes(1));
    update(association, to -> to, "enabled");

    assertEquals("Success/Success", fleet.standing(association, tick, a));
    assertEquals("Skipped/Disabled", fleet.standing(association, tick, b));
  }

  @Test
  void whatWasDroppedByDisablingStaysSo() {
    String association = create(same -> same);
    String created = fleet.executions(association).getFirst().getExecutionId();
    fleet.advance(Duration.ofMinutes(1));
    update(association, to -> to.setEnabled(false), "enabled");
    fleet.advance(Duration.ofMinutes(1));
    update(
        association,
        to -> to.setApplyOnlyAtCronInterval(true),
        "enabled,apply_only_at_cron_interval");

    assertEquals(1, fleet.executions(association).size());
    assertEquals("Skipped/Disabled", fleet.standing(association, created, a));
  }

  @Test
  void whoLeavesAndComesBackIsAskedAnew() {
    String association = create(same -> same);
    String created = fleet.executions(association).getFirst().getExecutionId();
    untag(a);
    assertEquals("Skipped/NotTargeted", fleet.standing(association, created, a));
    fleet.advance(Duration.ofMinutes(1));

    tag(a);

    String entered = fleet.executions(association).getFirst().getExecutionId();
    assertEquals("Skipped/NotTargeted", fleet.standing(association, created, a));
    assertEquals("Pending/Scheduled", fleet.standing(association, created, b));
    assertEquals("Pending/Scheduled", fleet.standing(association, entered, a));
    assertEquals("", fleet.standing(association, entered, b));
  }

  @Test
  void anEnterIsSupersededByAChange() {
    String association = create(same -> same);
    InstanceId c = fleet.enrol(3, Map.of("Role", "web"));
    String entered = fleet.executions(association).getFirst().getExecutionId();
    assertEquals("Pending/Scheduled", fleet.standing(association, entered, c));

    fleet.createDocument("other", "other");
    update(association, to -> to.setName("other"), "name");

    assertEquals("Skipped/Superseded", fleet.standing(association, entered, c));
  }

  @Test
  void theEndOfTheAssociationIsNotMistakenForLeaving() {
    String association = create(same -> same);
    String created = fleet.executions(association).getFirst().getExecutionId();
    untag(a);
    fleet.advance(Duration.ofMinutes(1));

    fleet.call(
        fleet.associations::deleteAssociation,
        DeleteAssociationRequest.newBuilder().setAssociationId(association).build());

    assertEquals("Skipped/NotTargeted", fleet.standing(association, created, a));
    assertEquals("Skipped/AssociationDeleted", fleet.standing(association, created, b));
  }

  @Test
  void aRunInProgressReadsWhatIsKnownOfItsInstance() {
    String association = create(same -> same);
    String created = fleet.executions(association).getFirst().getExecutionId();
    fleet.report(created, a, RunStatus.IN_PROGRESS);
    // The timeouts of the document's two steps, 600 s and the default of 3,600 s, and 10 minutes.
    Duration lostAfter = Duration.ofMinutes(10 + 60 + 10);

    fleet.advance(lostAfter.plusSeconds(1));
    assertEquals("InProgress/InProgress", fleet.standing(association, created, a), "connected");
    fleet.online.remove(a);
    assertEquals("InProgress/Unreachable", fleet.standing(association, created, a));
    fleet.store.write(
        write -> {
          Instances.seen(write, Map.of(a, write.now().minus(lostAfter)));
          return true;
        });
    assertEquals("InProgress/InProgress", fleet.standing(association, created, a), "not yet");

    fleet.advance(Duration.ofDays(31));

    AssociationExecutionTarget target = target(association, created, a);
    assertEquals("Unreachable", target.getDetailedStatus());
    assertEquals(RunStatus.INTERRUPTED, ReportCodec.fromProto(target.getStatus()));
    assertTrue(target.getDerived());
    assertTrue(target.hasStartTime(), "what was reported is still there");
  }

  @Test
  void aRunInProgressOfAnInstanceThatIsDeregisteredHasEnded() {
    String association = create(same -> same);
    String created = fleet.executions(association).getFirst().getExecutionId();
    fleet.report(created, a, RunStatus.IN_PROGRESS);

    fleet.call(
        fleet.instances::deregisterManagedInstance,
        DeregisterManagedInstanceRequest.newBuilder().setInstanceId(a.value()).build());

    assertEquals("Interrupted/Unreachable", fleet.standing(association, created, a));
  }

  @Test
  void anInstanceThatComesBackAfterAllExpiredIsAskedOnceMore() {
    String association = create(same -> same);
    String created = fleet.executions(association).getFirst().getExecutionId();
    fleet.report(created, b, RunStatus.SUCCESS);
    fleet.advance(Duration.ofDays(31));
    connect(a);
    assertEquals(1, fleet.executions(association).size(), "not expired yet");

    fleet.advance(Duration.ofMillis(1));
    assertEquals("Skipped/Expired", fleet.standing(association, created, a));
    long position = fleet.store.position();
    connect(a);
    connect(a);
    connect(b);

    List<AssociationExecution> executions = fleet.executions(association);
    assertEquals(2, executions.size());
    String entered = executions.getFirst().getExecutionId();
    assertTrue(executions.getFirst().getTrigger().startsWith("enter:"));
    assertEquals("Pending/Scheduled", fleet.standing(association, entered, a));
    assertEquals("", fleet.standing(association, entered, b));
    assertEquals("Skipped/Superseded", fleet.standing(association, created, a));
    assertEquals(
        List.of("InstanceReturned", "ExecutionStarted"),
        fleet.eventsAfter(position).stream().map(EventLog.Event::type).toList());
  }

  @Test
  void whatWasCancelledIsNotAskedOnceMore() {
    String association = create(same -> same);
    String created = fleet.executions(association).getFirst().getExecutionId();
    fleet.call(
        fleet.associations::cancelAssociationExecution,
        CancelAssociationExecutionRequest.newBuilder()
            .setAssociationId(association)
            .setExecutionId(created)
            .build());
    fleet.advance(Duration.ofDays(32));

    connect(a);

    assertEquals(1, fleet.executions(association).size());
    assertEquals("Cancelled/CancelRequested", fleet.standing(association, created, a));
  }

  @Test
  void aReportIsLateOnlyWhenItsTargetHadBeenGivenUpAndNoOtherRuns() {
    String association = create(same -> same);
    String first = fleet.tick(association, pass(Duration.ofMinutes(30)));
    assertFalse(late(first, a));
    fleet.report(first, b, RunStatus.IN_PROGRESS);

    fleet.tick(association, pass(Duration.ofMinutes(30)));
    assertFalse(late(first, a), "another is still in progress");
    fleet.report(first, b, RunStatus.SUCCESS);

    assertTrue(late(first, a));
    fleet.report(first, a, RunStatus.IN_PROGRESS);
    assertTrue(late(first, a), "that it goes on there now makes it no earlier");
    fleet.store.write(
        write -> {
          Executions.put(
              write, first, Executions.progress(write.read(), first).orElseThrow().amend());
          return true;
        });
    fleet.report(first, a, RunStatus.SUCCESS);
    assertTrue(execution(association, first).getAmended(), "what settles it does not forget that");
  }

  private boolean late(String execution, InstanceId instance) {
    return fleet.store.read(
        read -> {
          Executions.Execution row = Executions.find(read, execution).orElseThrow();
          return Targets.ofReports(
                  read,
                  Associations.find(read, row.association()).orElseThrow(),
                  fleet.timers.now())
              .late(row, instance, Memberships.between(read, instance, row.association()));
        });
  }

  private void connect(InstanceId instance) {
    fleet.store.write(
        write -> {
          fleet.desk.connected(write, instance);
          return true;
        });
  }

  private Instant pass(Duration time) {
    fleet.advance(time);
    return fleet.timers.now();
  }

  private String create(UnaryOperator<Association.Builder> to) {
    return fleet
        .create(
            to.apply(
                    Association.newBuilder()
                        .setName("say-it")
                        .addTargets(Fleet.tag("Role", "web"))
                        .setScheduleExpression(SCHEDULE))
                .build())
        .getAssociationId();
  }

  private void update(String association, UnaryOperator<Association.Builder> to, String fields) {
    fleet.call(
        fleet.associations::updateAssociation,
        UpdateAssociationRequest.newBuilder()
            .setAssociationId(association)
            .setAssociation(to.apply(Association.newBuilder()))
            .setUpdateMask(FieldMask.newBuilder().addAllPaths(List.of(fields.split(","))))
            .build());
  }

  private AssociationExecution execution(String association, String id) {
    return fleet.executions(association).stream()
        .filter(execution -> execution.getExecutionId().equals(id))
        .findFirst()
        .orElseThrow();
  }

  private AssociationExecutionTarget target(
      String association, String execution, InstanceId instance) {
    return fleet.targets(association, execution).stream()
        .filter(target -> target.getResourceId().equals(instance.value()))
        .findFirst()
        .orElseThrow();
  }

  private void tag(InstanceId instance) {
    fleet.call(
        fleet.instances::addTagsToResource,
        AddTagsToResourceRequest.newBuilder()
            .setResourceType(ResourceType.RESOURCE_TYPE_MANAGED_INSTANCE)
            .setResourceId(instance.value())
            .putTags("Role", "web")
            .build());
  }

  private void untag(InstanceId instance) {
    fleet.call(
        fleet.instances::removeTagsFromResource,
        RemoveTagsFromResourceRequest.newBuilder()
            .setResourceType(ResourceType.RESOURCE_TYPE_MANAGED_INSTANCE)
            .setResourceId(instance.value())
            .addTagKeys("Role")
            .build());
  }
}
