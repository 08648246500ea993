package dev.holdfast.coordinator.link;

import com.google.protobuf.ByteString;
import dev.holdfast.assignment.AssignmentSet;
import dev.holdfast.assignment.Generation;
import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.assignment.SetBodies;
import dev.holdfast.coordinator.store.EventLog;
import dev.holdfast.coordinator.store.Instances;
import dev.holdfast.coordinator.store.PresenceRows;
import dev.holdfast.coordinator.store.Write;
import dev.holdfast.coordinator.testing.Rows;
import dev.holdfast.task.Timers;
import dev.holdfast.wire.AssignmentCodec;
import dev.holdfast.wire.Times;
import dev.holdfast.wire.agent.AgentMessage;
import dev.holdfast.wire.agent.Heartbeat;
import dev.holdfast.wire.agent.Hello;
import dev.holdfast.wire.agent.LanePosition;
import dev.holdfast.wire.agent.Report;
import dev.holdfast.wire.agent.ReportBatch;
import dev.holdfast.wire.agent.RunReport;
import dev.holdfast.wire.agent.SetAdopted;
import dev.holdfast.wire.v1.PingStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Links over a real store, with agents played by the test; one thread, time that moves when told.
 */
final class Floor implements AutoCloseable {
  final Rows rows;
  final FakeIntake intake = new FakeIntake();

  /** Nobody cares who comes back. */
  static final Returns NOTHING_FOLLOWS =
      new Returns() {
        @Override
        public void connected(Write write, InstanceId instance) {
          // nothing follows
        }

        @Override
        public void platformChanged(Write write, InstanceId instance) {
          // nothing follows
        }

        @Override
        public void stateChanged(Write write, InstanceId instance) {
          // nothing follows
        }
      };

  final List<InstanceId> returned = new ArrayList<>();
  final List<InstanceId> changed = new ArrayList<>();
  final List<InstanceId> restated = new ArrayList<>();
  final List<String> asks = new ArrayList<>();
  Refresher refresher =
      (write, instance, ask) -> new Refresher.Reply(List.of(ask.asking()), List.of(), "");
  Links links;
  private final Quotas quotas;
  private Life life = new Life();

  /** Where instances may say as much as they like. */
  Floor(Path folder) {
    this(folder, new Quotas(100_000, 1_000_000_000, 1_000_000, 1_000_000, 100));
  }

  Floor(Path folder, Quotas quotas) {
    this.quotas = quotas;
    rows = new Rows(folder);
    links = started();
  }

  /** As after kill -9 and a start: nothing of before runs any more. */
  void restart() {
    life.over = true;
    life = new Life();
    links = started();
  }

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

  private Links started() {
    Life mine = life;
    Links made =
        new Links(
            rows.store,
            new SetBodies(rows.store),
            intake,
            new Returns() {
              @Override
              public void connected(Write write, InstanceId instance) {
                returned.add(instance);
              }

              @Override
              public void platformChanged(Write write, InstanceId instance) {
                changed.add(instance);
              }

              @Override
              public void stateChanged(Write write, InstanceId instance) {
                restated.add(instance);
              }
            },
            (write, instance, ask) -> {
              asks.add(instance + " " + ask.runId() + " " + ask.associations());
              return refresher.refresh(write, instance, ask);
            },
            task -> mine.after(Duration.ZERO, task),
            mine,
            quotas);
    made.start();
    return made;
  }

  @Override
  public void close() {
    rows.close();
  }

  /** One agent's end. */
  final class Agent {
    final InstanceId id;
    final FakeOutlet outlet = new FakeOutlet();
    final Session session;
    AssignmentSet held = AssignmentSet.NONE;
    private long workLoop;
    private long sequence;

    Agent(InstanceId id) {
      this.id = id;
      this.session = links.open(peer(id), outlet);
    }

    Agent hello() {
      send(AgentMessage.newBuilder().setHello(helloMessage()));
      turn();
      return this;
    }

    Hello.Builder helloMessage() {
      return Hello.newBuilder()
          .setAgentVersion("1.0")
          .setBootId("boot")
          .setClock(Times.toProto(rows.timers.now()))
          .setGeneration(AssignmentCodec.toProto(held.generation()))
          .setSetSha256(ByteString.copyFrom(held.sha256().raw()))
          .setSpoolEpoch("spool-1");
    }

    void send(AgentMessage.Builder message) {
      session.received(message.build());
    }

    void beat(boolean moving) {
      workLoop += moving ? 1 : 0;
      send(
          AgentMessage.newBuilder()
              .setHeartbeat(Heartbeat.newBuilder().setWorkLoopCount(workLoop)));
    }

    void report(int count) {
      ReportBatch.Builder batch = ReportBatch.newBuilder();
      for (int i = 0; i < count; i++) {
        batch.addReports(
            Report.newBuilder()
                .setLane(dev.holdfast.wire.agent.Lane.LANE_RESULTS)
                .setSequence(++sequence)
                .setRun(RunReport.newBuilder().setTrigger("manual:1")));
      }
      send(AgentMessage.newBuilder().setReports(batch));
    }

    void adopt(AssignmentSet set) {
      held = set;
      send(
          AgentMessage.newBuilder()
              .setAdopted(
                  SetAdopted.newBuilder()
                      .setGeneration(AssignmentCodec.toProto(set.generation()))
                      .setSetSha256(ByteString.copyFrom(set.sha256().raw()))));
    }

    /** The only set that came since. */
    AssignmentSet set() {
      List<AssignmentSet> sets = sets();
      if (sets.size() != 1) {
        throw new AssertionError(sets.size() + " sets: " + sets);
      }
      return sets.getFirst();
    }

    List<AssignmentSet> sets() {
      return outlet.take().stream()
          .filter(message -> message.hasSet())
          .map(message -> AssignmentCodec.fromProto(message.getSet()))
          .toList();
    }

    PingStatus presence() {
      return presenceOf(id);
    }
  }

  PingStatus presenceOf(InstanceId id) {
    return links.of(rows.store.read(read -> Instances.find(read, id).orElseThrow()));
  }

  /** An instance with a certificate that lasts. */
  static Links.Peer peer(InstanceId id) {
    return new Links.Peer(id, "", Optional.empty(), "192.0.2.1");
  }

  Agent agent(InstanceId id) {
    return new Agent(id);
  }

  /** Lets everything run that is due now. */
  void turn() {
    rows.timers.advance(Duration.ZERO);
  }

  List<String> presenceEvents() {
    return rows.store.read(read -> EventLog.after(read, 0, 10_000)).stream()
        .filter(event -> event.type().equals(PresenceRows.EVENT))
        .map(event -> event.resources().getFirst() + " " + event.detail().get("presence"))
        .toList();
  }

  static Map<dev.holdfast.wire.agent.Lane, Long> lanes(List<LanePosition> positions) {
    Map<dev.holdfast.wire.agent.Lane, Long> lanes =
        new java.util.EnumMap<>(dev.holdfast.wire.agent.Lane.class);
    positions.forEach(position -> lanes.put(position.getLane(), position.getSequence()));
    return lanes;
  }

  static boolean rises(List<Generation> generations) {
    for (int i = 1; i < generations.size(); i++) {
      if (generations.get(i).compareTo(generations.get(i - 1)) < 0) {
        return false;
      }
    }
    return true;
  }
}
