package dev.holdfast.coordinator.association;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Identity;
import dev.holdfast.association.InstanceId;
import dev.holdfast.association.Trigger;
import dev.holdfast.coordinator.admin.Calls;
import dev.holdfast.coordinator.admin.Feeds;
import dev.holdfast.coordinator.admin.GrpcDocuments;
import dev.holdfast.coordinator.admin.GrpcParameters;
import dev.holdfast.coordinator.admin.Linked;
import dev.holdfast.coordinator.instance.GrpcInstances;
import dev.holdfast.coordinator.store.Associations;
import dev.holdfast.coordinator.store.AuditTrail;
import dev.holdfast.coordinator.store.EventLog;
import dev.holdfast.coordinator.store.Executions;
import dev.holdfast.coordinator.store.Identities;
import dev.holdfast.coordinator.store.InstanceState;
import dev.holdfast.coordinator.store.Instances;
import dev.holdfast.coordinator.store.Memberships;
import dev.holdfast.coordinator.store.RateControl;
import dev.holdfast.coordinator.store.Runs;
import dev.holdfast.coordinator.store.Store;
import dev.holdfast.coordinator.trust.Caller;
import dev.holdfast.coordinator.trust.ParameterKeys;
import dev.holdfast.coordinator.trust.Role;
import dev.holdfast.report.RunStatus;
import dev.holdfast.task.Sha256;
import dev.holdfast.testing.ManualTimers;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.AssociationDescription;
import dev.holdfast.wire.v1.AssociationExecution;
import dev.holdfast.wire.v1.AssociationExecutionTarget;
import dev.holdfast.wire.v1.CreateAssociationRequest;
import dev.holdfast.wire.v1.CreateDocumentRequest;
import dev.holdfast.wire.v1.DescribeAssociationExecutionTargetsRequest;
import dev.holdfast.wire.v1.DescribeAssociationExecutionsRequest;
import dev.holdfast.wire.v1.DocumentType;
import dev.holdfast.wire.v1.PingStatus;
import dev.holdfast.wire.v1.PutParameterRequest;
import dev.holdfast.wire.v1.Target;
import io.grpc.Context;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** A coordinator's store and admin services in one thread, and instances that are only rows. */
final class Fleet implements AutoCloseable {
  static final Instant START = Instant.parse("2026-11-24T12:00:00Z");

  final ManualTimers timers = new ManualTimers(START);
  final Set<InstanceId> online = new HashSet<>();

  /** Runs that wait for a permit. */
  final Set<String> asking = new HashSet<>();

  final AssociationDesk desk;
  final Store store;
  final GrpcAssociations associations;
  final GrpcDocuments documents;
  final GrpcParameters parameters;
  final ParameterKeys keys;
  final GrpcInstances instances;
  Linked linked = Linked.NOBODY;
  final Feeds feeds = new Feeds(Runnable::run, timers, 2);
  private final Path folder;
  private final AtomicLong numbers = new AtomicLong();

  Fleet(Path folder, int guardInstances) {
    this.folder = folder;
    store = Store.open(folder, timers::now, Store.Durability.PROCESS);
    Calls calls = new Calls(store, () -> new UUID(0x4000L, numbers.incrementAndGet()));
    desk = new AssociationDesk(guardInstances);
    associations =
        new GrpcAssociations(
            calls,
            desk,
            online::contains,
            this::waits,
            this::presence,
            id -> linked.standing(id),
            Optional.of(feeds),
            timers::now);
    documents = new GrpcDocuments(calls, desk, timers::now);
    keys = keys();
    parameters = new GrpcParameters(calls, desk, keys);
    instances =
        new GrpcInstances(calls, desk, this::presence, online::contains, this::waits, timers::now);
  }

  private boolean waits(InstanceId instance, AssociationId association, Trigger trigger) {
    return asking.contains(Identity.runId(instance, association, trigger));
  }

  private PingStatus presence(Instances.Instance row) {
    return online.contains(row.id())
        ? PingStatus.PING_STATUS_ONLINE
        : PingStatus.PING_STATUS_CONNECTION_LOST;
  }

  private ParameterKeys keys() {
    try {
      return ParameterKeys.open(folder.resolve("parameters.key"), store, new SecureRandom());
    } catch (ParameterKeys.KeysRefused | IOException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    store.close();
  }

  /** What a refused call came to. */
  record Refused(String code, String reason, String message, Map<String, String> findings) {}

  /** Makes a call that has to be answered. */
  <Q, P> P call(BiConsumer<Q, StreamObserver<P>> method, Q request) {
    return call(Role.ADMIN, method, request);
  }

  /** Makes a call, as somebody of a role, that has to be answered. */
  <Q, P> P call(Role role, BiConsumer<Q, StreamObserver<P>> method, Q request) {
    Recorder<P> recorder = new Recorder<>();
    Context.current()
        .withValue(Caller.KEY, new Caller.Person("ann", role, Optional.empty()))
        .run(() -> method.accept(request, recorder));
    if (recorder.failure != null) {
      throw recorder.failure;
    }
    if (recorder.answers.size() != 1 || !recorder.completed) {
      throw new AssertionError("one answer and an end, not " + recorder.answers);
    }
    return recorder.answers.getFirst();
  }

  /** Makes a call that has to be refused. */
  <Q, P> Refused refused(BiConsumer<Q, StreamObserver<P>> method, Q request) {
    return refused(Role.ADMIN, method, request);
  }

  /** Makes a call, as somebody of a role, that has to be refused. */
  <Q, P> Refused refused(Role role, BiConsumer<Q, StreamObserver<P>> method, Q request) {
    P answer;
    try {
      answer = call(role, method, request);
    } catch (StatusRuntimeException e) {
      return refused(e);
    }
    throw new AssertionError("not refused: " + answer);
  }

  private static Refused refused(StatusRuntimeException failure) {
    com.google.rpc.Status status = StatusProto.fromThrowable(failure);
    if (status == null) {
      throw new AssertionError("no status", failure);
    }
    String reason = "";
    Map<String, String> findings = new java.util.TreeMap<>();
    try {
      for (Any detail : status.getDetailsList()) {
        if (detail.is(ErrorInfo.class)) {
          reason = detail.unpack(ErrorInfo.class).getReason();
        } else {
          detail
              .unpack(BadRequest.class)
              .getFieldViolationsList()
              .forEach(
                  v -> findings.merge(v.getField(), v.getDescription(), (a, b) -> a + "|" + b));
        }
      }
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
    return new Refused(failure.getStatus().getCode().name(), reason, status.getMessage(), findings);
  }

  void advance(Duration by) {
    timers.advance(by);
  }

  static InstanceId instance(int number) {
    return new InstanceId(String.format("mi-%017x", number));
  }

  /** An instance enrols. */
  InstanceId enrol(int number, Map<String, String> tags) {
    InstanceId id = instance(number);
    store.write(
        write -> {
          Instances.add(
              write, id, "", "a", "key" + number, "s", new byte[] {1}, "1", "host" + number);
          Instances.setTags(write, id, tags);
          write.append("InstanceEnrolled", List.of(id.value()), Map.of());
          desk.instanceChanged(write, id);
          return id;
        });
    online.add(id);
    return id;
  }

  /** An instance is in another state from now on; it is linked if nothing holds it. */
  void become(InstanceId id, InstanceState state) {
    store.write(
        write -> {
          boolean other = Identities.become(write, id, state, "because");
          if (other) {
            desk.instanceChanged(write, id);
          }
          return other;
        });
    if (state == InstanceState.ACTIVE) {
      online.add(id);
    } else {
      online.remove(id);
    }
  }

  /** A document that takes a message, and can be audited. */
  static String document(String marker) {
    return """
    schemaVersion: "2.2"
    description: %s
    parameters:
      Message:
        type: String
        default: none
        maxChars: 20
    mainSteps:
    - action: aws:runShellScript
      name: say
      inputs:
        timeoutSeconds: 600
        runCommand:
        - echo {{ Message }}
    - action: aws:softwareInventory
      name: look
      inputs:
        applications: Enabled
    """
        .formatted(marker);
  }

  void createDocument(String name, String marker) {
    call(
        documents::createDocument,
        CreateDocumentRequest.newBuilder().setName(name).setContent(document(marker)).build());
  }

  /** A calendar that is closed from one time to another, both as iCalendar has them. */
  static String closed(String from, String until) {
    return String.join(
        "\r\n",
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//x//EN",
        "X-CALENDAR-TYPE:DEFAULT_OPEN",
        "BEGIN:VEVENT",
        "UID:1",
        "DTSTART:" + from,
        "DTEND:" + until,
        "END:VEVENT",
        "END:VCALENDAR",
        "");
  }

  void createCalendar(String name, String from, String until) {
    call(
        documents::createDocument,
        CreateDocumentRequest.newBuilder()
            .setName(name)
            .setDocumentType(DocumentType.DOCUMENT_TYPE_CHANGE_CALENDAR)
            .setContent(closed(from, until))
            .build());
  }

  void putParameter(String name, String value) {
    call(
        parameters::putParameter,
        PutParameterRequest.newBuilder().setName(name).setValue(value).setOverwrite(true).build());
  }

  AssociationDescription create(Association association) {
    return call(
            associations::createAssociation,
            CreateAssociationRequest.newBuilder()
                .setAssociation(association)
                .setAcknowledgeTargets(100_000)
                .build())
        .getAssociationDescription();
  }

  static Target tag(String key, String... values) {
    return Target.newBuilder().setKey("tag:" + key).addAllValues(List.of(values)).build();
  }

  static Target ids(InstanceId... ids) {
    return Target.newBuilder()
        .setKey("InstanceIds")
        .addAllValues(List.of(ids).stream().map(InstanceId::value).toList())
        .build();
  }

  static Target all() {
    return Target.newBuilder().setKey("InstanceIds").addValues("*").build();
  }

  Associations.Association row(String id) {
    return store.read(read -> Associations.find(read, new AssociationId(id)).orElseThrow());
  }

  Set<InstanceId> members(String id) {
    return Set.copyOf(
        store.read(read -> Memberships.members(read, new AssociationId(id))).stream()
            .map(Memberships.Membership::instance)
            .toList());
  }

  List<EventLog.Event> eventsAfter(long position) {
    return store.read(read -> EventLog.after(read, position, 1_000));
  }

  AuditTrail.Entry newestAudit() {
    return store
        .read(
            read ->
                AuditTrail.find(
                    read,
                    new AuditTrail.Search(
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()),
                    Long.MAX_VALUE,
                    1))
        .getFirst();
  }

  List<AssociationExecution> executions(String association) {
    return call(
            associations::describeAssociationExecutions,
            DescribeAssociationExecutionsRequest.newBuilder().setAssociationId(association).build())
        .getAssociationExecutionsList();
  }

  List<AssociationExecutionTarget> targets(String association, String execution) {
    return call(
            associations::describeAssociationExecutionTargets,
            DescribeAssociationExecutionTargetsRequest.newBuilder()
                .setAssociationId(association)
                .setExecutionId(execution)
                .setPageSize(100)
                .build())
        .getAssociationExecutionTargetsList();
  }

  /** How a target of an execution stands: {@code Skipped/NotTargeted}; empty if it is none. */
  String standing(String association, String execution, InstanceId instance) {
    return targets(association, execution).stream()
        .filter(target -> target.getResourceId().equals(instance.value()))
        .map(
            target ->
                dev.holdfast.wire.ReportCodec.fromProto(target.getStatus()).text()
                    + "/"
                    + target.getDetailedStatus())
        .findFirst()
        .orElse("");
  }

  /** A tick's row, as it is written when its instant comes. */
  String tick(String association, Instant at) {
    Associations.Association row = row(association);
    Trigger trigger = new Trigger.Tick(at);
    String id = Identity.executionId(row.id(), trigger);
    store.write(
        write ->
            Executions.add(
                write,
                new Executions.Execution(
                    id,
                    row.id(),
                    row.version(),
                    trigger,
                    "schedule",
                    at,
                    write.position(),
                    row.revision().map(Sha256::hex).orElse(""),
                    Set.of(),
                    at.plus(Duration.ofDays(31)),
                    Memberships.count(write.read(), row.id()),
                    write.now(),
                    Optional.empty(),
                    false,
                    Optional.empty(),
                    false,
                    Optional.empty(),
                    RateControl.NONE)));
    return id;
  }

  /** An instance reports its run of an execution. */
  void report(String execution, InstanceId instance, RunStatus status, byte[] steps) {
    store.write(
        write -> {
          Executions.Execution row = Executions.find(write.read(), execution).orElseThrow();
          String id = Identity.runId(instance, row.association(), row.trigger());
          Runs.put(
              write,
              new Runs.Run(
                  id,
                  execution,
                  row.association(),
                  instance,
                  row.trigger().text(),
                  1,
                  1,
                  1,
                  status,
                  status.text(),
                  row.associationVersion(),
                  1,
                  row.revisionSha256(),
                  Optional.empty(),
                  Optional.of(write.now()),
                  status.terminal() ? Optional.of(write.now()) : Optional.empty(),
                  false,
                  0,
                  com.google.protobuf.ByteString.copyFrom(steps),
                  write.now(),
                  ""),
              Runs.lastChange(write.read(), execution) + 1);
          Runs.putCurrent(
              write,
              new Runs.Current(
                  instance,
                  row.association(),
                  id,
                  status,
                  1,
                  1,
                  status == RunStatus.SUCCESS ? Optional.of(write.now()) : Optional.empty()));
          Instances.seen(write, Map.of(instance, write.now()));
          if (status.terminal()) {
            Executions.put(
                write,
                execution,
                Executions.progress(write.read(), execution).orElseThrow().withEnd(write.now()));
          }
          return id;
        });
  }

  void report(String execution, InstanceId instance, RunStatus status) {
    report(execution, instance, status, new byte[0]);
  }

  private static final class Recorder<P> implements StreamObserver<P> {
    private final List<P> answers = new ArrayList<>();
    private @Nullable StatusRuntimeException failure;
    private boolean completed;

    @Override
    public void onNext(P answer) {
      answers.add(answer);
    }

    @Override
    public void onError(Throwable thrown) {
      failure = (StatusRuntimeException) thrown;
    }

    @Override
    public void onCompleted() {
      completed = true;
    }
  }
}
