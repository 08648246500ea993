package dev.holdfast.simulation;

import com.google.protobuf.FieldMask;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Identity;
import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.admin.Calls;
import dev.holdfast.coordinator.admin.GrpcDocuments;
import dev.holdfast.coordinator.admin.GrpcParameters;
import dev.holdfast.coordinator.association.GrpcAssociations;
import dev.holdfast.coordinator.instance.GrpcInstances;
import dev.holdfast.coordinator.store.Executions;
import dev.holdfast.coordinator.store.Instances;
import dev.holdfast.coordinator.store.Runs;
import dev.holdfast.coordinator.store.Store;
import dev.holdfast.coordinator.trust.ParameterKeys;
import dev.holdfast.report.RunStatus;
import dev.holdfast.wire.v1.AddTagsToResourceRequest;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.CreateAssociationRequest;
import dev.holdfast.wire.v1.CreateDocumentRequest;
import dev.holdfast.wire.v1.DocumentType;
import dev.holdfast.wire.v1.PutParameterRequest;
import dev.holdfast.wire.v1.ResourceType;
import dev.holdfast.wire.v1.Target;
import dev.holdfast.wire.v1.UpdateAssociationRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;

/**
 * A coordinator and a host with its agent, in one thread, and one association that recurs at every
 * full hour. It begins twenty minutes past an hour, with the association's first run behind it.
 */
final class Scene implements AutoCloseable {
  static final InstanceId HOST = new InstanceId("mi-00000000000000001");
  static final InstanceId OTHER = new InstanceId("mi-00000000000000002");
  static final String ASSOCIATION = "kept";

  private final World world = new World(11);
  private final Store store;
  private final Network network;
  private final CoordinatorLife coordinator;
  private final Checker checker;
  private final ParameterKeys keys;
  private final boolean onlyAtTicks;
  private final Set<String> seen = new HashSet<>();
  private final List<InstanceId> instances = new ArrayList<>();
  private long ids;
  private Optional<SimulatedHost> host = Optional.empty();

  Scene(Path folder, boolean onlyAtTicks) throws IOException {
    this.onlyAtTicks = onlyAtTicks;
    store = Store.open(folder, this::now, Store.Durability.PROCESS);
    checker = new Checker(world, store);
    network = new Network(world, checker);
    coordinator = new CoordinatorLife(world, store);
    network.listens(Optional.of(coordinator));
    try {
      keys = ParameterKeys.open(folder.resolve("parameters.key"), store, new SecureRandom());
    } catch (ParameterKeys.KeysRefused e) {
      throw new AssertionError(e);
    }
    parameter("text", "first");
    document("work", "1");
    document("work-of-another-kind", "1");
  }

  /** The association is there and has run once, on the one host that there is. */
  static Scene begun(Path folder, boolean onlyAtTicks) throws IOException {
    Scene scene = new Scene(folder, onlyAtTicks);
    scene.enrol(HOST, Map.of("Role", "web"));
    scene.create(to -> to);
    scene.passUntil("01:20");
    scene.ran();
    return scene;
  }

  @Override
  public void close() {
    store.close();
  }

  Instant now() {
    return World.START.plus(world.elapsed());
  }

  /** A time of the first day. */
  static Instant at(String time) {
    return Instant.parse("2026-11-02T" + time + ":00Z");
  }

  void pass(Duration time) {
    world.runUntil(world.elapsed().plus(time), () -> {});
  }

  void passUntil(String time) {
    pass(Duration.between(now(), at(time)));
  }

  boolean onlyAtTicks() {
    return onlyAtTicks;
  }

  /** To ten minutes after the next full hour. */
  void passToNextTick() {
    long hours = Duration.between(World.START, now()).toHours() + 1;
    pass(Duration.between(now(), World.START.plus(Duration.ofHours(hours).plusMinutes(10))));
  }

  SimulatedHost host() {
    return host.orElseThrow();
  }

  GrpcAssociations associations() {
    return new GrpcAssociations(
        calls(),
        coordinator.engine().desk(),
        coordinator.engine().links()::connected,
        coordinator.engine().permits()::waits,
        coordinator.engine().links(),
        coordinator.engine().links(),
        Optional.empty(),
        this::now);
  }

  GrpcDocuments documents() {
    return new GrpcDocuments(calls(), coordinator.engine().desk(), this::now);
  }

  private Calls calls() {
    return new Calls(store, () -> new UUID(0x4000L, ids++));
  }

  /** An instance registers, and its agent starts. */
  void enrol(InstanceId instance, Map<String, String> tags) {
    store.write(
        write -> {
          Instances.add(
              write, instance, "", "a", "key " + instance, "1", new byte[] {1}, "1", "sim");
          Instances.setTags(write, instance, tags);
          write.append("InstanceRegistered", List.of(instance.value()), Map.of());
          coordinator.engine().desk().instanceChanged(write, instance);
          return instance;
        });
    instances.add(instance);
    SimulatedHost made = new SimulatedHost(world, instance, network, checker);
    host = Optional.of(made);
    made.start();
  }

  void create(UnaryOperator<Association.Builder> to) {
    Association.Builder association =
        Association.newBuilder()
            .setName("work")
            .setAssociationName(ASSOCIATION)
            .setParameters(message("{{ssm:text}}"))
            .setScheduleExpression("cron(0 * * * ? *)")
            .setApplyOnlyAtCronInterval(onlyAtTicks)
            .addTargets(tagged("web"));
    must(
        Admin.call(
            associations()::createAssociation,
            CreateAssociationRequest.newBuilder().setAssociation(to.apply(association)).build()));
  }

  static Target tagged(String... roles) {
    return Target.newBuilder().setKey("tag:Role").addAllValues(List.of(roles)).build();
  }

  static Struct message(String text) {
    return Struct.newBuilder()
        .putFields("Message", Value.newBuilder().setStringValue(text).build())
        .build();
  }

  void update(UnaryOperator<Association.Builder> to, String... fields) {
    must(
        Admin.call(
            associations()::updateAssociation,
            UpdateAssociationRequest.newBuilder()
                .setAssociationId(ASSOCIATION)
                .setAssociation(to.apply(Association.newBuilder()))
                .setUpdateMask(FieldMask.newBuilder().addAllPaths(List.of(fields)))
                .build()));
  }

  /** A document that says something, so marked that two differ. */
  static String text(String mark) {
    return """
    schemaVersion: "2.2"
    description: %s
    parameters:
      Message:
        type: String
        default: none
    mainSteps:
    - action: aws:runShellScript
      name: say
      inputs:
        timeoutSeconds: 30
        runCommand:
        - echo {{ Message }}
    """
        .formatted(mark);
  }

  void document(String name, String mark) {
    must(
        Admin.call(
            documents()::createDocument,
            CreateDocumentRequest.newBuilder().setName(name).setContent(text(mark)).build()));
  }

  /** A calendar that is closed between two times of the first day. */
  void calendar(String name, String from, String until) {
    must(
        Admin.call(
            documents()::createDocument,
            CreateDocumentRequest.newBuilder()
                .setName(name)
                .setDocumentType(DocumentType.DOCUMENT_TYPE_CHANGE_CALENDAR)
                .setContent(closed(from, until))
                .build()));
  }

  static String closed(String from, String until) {
    return String.join(
            "\r\n",
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//x//EN",
            "X-CALENDAR-TYPE:DEFAULT_OPEN",
            "BEGIN:VEVENT",
            "UID:1",
            "DTSTART:" + compact(from),
            "DTEND:" + compact(until),
            "END:VEVENT",
            "END:VCALENDAR")
        + "\r\n";
  }

  private static String compact(String time) {
    return at(time).toString().replaceAll("[-:]", "");
  }

  void parameter(String name, String value) {
    must(
        Admin.call(
            new GrpcParameters(calls(), coordinator.engine().desk(), keys)::putParameter,
            PutParameterRequest.newBuilder()
                .setName(name)
                .setValue(value)
                .setOverwrite(true)
                .build()));
  }

  void tag(String role) {
    must(
        Admin.call(
            new GrpcInstances(
                    calls(),
                    coordinator.engine().desk(),
                    coordinator.engine().links(),
                    coordinator.engine().links()::connected,
                    coordinator.engine().permits()::waits,
                    this::now)
                ::addTagsToResource,
            AddTagsToResourceRequest.newBuilder()
                .setResourceType(ResourceType.RESOURCE_TYPE_MANAGED_INSTANCE)
                .setResourceId(HOST.value())
                .putTags("Role", role)
                .build()));
  }

  /** The host can't reach the coordinator for a time. */
  void cutOff(Duration length) {
    network.partition(HOST, length);
  }

  static <T> T must(Optional<T> answer) {
    return answer.orElseThrow(() -> new AssertionError("a call was refused"));
  }

  AssociationId association() {
    return new AssociationId(
        Scene.must(
                Admin.call(
                    associations()::describeAssociation,
                    dev.holdfast.wire.v1.DescribeAssociationRequest.newBuilder()
                        .setAssociationId(ASSOCIATION)
                        .build()))
            .getAssociationDescription()
            .getAssociationId());
  }

  /**
   * The runs and skips that were reported since it was asked last, as they were begun, in words.
   */
  List<String> ran() {
    AssociationId association = association();
    return store.read(
        read -> {
          List<Runs.Run> runs = new ArrayList<>();
          for (Executions.Execution execution :
              Executions.behind(read, association, Executions.Place.NEWEST, 2_000)) {
            for (InstanceId instance : instances) {
              Runs.find(read, Identity.runId(instance, association, execution.trigger()))
                  .filter(run -> seen.add(run.id()))
                  .ifPresent(runs::add);
            }
          }
          return runs.stream()
              .sorted(Comparator.comparingLong(Runs.Run::startNumber))
              .map(Scene::words)
              .toList();
        });
  }

  private static String words(Runs.Run run) {
    String kind = run.trigger().substring(0, run.trigger().indexOf(':'));
    if (run.status() == RunStatus.SKIPPED) {
      return kind + " Skipped/" + run.detailedStatus();
    }
    return kind + (run.caughtUp() ? " that makes up for " + run.missedTicks() : "");
  }

  /**
   * How the newest execution reads for the host, as callers see it: {@code Failed/InvalidDocument}.
   */
  String standing() {
    String execution =
        must(Admin.call(
                associations()::describeAssociationExecutions,
                dev.holdfast.wire.v1.DescribeAssociationExecutionsRequest.newBuilder()
                    .setAssociationId(ASSOCIATION)
                    .build()))
            .getAssociationExecutions(0)
            .getExecutionId();
    var target =
        must(Admin.call(
                associations()::describeAssociationExecutionTargets,
                dev.holdfast.wire.v1.DescribeAssociationExecutionTargetsRequest.newBuilder()
                    .setAssociationId(ASSOCIATION)
                    .setExecutionId(execution)
                    .build()))
            .getAssociationExecutionTargets(0);
    return dev.holdfast.wire.ReportCodec.fromProto(target.getStatus()).text()
        + "/"
        + target.getDetailedStatus();
  }

  String lastLines() {
    return world.lastLines(30);
  }
}
