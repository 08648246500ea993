package dev.holdfast.coordinator.permit;

import com.google.protobuf.ByteString;
import dev.holdfast.assignment.AssignmentReference;
import dev.holdfast.assignment.AssignmentSet;
import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Identity;
import dev.holdfast.association.InstanceId;
import dev.holdfast.association.Trigger;
import dev.holdfast.coordinator.Engine;
import dev.holdfast.coordinator.admin.Calls;
import dev.holdfast.coordinator.admin.GrpcDocuments;
import dev.holdfast.coordinator.association.GrpcAssociations;
import dev.holdfast.coordinator.execution.Targets;
import dev.holdfast.coordinator.link.Links;
import dev.holdfast.coordinator.link.Outlet;
import dev.holdfast.coordinator.link.Session;
import dev.holdfast.coordinator.store.Associations;
import dev.holdfast.coordinator.store.Executions;
import dev.holdfast.coordinator.store.PermitRows;
import dev.holdfast.coordinator.testing.Rows;
import dev.holdfast.coordinator.trust.Caller;
import dev.holdfast.coordinator.trust.Role;
import dev.holdfast.permit.Permit;
import dev.holdfast.permit.PermitRequest;
import dev.holdfast.report.Lane;
import dev.holdfast.report.Report;
import dev.holdfast.report.RunStatus;
import dev.holdfast.task.Sha256;
import dev.holdfast.task.Timers;
import dev.holdfast.wire.AssignmentCodec;
import dev.holdfast.wire.PermitCodec;
import dev.holdfast.wire.ReportCodec;
import dev.holdfast.wire.Times;
import dev.holdfast.wire.agent.AgentMessage;
import dev.holdfast.wire.agent.CoordinatorMessage;
import dev.holdfast.wire.agent.Hello;
import dev.holdfast.wire.agent.LanePosition;
import dev.holdfast.wire.agent.ReportBatch;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.CreateAssociationRequest;
import dev.holdfast.wire.v1.CreateDocumentRequest;
import dev.holdfast.wire.v1.StartAssociationsOnceRequest;
import dev.holdfast.wire.v1.Target;
import io.grpc.Context;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A whole engine of a coordinator in one thread, which may crash, and agents that are only said.
 */
final class PermitScene implements AutoCloseable {
  final Rows rows;
  final Map<InstanceId, Agent> agents = new TreeMap<>();
  Engine engine;
  private Life life = new Life();
  private long ids;

  PermitScene(Path folder, int instances) {
    rows = new Rows(folder);
    for (int i = 1; i <= instances; i++) {
      InstanceId id = rows.instance(i);
      agents.put(id, new Agent(id));
    }
    engine = started();
    call(
        new GrpcDocuments(calls(), engine.desk(), rows.timers::now)::createDocument,
        CreateDocumentRequest.newBuilder()
            .setName("work")
            .setContent(
                """
                schemaVersion: '2.2'
                mainSteps:
                - action: aws:runShellScript
                  name: script
                  inputs:
                    timeoutSeconds: 60
                    runCommand: [ 'true' ]
                """)
            .build());
  }

  /** Timers that are still when the coordinator that they were made for is gone. */
  private final class Life implements Timers {
    private boolean over;

    @Override
    public Instant now() {
      return rows.timers.now();
    }

    @Override
    public Duration uptime() {
      return rows.timers.uptime();
    }

    @Override
    public Timer after(Duration delay, Runnable task) {
      return rows.timers.after(
          delay,
          () -> {
            if (!over) {
              task.run();
            }
          });
    }
  }

  private Engine started() {
    Life mine = life;
    Engine made =
        new Engine(
            rows.store,
            mine,
            task -> mine.after(Duration.ZERO, task),
            task -> mine.after(Duration.ZERO, task),
            1_000_000);
    made.start();
    return made;
  }

  /** As after kill -9 and a start. */
  void restart() {
    life.over = true;
    life = new Life();
    agents.values().forEach(Agent::cut);
    engine = started();
    turn();
  }

  void turn() {
    rows.timers.advance(Duration.ZERO);
  }

  void advance(Duration time) {
    rows.timers.advance(time);
  }

  Agent agent(int number) {
    return Optional.ofNullable(agents.get(Rows.id(number))).orElseThrow();
  }

  /** A new association of all instances, with these limits. */
  AssociationId create(String concurrency, String errors) {
    return create(Association.newBuilder().setMaxConcurrency(concurrency).setMaxErrors(errors));
  }

  AssociationId create(Association.Builder association) {
    String id =
        call(
                service()::createAssociation,
                CreateAssociationRequest.newBuilder()
                    .setAssociation(
                        association
                            .setName("work")
                            .addTargets(Target.newBuilder().setKey("InstanceIds").addValues("*")))
                    .build())
            .getAssociationDescription()
            .getAssociationId();
    turn();
    return new AssociationId(id);
  }

  /** Starts it by hand, on all; the trigger. */
  Trigger start(AssociationId association) {
    String execution =
        call(
                service()::startAssociationsOnce,
                StartAssociationsOnceRequest.newBuilder()
                    .addAssociationIds(association.value())
                    .build())
            .getExecutionIds(0);
    turn();
    return execution(execution).trigger();
  }

  Executions.Execution execution(String id) {
    return rows.store.read(read -> Executions.find(read, id)).orElseThrow();
  }

  Executions.Execution execution(AssociationId association, Trigger trigger) {
    return execution(Identity.executionId(association, trigger));
  }

  /** The trigger of the newest change of an association. */
  Trigger change(AssociationId association) {
    return rows.store
        .read(read -> Executions.newestChange(read, association))
        .orElseThrow()
        .trigger();
  }

  int counting(AssociationId association) {
    return rows.store.read(read -> PermitRows.counting(read, association));
  }

  /** How a target of an execution reads. */
  String reads(AssociationId association, Trigger trigger, int instance) {
    return targets(association, trigger).stream()
        .filter(target -> target.instance().equals(Rows.id(instance)))
        .map(target -> target.status().text() + "/" + target.detailedStatus())
        .findFirst()
        .orElse("no target");
  }

  List<Targets.Target> targets(AssociationId association, Trigger trigger) {
    return rows.store.read(
        read ->
            Targets.of(
                    read,
                    Associations.find(read, association).orElseThrow(),
                    engine.links()::connected,
                    (instance, asked) -> engine.permits().waits(instance, association, asked),
                    rows.timers.now())
                .of(
                    Executions.find(read, Identity.executionId(association, trigger))
                        .orElseThrow()));
  }

  private GrpcAssociations service() {
    return new GrpcAssociations(
        calls(),
        engine.desk(),
        engine.links()::connected,
        engine.permits()::waits,
        engine.links(),
        engine.links(),
        Optional.empty(),
        rows.timers::now);
  }

  private Calls calls() {
    return new Calls(rows.store, () -> new UUID(0x7000L, ids++));
  }

  private static <Q, P> P call(BiConsumer<Q, StreamObserver<P>> method, Q request) {
    Answered<P> answer = new Answered<>();
    Context.current()
        .withValue(Caller.KEY, new Caller.Person("test", Role.ADMIN, Optional.empty()))
        .run(() -> method.accept(request, answer));
    return answer.required();
  }

  private static final class Answered<P> implements StreamObserver<P> {
    private @Nullable P value;
    private @Nullable Throwable failure;

    @Override
    public void onNext(P next) {
      value = next;
    }

    @Override
    public void onError(Throwable thrown) {
      failure = thrown;
    }

    @Override
    public void onCompleted() {
      // The one answer has come.
    }

    private P required() {
      P given = value;
      if (given == null) {
        throw new AssertionError("no answer", failure);
      }
      return given;
    }
  }

  @Override
  public void close() {
    rows.close();
  }

  /** What an agent says, and what it was told on the link that is open. */
  final class Agent implements Outlet {
    final InstanceId id;
    final List<Permit> told = new ArrayList<>();
    final List<PermitRequest.Ask> asks = new ArrayList<>();
    final List<PermitRequest.Hold> holds = new ArrayList<>();
    AssignmentSet set = AssignmentSet.NONE;
    Optional<Session> session = Optional.empty();
    boolean deaf;
    private final List<dev.holdfast.wire.agent.Report> spool = new ArrayList<>();
    private long number;
    private long starts;

    Agent(InstanceId id) {
      this.id = id;
    }

    @Override
    public boolean ready() {
      return true;
    }

    @Override
    public void send(CoordinatorMessage message) {
      if (message.hasPermit() && !deaf) {
        told.add(PermitCodec.fromProto(message.getPermit()));
      } else if (message.hasSet()) {
        set = AssignmentCodec.fromProto(message.getSet());
      }
    }

    @Override
    public void close(String reason) {
      cut();
    }

    /** The link is gone. */
    void cut() {
      Optional<Session> open = session;
      session = Optional.empty();
      told.clear();
      open.ifPresent(Session::closed);
    }

    boolean linked() {
      return session.isPresent();
    }

    /** A new link: the hello says all, then what is in the spool goes up. */
    Agent link() {
      cut();
      Session opened =
          engine.links().open(new Links.Peer(id, "", Optional.empty(), "192.0.2.1"), this);
      session = Optional.of(opened);
      opened.received(
          AgentMessage.newBuilder()
              .setHello(
                  Hello.newBuilder()
                      .setAgentVersion("1.0")
                      .setBootId("boot")
                      .setClock(Times.toProto(rows.timers.now()))
                      .setGeneration(AssignmentCodec.toProto(set.generation()))
                      .setSetSha256(ByteString.copyFrom(set.sha256().raw()))
                      .setSpoolEpoch("spool")
                      .setPermits(PermitCodec.toProto(request()))
                      .addLanes(
                          LanePosition.newBuilder()
                              .setLane(ReportCodec.toProto(Lane.RESULTS))
                              .setSequence(spool.size())))
              .build());
      turn();
      return this;
    }

    private PermitRequest request() {
      return new PermitRequest(++number, asks, holds, spool.size());
    }

    /** Says what it asks for and holds now. */
    Agent say() {
      session.ifPresent(
          open ->
              open.received(
                  AgentMessage.newBuilder().setPermits(PermitCodec.toProto(request())).build()));
      turn();
      return this;
    }

    Agent ask(AssociationId association, Trigger trigger) {
      asks.removeIf(ask -> ask.association().equals(association));
      asks.add(new PermitRequest.Ask(association, trigger, Duration.ZERO));
      return say();
    }

    /** It begins what it was granted. */
    Agent begin(AssociationId association, Trigger trigger) {
      asks.removeIf(ask -> ask.association().equals(association));
      holds.add(new PermitRequest.Hold(association, trigger, true));
      return say();
    }

    boolean granted(AssociationId association, Trigger trigger) {
      return told.stream()
          .anyMatch(
              permit ->
                  permit.verdict() == Permit.Verdict.GRANTED
                      && permit.association().equals(association)
                      && permit.trigger().equals(trigger)
                      && permit.number() == number);
    }

    boolean superseded(Trigger trigger) {
      return told.stream()
          .anyMatch(
              permit ->
                  permit.verdict() == Permit.Verdict.SUPERSEDED
                      && permit.trigger().equals(trigger));
    }

    /** What it runs has come to its end, which is in its spool. */
    Agent end(AssociationId association, Trigger trigger, RunStatus status) {
      holds.removeIf(
          hold -> hold.association().equals(association) && hold.trigger().equals(trigger));
      Sha256 revision =
          set.assignments().stream()
              .filter(reference -> reference.association().equals(association))
              .map(AssignmentReference::body)
              .findFirst()
              .orElseThrow();
      Instant now = rows.timers.now();
      spool.add(
          ReportCodec.toProto(
              spool.size() + 1,
              new Report.Run(
                  association,
                  trigger,
                  status == RunStatus.SKIPPED ? 0 : 1,
                  ++starts,
                  status,
                  status.text(),
                  revision,
                  1,
                  1,
                  Optional.empty(),
                  Optional.of(now),
                  Optional.of(now),
                  false,
                  0,
                  List.of(),
                  "")));
      return this;
    }

    /** Sends all that is in the spool; what is stored is ignored. */
    Agent report() {
      session.ifPresent(
          open -> {
            for (int from = 0; from < spool.size(); from += 50) {
              open.received(
                  AgentMessage.newBuilder()
                      .setReports(
                          ReportBatch.newBuilder()
                              .addAllReports(
                                  spool.subList(from, Math.min(spool.size(), from + 50))))
                      .build());
              turn();
            }
          });
      return this;
    }
  }
}
