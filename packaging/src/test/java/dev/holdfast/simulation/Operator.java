package dev.holdfast.simulation;

import com.google.protobuf.FieldMask;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.holdfast.association.AssociationId;
import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.Engine;
import dev.holdfast.coordinator.admin.Calls;
import dev.holdfast.coordinator.admin.GrpcDocuments;
import dev.holdfast.coordinator.association.GrpcAssociations;
import dev.holdfast.coordinator.instance.GrpcInstances;
import dev.holdfast.coordinator.store.Associations;
import dev.holdfast.coordinator.store.Memberships;
import dev.holdfast.coordinator.store.Runs;
import dev.holdfast.coordinator.store.Store;
import dev.holdfast.report.RunStatus;
import dev.holdfast.wire.Times;
import dev.holdfast.wire.v1.AddTagsToResourceRequest;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.CancelAssociationExecutionRequest;
import dev.holdfast.wire.v1.ClearFreezeRequest;
import dev.holdfast.wire.v1.CreateAssociationRequest;
import dev.holdfast.wire.v1.CreateDocumentRequest;
import dev.holdfast.wire.v1.DeleteAssociationRequest;
import dev.holdfast.wire.v1.DocumentType;
import dev.holdfast.wire.v1.ExplainAssociationRequest;
import dev.holdfast.wire.v1.ExplainAssociationResponse;
import dev.holdfast.wire.v1.ExplanationReason;
import dev.holdfast.wire.v1.OfflinePolicy;
import dev.holdfast.wire.v1.OnInterrupt;
import dev.holdfast.wire.v1.RemoveTagsFromResourceRequest;
import dev.holdfast.wire.v1.ResourceType;
import dev.holdfast.wire.v1.SetFreezeRequest;
import dev.holdfast.wire.v1.StartAssociationsOnceRequest;
import dev.holdfast.wire.v1.Target;
import dev.holdfast.wire.v1.UpdateAssociationRequest;
import dev.holdfast.wire.v1.UpdateDocumentRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.random.RandomGenerator;

/** Somebody who changes what is wanted all the time, through the admin API. */
final class Operator {
  private static final List<String> SCHEDULES =
      List.of(
          "rate(20 hours)",
          "rate(30 hours)",
          "cron(0 */12 * * ? *)",
          "cron(0 */12 ? * MON-FRI *)",
          "cron(0 */6 L,11-14 * ? *)",
          "");
  private static final int MOST = 5;

  /** Values of the tag by which most associations find their instances. */
  static final int ROLES = 5;

  /** Names another document, in a step whose precondition keeps it from being run. */
  private static final String WHOLE =
      """
      schemaVersion: "2.2"
      parameters:
        Message:
          type: String
          default: none
          allowedPattern: "^[a-z0-9]*$"
      mainSteps:
      - action: aws:runShellScript
        name: first
        inputs:
          timeoutSeconds: 60
          runCommand:
          - echo {{ Message }}
      - action: aws:runDocument
        name: second
        precondition:
          StringEquals: [platformType, Windows]
        inputs:
          documentType: SSMDocument
          documentPath: part:$LATEST
      """;

  /** Closed in the afternoon: never when bad times end, so that all can come right after them. */
  private static final String AFTERNOONS =
      """
      BEGIN:VCALENDAR
      VERSION:2.0
      PRODID:-//Simulation//EN
      X-CALENDAR-TYPE:DEFAULT_OPEN
      BEGIN:VEVENT
      UID:1
      DTSTART:20250101T130000Z
      DTEND:20250101T200000Z
      RRULE:FREQ=DAILY
      END:VEVENT
      END:VCALENDAR
      """;

  private final World world;
  private final RandomGenerator random;
  private final Store store;
  private final List<InstanceId> instances;
  private final Checker checker;
  private final List<String> associations = new ArrayList<>();

  /** Executions whose start was acknowledged, and of which association. */
  private final Map<String, String> started = new TreeMap<>();

  private long ids;
  private int parts;

  /**
   * @param checker told of what associations are to keep to
   */
  Operator(World world, Store store, List<InstanceId> instances, Checker checker) {
    this.world = world;
    this.random = world.random();
    this.store = store;
    this.instances = instances;
    this.checker = checker;
  }

  /** Executions whose start was acknowledged, and of which association. */
  Map<String, String> started() {
    return started;
  }

  /** All associations that there ever were, deleted ones too. */
  List<String> associations() {
    return associations;
  }

  /** Writes the documents that all associations use. */
  void begin(Engine engine) {
    for (String name : List.of("work", "look", "part")) {
      Admin.call(
          documents(engine)::createDocument,
          CreateDocumentRequest.newBuilder().setName(name).setContent(document(name)).build());
    }
    Admin.call(
        documents(engine)::createDocument,
        CreateDocumentRequest.newBuilder().setName("whole").setContent(WHOLE).build());
    Admin.call(
        documents(engine)::createDocument,
        CreateDocumentRequest.newBuilder()
            .setName("afternoons")
            .setDocumentType(DocumentType.DOCUMENT_TYPE_CHANGE_CALENDAR)
            .setContent(AFTERNOONS.replace("\n", "\r\n"))
            .build());
  }

  /** Does one thing, of which something may follow. */
  void act(Engine engine) {
    GrpcAssociations service = associations(engine);
    int what = random.nextInt(15);
    if (associations.isEmpty() || (what == 0 && associations.size() < MOST)) {
      create(service);
    } else if (what < 4) {
      start(service);
    } else if (what < 6) {
      update(service);
    } else if (what == 6) {
      cancel(service);
    } else if (what == 7 && associations.size() > 2 && random.nextInt(3) == 0) {
      String victim = any(associations);
      Admin.call(
          service::deleteAssociation,
          DeleteAssociationRequest.newBuilder().setAssociationId(victim).build());
      world.trace("deleted " + victim);
    } else if (what == 12) {
      rewrite(engine);
    } else if (what > 12) {
      freeze(service);
    } else {
      tag(engine);
    }
  }

  private void freeze(GrpcAssociations service) {
    Instant until = now().plus(Duration.ofMinutes(1 + random.nextInt(300)));
    Admin.call(
        service::setFreeze,
        SetFreezeRequest.newBuilder()
            .setReason("something moves")
            .setUntil(Times.toProto(until))
            .build());
    world.trace("froze until " + until);
  }

  /** Ends the freeze, so that what it holds can start. */
  void thaw(Engine engine) {
    Admin.call(associations(engine)::clearFreeze, ClearFreezeRequest.newBuilder().build());
  }

  /** The document that another names gets a new version, which that one follows. */
  private void rewrite(Engine engine) {
    boolean done =
        Admin.call(
                documents(engine)::updateDocument,
                UpdateDocumentRequest.newBuilder()
                    .setName("part")
                    .setContent(document("part") + "# " + parts++ + "\n")
                    .setAcknowledgeTargets(Integer.MAX_VALUE)
                    .build())
            .isPresent();
    world.trace("wrote part anew " + done);
  }

  /** Takes all schedules off, so that what is going on can come to an end. */
  void calm(Engine engine) {
    GrpcAssociations service = associations(engine);
    for (String association : associations) {
      Admin.call(
          service::updateAssociation,
          UpdateAssociationRequest.newBuilder()
              .setAssociationId(association)
              .setAssociation(Association.newBuilder())
              .setUpdateMask(
                  FieldMask.newBuilder()
                      .addPaths("schedule_expression")
                      .addPaths("apply_only_at_cron_interval"))
              .build());
    }
  }

  private void create(GrpcAssociations service) {
    Target.Builder target = Target.newBuilder();
    int kind = random.nextInt(4);
    if (kind == 0) {
      target.setKey("InstanceIds").addValues("*");
    } else if (kind == 1) {
      target.setKey("InstanceIds");
      for (int i = 0; i < 5; i++) {
        target.addValues(any(instances).value());
      }
    } else {
      target.setKey("tag:Role").addValues(role()).addValues(role());
    }
    String schedule = any(SCHEDULES);
    boolean calendar = random.nextInt(3) == 0;
    int atOnce = random.nextInt(3) == 0 ? 3 + random.nextInt(4) : 0;
    // As many of all, or fewer: both forms of a limit come to what is checked.
    boolean share = kind == 0 && random.nextBoolean();
    String limit = share ? 100 * atOnce / instances.size() + "%" : Integer.toString(atOnce);
    boolean aloneToo = random.nextInt(4) == 0;
    Admin.call(
            service::createAssociation,
            CreateAssociationRequest.newBuilder()
                .setAcknowledgeTargets(Integer.MAX_VALUE)
                .setAssociation(
                    Association.newBuilder()
                        .setName(any(List.of("work", "work", "look", "whole")))
                        .setScheduleExpression(schedule)
                        .setScheduleSplaySeconds(
                            schedule.startsWith("cron") && random.nextBoolean() ? 30 : 0)
                        .setApplyOnlyAtCronInterval(!schedule.isEmpty() && random.nextInt(4) == 0)
                        .setOnInterrupt(
                            random.nextInt(3) == 0
                                ? OnInterrupt.ON_INTERRUPT_RERUN
                                : OnInterrupt.ON_INTERRUPT_REPORT)
                        .setMaxConcurrency(atOnce == 0 ? "" : limit)
                        .setMaxErrors(atOnce == 0 ? "" : any(List.of("", "0", "2", "10%")))
                        .setOfflinePolicy(
                            aloneToo
                                ? OfflinePolicy.OFFLINE_POLICY_RUN
                                : OfflinePolicy.OFFLINE_POLICY_WAIT)
                        .addAllCalendarNames(calendar ? List.of("afternoons") : List.of())
                        .addTargets(target))
                .build())
        .ifPresent(
            answer -> {
              String id = answer.getAssociationDescription().getAssociationId();
              associations.add(id);
              if (atOnce > 0 && !aloneToo) {
                checker.limit(id, atOnce);
              }
              if (calendar) {
                checker.closedAfternoons(id);
              }
              world.trace("created " + id + " " + schedule);
            });
  }

  private void update(GrpcAssociations service) {
    String association = any(associations);
    Association.Builder change = Association.newBuilder();
    FieldMask.Builder mask = FieldMask.newBuilder();
    if (random.nextBoolean()) {
      change.setParameters(
          Struct.newBuilder()
              .putFields(
                  "Message", Value.newBuilder().setStringValue("m" + random.nextInt(5)).build()));
      mask.addPaths("parameters");
    }
    if (random.nextInt(3) == 0) {
      change.setScheduleExpression(any(SCHEDULES));
      mask.addPaths("schedule_expression")
          .addPaths("schedule_splay_seconds")
          .addPaths("apply_only_at_cron_interval");
    }
    if (random.nextInt(4) == 0) {
      change.setEnabled(random.nextInt(3) > 0);
      mask.addPaths("enabled");
    }
    if (mask.getPathsCount() > 0) {
      boolean done =
          Admin.call(
                  service::updateAssociation,
                  UpdateAssociationRequest.newBuilder()
                      .setAssociationId(association)
                      .setAcknowledgeTargets(Integer.MAX_VALUE)
                      .setAssociation(change)
                      .setUpdateMask(mask)
                      .build())
              .isPresent();
      world.trace("updated " + association + " " + mask.getPathsList() + " " + done);
    }
  }

  private void start(GrpcAssociations service) {
    String association = any(associations);
    Admin.call(
            service::startAssociationsOnce,
            StartAssociationsOnceRequest.newBuilder().addAssociationIds(association).build())
        .ifPresent(
            answer ->
                answer
                    .getExecutionIdsList()
                    .forEach(execution -> started.put(execution, association)));
    world.trace("started " + association);
  }

  private void cancel(GrpcAssociations service) {
    if (started.isEmpty()) {
      return;
    }
    String execution = any(List.copyOf(started.keySet()));
    CancelAssociationExecutionRequest.Builder request =
        CancelAssociationExecutionRequest.newBuilder()
            .setAssociationId(started.getOrDefault(execution, ""))
            .setExecutionId(execution);
    if (random.nextBoolean()) {
      request.addInstanceIds(any(instances).value());
    }
    Admin.call(service::cancelAssociationExecution, request.build());
    world.trace("cancelled " + execution);
  }

  private void tag(Engine engine) {
    GrpcInstances service =
        new GrpcInstances(
            calls(),
            engine.desk(),
            engine.links(),
            engine.links()::connected,
            engine.permits()::waits,
            this::now);
    String instance = any(instances).value();
    if (random.nextInt(4) == 0) {
      Admin.call(
          service::removeTagsFromResource,
          RemoveTagsFromResourceRequest.newBuilder()
              .setResourceType(ResourceType.RESOURCE_TYPE_MANAGED_INSTANCE)
              .setResourceId(instance)
              .addTagKeys("Role")
              .build());
    } else {
      Admin.call(
          service::addTagsToResource,
          AddTagsToResourceRequest.newBuilder()
              .setResourceType(ResourceType.RESOURCE_TYPE_MANAGED_INSTANCE)
              .setResourceId(instance)
              .putTags("Role", role())
              .build());
    }
    world.trace("tagged " + instance);
  }

  /**
   * Asks why one association runs, or does not, on one instance; whatever goes on there must be an
   * answer.
   */
  void ask(Engine engine) {
    if (!associations.isEmpty()) {
      explain(engine, any(associations), any(instances));
    }
  }

  /** The codes of the answer; none if the association is deleted. */
  List<String> explain(Engine engine, String association, InstanceId instance) {
    boolean deleted =
        store
            .read(read -> Associations.find(read, new AssociationId(association)))
            .filter(row -> row.deleted().isEmpty())
            .isEmpty();
    Optional<ExplainAssociationResponse> answer =
        Admin.call(
            associations(engine)::explainAssociation,
            ExplainAssociationRequest.newBuilder()
                .setAssociationId(association)
                .setInstanceId(instance.value())
                .build());
    String what = association + " on " + instance + ": " + answer;
    Checker.require(answer.isPresent() != deleted, "no answer about " + what);
    if (deleted) {
      return List.of();
    }
    List<String> codes =
        answer.orElseThrow().getReasonsList().stream().map(ExplanationReason::getCode).toList();
    Checker.require(!codes.isEmpty(), "no reason for " + what);
    boolean member =
        store.read(
            read ->
                Memberships.between(read, instance, new AssociationId(association)).stream()
                    .anyMatch(interval -> interval.leftPosition().isEmpty()));
    Checker.require(codes.contains("NOT_TARGETED") != member, "wrong about " + what);
    boolean goesOn =
        store
            .read(read -> Runs.current(read, instance, new AssociationId(association)))
            .filter(run -> run.status() == RunStatus.IN_PROGRESS)
            .isPresent();
    Checker.require(!goesOn || codes.getFirst().equals("RUNNING"), "wrong about " + what);
    Checker.require(
        !codes.contains("DONE") || !answer.orElseThrow().hasNextRun(), "wrong about " + what);
    return codes;
  }

  private GrpcAssociations associations(Engine engine) {
    return new GrpcAssociations(
        calls(),
        engine.desk(),
        engine.links()::connected,
        engine.permits()::waits,
        engine.links(),
        engine.links(),
        Optional.empty(),
        this::now);
  }

  private GrpcDocuments documents(Engine engine) {
    return new GrpcDocuments(calls(), engine.desk(), this::now);
  }

  private Calls calls() {
    return new Calls(store, () -> new UUID(0x5000L, ids++));
  }

  private Instant now() {
    return World.START.plus(world.elapsed());
  }

  private String role() {
    return "r" + random.nextInt(ROLES);
  }

  private <T> T any(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  private static String document(String name) {
    return """
    schemaVersion: "2.2"
    description: %s
    parameters:
      Message:
        type: String
        default: none
        allowedPattern: "^[a-z0-9]*$"
    mainSteps:
    - action: aws:runShellScript
      name: first
      inputs:
        timeoutSeconds: 60
        runCommand:
        - echo {{ Message }}
    - action: aws:%s
      name: second
      inputs:
        %s
    """
        .formatted(
            name,
            name.equals("look") ? "softwareInventory" : "runShellScript",
            name.equals("look")
                ? "applications: Enabled"
                : "runCommand: [ 'echo second' ]\n    timeoutSeconds: 45");
  }
}
