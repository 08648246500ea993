package dev.holdfast.simulation;

import dev.holdfast.agent.Agent;
import dev.holdfast.agent.Engine;
import dev.holdfast.agent.Local;
import dev.holdfast.agent.disk.DiskException;
import dev.holdfast.agent.identity.Papers;
import dev.holdfast.agent.inventory.Gatherer;
import dev.holdfast.agent.inventory.Gathering;
import dev.holdfast.agent.link.Host;
import dev.holdfast.agent.process.Processes;
import dev.holdfast.agent.simulate.SimulatedDownloads;
import dev.holdfast.agent.simulate.SimulatedProcesses;
import dev.holdfast.agent.spool.Spool;
import dev.holdfast.agent.state.Keeper;
import dev.holdfast.agent.step.HostFacts;
import dev.holdfast.agent.step.Refreshes;
import dev.holdfast.agent.testing.MemoryDisk;
import dev.holdfast.agent.testing.PowerCut;
import dev.holdfast.association.InstanceId;
import dev.holdfast.inventory.Items;
import dev.holdfast.report.Output;
import dev.holdfast.report.Report;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** A host with its disk and its processes, and the agent on it from one start to the next crash. */
final class SimulatedHost {
  private static final Path ROOT = Path.of("/state");
  private static final Duration HANGS = Duration.ofDays(1);

  /** Below what new runs need, and more than all that is written meanwhile. */
  private static final long LITTLE_ROOM = 50L << 20;

  private final World world;
  private final RandomGenerator random;
  private final InstanceId instance;
  private final Network network;
  private final Checker checker;
  private final MemoryDisk disk = new MemoryDisk();
  private final SimulatedProcesses processes;
  private Duration skew = Duration.ZERO;
  private int boots;
  private int spools;
  private int lives;
  private @Nullable Life life;

  /** One agent, from its start to its end. */
  private record Life(Timeline timeline, Engine engine) {}

  SimulatedHost(World world, InstanceId instance, Network network, Checker checker) {
    this.world = world;
    this.random = world.random();
    this.instance = instance;
    this.network = network;
    this.checker = checker;
    this.processes =
        new SimulatedProcesses(new Timeline(world, Duration.ZERO, this::ended), boot(), this::plan);
  }

  InstanceId instance() {
    return instance;
  }

  boolean alive() {
    return life != null;
  }

  /** What the agent is about, if it lives. */
  Optional<Agent> agent() {
    return Optional.ofNullable(life).map(Life::engine).map(Engine::agent);
  }

  /** What runs on it ask of the coordinator, if the agent lives. */
  Optional<Refreshes> refreshes() {
    return Optional.ofNullable(life).map(Life::engine).map(Engine::refreshes);
  }

  /** The timeline of the agent that lives. */
  Timeline timeline() {
    return Objects.requireNonNull(life, "the agent lives").timeline;
  }

  /** Reports that wait to be acknowledged, if the agent lives. */
  long unacknowledged() {
    return life == null ? 0 : life.engine.spool().status().records();
  }

  /** Processes that run, whoever started them. */
  long running() {
    return processes.running();
  }

  /** Starts the agent on what the disk holds. */
  void start() {
    if (life != null) {
      return;
    }
    Timeline timeline = new Timeline(world, skew, this::ended);
    timeline.perform(() -> wire(timeline));
  }

  private void wire(Timeline timeline) {
    HostFacts facts =
        new HostFacts(instance.value(), "", "Linux", "Simulated", "1", "/root", Path.of("/"));
    Engine engine =
        new Engine(
            instance,
            new Engine.Ground(
                disk,
                ROOT,
                timeline,
                new CheckedProcesses(processes, instance, checker, timeline::now),
                facts,
                new FewThings(timeline),
                new SimulatedDownloads(),
                timeline,
                (order, folder) -> Optional.of(Keeper.Result.COMPLIANT),
                timeline,
                () -> world.trace(instance + " asks for a reboot"),
                () -> {}),
            new Engine.Way(
                listener -> network.dial(instance, timeline, listener),
                Papers.NONE,
                new Host(
                    "1",
                    "Linux",
                    "Simulated",
                    "1",
                    instance.value(),
                    "127.0.0.1",
                    processes.bootId(),
                    instance.value(),
                    instance + "-life-" + lives++,
                    instance.value()),
                world.random(),
                () -> {}),
            Local.OPEN,
            () -> instance + "-" + spools++,
            this::spooled);
    life = new Life(timeline, engine);
    engine.start();
  }

  /** What is in the spool is promised. */
  private void spooled(Report report) {
    if (life != null) {
      Spool spool = life.engine.spool();
      checker.spooled(
          instance, spool.epoch(), spool.written().getOrDefault(report.lane(), 0L), report);
    }
  }

  /** The agent's process is killed; what the system holds for its files stays. */
  void kill() {
    Life ending = life;
    if (ending != null) {
      world.trace(instance + " agent killed");
      life = null;
      ending.timeline.stop();
      network.cut(instance, "the agent is gone");
      processes.agentGone();
    }
  }

  /** The host loses power and comes up again, without its agent yet. */
  void losePower() {
    kill();
    world.trace(instance + " power lost");
    processes.reboot(boot());
    disk.powerOn(random);
  }

  /** Plans a loss of power in the middle of what the disk is told next. */
  void losePowerSoon() {
    disk.cutPowerAt(
        disk.changes() + random.nextInt(12),
        random.nextBoolean() ? MemoryDisk.CutWhen.BEFORE : MemoryDisk.CutWhen.AFTER);
  }

  /** Plans a failure of the disk in the middle of what it is told next: the agent must end. */
  void failDiskSoon() {
    disk.failAt(disk.changes() + random.nextInt(12));
  }

  /** Leaves so little room that nothing new may begin. */
  void fillDisk() {
    world.trace(instance + " has little room");
    disk.room(LITTLE_ROOM);
  }

  /** There is room again. */
  void freeDisk() {
    disk.boundless();
  }

  /** The wall clock steps; the agent learns of it as agents do. */
  void stepClock(Duration by) {
    skew = skew.plus(by);
    if (life != null) {
      life.timeline.step(by);
    }
  }

  /** Somebody sets the wall clock right, but for a minute or two, if it is further off. */
  void setClock() {
    if (skew.abs().compareTo(Duration.ofMinutes(10)) > 0) {
      stepClock(Duration.ofSeconds(random.nextInt(240) - 120).minus(skew));
    }
  }

  private void ended(RuntimeException failure) {
    if (failure instanceof PowerCut) {
      losePower();
      world.after(Duration.ofSeconds(1 + random.nextInt(30)), this::start);
      return;
    }
    if (failure instanceof DiskException && disk.mended()) {
      world.trace(instance + " disk failed");
      kill();
      world.after(Duration.ofSeconds(1 + random.nextInt(30)), this::start);
      return;
    }
    throw failure;
  }

  private String boot() {
    return instance + "-boot-" + boots++;
  }

  private SimulatedProcesses.Plan plan(Processes.Launch launch) {
    int kind = random.nextInt(20);
    Duration longest = Duration.ofSeconds(kind < 3 ? 15 : 2);
    Duration runs = kind == 0 ? HANGS : Duration.ofMillis(random.nextLong(longest.toMillis()));
    int exitCode = kind < 4 ? 1 + random.nextInt(100) : 0;
    long written = kind == 5 ? 1L << 40 : random.nextInt(100);
    Output output =
        new Output(
            com.google.protobuf.ByteString.copyFromUtf8(
                "o".repeat((int) Math.min(written, 12_000))),
            com.google.protobuf.ByteString.copyFromUtf8(
                "t".repeat((int) Math.max(0, Math.min(written - 12_000, 12_000)))),
            written);
    return new SimulatedProcesses.Plan(runs, exitCode, new Processes.Outputs(output, Output.NONE));
  }

  /** What is installed here changes now and then. */
  private final class FewThings implements Gatherer {
    private final Timeline timeline;

    FewThings(Timeline timeline) {
      this.timeline = timeline;
    }

    @Override
    public Found gather(Gathering wanted) {
      String version = Integer.toString(random.nextInt(3));
      Instant now = Instant.ofEpochMilli(timeline.now().toEpochMilli());
      List<Map<String, String>> items = List.of(Map.of("Name", "thing", "Version", version));
      return Found.of(
          List.of(new Report.Inventory("AWS:Application", "1.1", now, Items.hash(items), items)));
    }

    @Override
    public Set<String> types() {
      return Set.of("AWS:Application");
    }
  }
}
