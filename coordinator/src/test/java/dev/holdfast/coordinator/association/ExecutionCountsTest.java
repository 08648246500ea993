package dev.holdfast.coordinator.association;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.FieldMask;
import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.store.InstanceState;
import dev.holdfast.coordinator.store.Instances;
import dev.holdfast.report.RunStatus;
import dev.holdfast.testing.Cases;
import dev.holdfast.wire.ReportCodec;
import dev.holdfast.wire.v1.AddTagsToResourceRequest;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.AssociationExecution;
import dev.holdfast.wire.v1.AssociationExecutionTarget;
import dev.holdfast.wire.v1.ClearFreezeRequest;
import dev.holdfast.wire.v1.CreateDocumentRequest;
import dev.holdfast.wire.v1.DeleteAssociationRequest;
import dev.holdfast.wire.v1.DescribeAssociationExecutionTargetsRequest;
import dev.holdfast.wire.v1.DocumentType;
import dev.holdfast.wire.v1.RemoveTagsFromResourceRequest;
import dev.holdfast.wire.v1.ResourceType;
import dev.holdfast.wire.v1.SetFreezeRequest;
import dev.holdfast.wire.v1.StartAssociationsOnceRequest;
import dev.holdfast.wire.v1.UpdateAssociationRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Counts of executions agree with their targets, whatever happened and however many. */
final class ExecutionCountsTest {
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
  void countsAreThoseOfTheTargetsWhateverHappened() {
    AtomicInteger instances = new AtomicInteger(10);
    fleet.createDocument("other", "other");
    fleet.call(
        fleet.documents::createDocument,
        CreateDocumentRequest.newBuilder()
            .setName("half-days")
            .setDocumentType(DocumentType.DOCUMENT_TYPE_CHANGE_CALENDAR)
            .setContent(
                Fleet.closed("20261124T000000Z", "20261124T120000Z")
                    .replace("END:VEVENT", "RRULE:FREQ=DAILY\r\nEND:VEVENT"))
            .build());
    Cases.check(
        10,
        random -> {
          String association = create(same -> same);
          for (int step = 0; step < 12; step++) {
            act(random, association, instances);
            fleet.advance(Duration.ofMinutes(random.nextInt(1, 600)));
          }
          for (AssociationExecution execution : fleet.executions(association)) {
            Map<String, Integer> counts = new TreeMap<>();
            for (AssociationExecutionTarget target :
                fleet.targets(association, execution.getExecutionId())) {
              counts.merge(ReportCodec.fromProto(target.getStatus()).text(), 1, Integer::sum);
            }
            assertEquals(counts, new TreeMap<>(execution.getResourceCountByStatusMap()));
            assertEquals(
                counts.values().stream().mapToInt(n -> n).sum(), execution.getTargetCount());
          }
          fleet.call(
              fleet.associations::deleteAssociation,
              DeleteAssociationRequest.newBuilder().setAssociationId(association).build());
        });
  }

  private void act(RandomGenerator random, String association, AtomicInteger instances) {
    switch (random.nextInt(12)) {
      case 0 -> fleet.enrol(instances.incrementAndGet(), Map.of("Role", "web"));
      case 1 -> untag(random.nextBoolean() ? a : b);
      case 2 -> tag(random.nextBoolean() ? a : b);
      case 3 ->
          update(association, to -> to.setName(random.nextBoolean() ? "other" : "say-it"), "name");
      case 4 -> fleet.tick(association, fleet.timers.now().plusMillis(1));
      case 5 ->
          fleet.call(
              fleet.associations::startAssociationsOnce,
              StartAssociationsOnceRequest.newBuilder()
                  .addAssociationIds(association)
                  .setIgnoreCalendars(true)
                  .build());
      case 6 -> update(association, to -> to.setEnabled(random.nextBoolean()), "enabled");
      case 7 ->
          update(
              association,
              to -> random.nextBoolean() ? to.addCalendarNames("half-days") : to,
              "calendar_names");
      case 8 -> update(association, to -> to.setDurationHours(random.nextInt(3)), "duration_hours");
      case 9 -> {
        if (random.nextBoolean()) {
          fleet.call(
              fleet.associations::setFreeze,
              SetFreezeRequest.newBuilder().setReason("the move").build());
        } else {
          fleet.call(fleet.associations::clearFreeze, ClearFreezeRequest.getDefaultInstance());
        }
      }
      case 10 ->
          fleet.become(
              random.nextBoolean() ? a : b,
              random.nextBoolean() ? InstanceState.ACTIVE : InstanceState.DUPLICATE);
      default -> {
        List<AssociationExecution> executions = fleet.executions(association);
        if (!executions.isEmpty()) {
          String id = executions.get(random.nextInt(executions.size())).getExecutionId();
          RunStatus[] statuses = RunStatus.values();
          fleet.report(id, random.nextBoolean() ? a : b, statuses[1 + random.nextInt(7)]);
        }
      }
    }
  }

  @Test
  void tenThousandTargetsAreCountedAndPaged() {
    fleet.store.write(
        write -> {
          for (int i = 1_000; i < 10_998; i++) {
            InstanceId id = Fleet.instance(i);
            Instances.add(write, id, "", "a", "key" + i, "s", new byte[] {1}, "1", "host");
            fleet.desk.instanceChanged(write, id);
          }
          return true;
        });
    String association = create(to -> to.clearTargets().addTargets(Fleet.all()));
    String created = fleet.executions(association).getFirst().getExecutionId();
    for (int i = 1_000; i < 1_010; i++) {
      fleet.report(created, Fleet.instance(i), RunStatus.SUCCESS, new byte[100_000]);
    }

    AssociationExecution execution = execution(association, created);

    assertEquals(10_000, execution.getTargetCount());
    assertEquals(Map.of("Success", 10, "Pending", 9_990), execution.getResourceCountByStatusMap());
    int seen = 0;
    String token = "";
    do {
      var page =
          fleet.call(
              fleet.associations::describeAssociationExecutionTargets,
              DescribeAssociationExecutionTargetsRequest.newBuilder()
                  .setAssociationId(association)
                  .setExecutionId(created)
                  .setPageSize(100)
                  .setPageToken(token)
                  .build());
      seen += page.getAssociationExecutionTargetsCount();
      token = page.getNextPageToken();
    } while (!token.isEmpty() && seen < 500);
    assertEquals(500, seen);
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
