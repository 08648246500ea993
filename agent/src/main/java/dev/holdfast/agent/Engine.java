package dev.holdfast.agent;

import dev.holdfast.agent.assignment.Holding;
import dev.holdfast.agent.assignment.Ledger;
import dev.holdfast.agent.disk.Disk;
import dev.holdfast.agent.disk.ReserveDisk;
import dev.holdfast.agent.disk.SpareDisk;
import dev.holdfast.agent.download.Downloads;
import dev.holdfast.agent.identity.Papers;
import dev.holdfast.agent.inventory.Gatherer;
import dev.holdfast.agent.link.Dialer;
import dev.holdfast.agent.link.Host;
import dev.holdfast.agent.link.Link;
import dev.holdfast.agent.process.Processes;
import dev.holdfast.agent.run.DocumentRunner;
import dev.holdfast.agent.spool.InventoryLane;
import dev.holdfast.agent.spool.Reports;
import dev.holdfast.agent.spool.Spool;
import dev.holdfast.agent.state.Keeper;
import dev.holdfast.agent.step.HostFacts;
import dev.holdfast.agent.step.NamedTypes;
import dev.holdfast.agent.step.Outcome;
import dev.holdfast.agent.step.Refreshes;
import dev.holdfast.agent.step.StateWork;
import dev.holdfast.agent.step.StepPlanner;
import dev.holdfast.agent.step.Workbench;
import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Identity;
import dev.holdfast.association.InstanceId;
import dev.holdfast.association.Trigger;
import dev.holdfast.report.Report;
import dev.holdfast.report.RunStatus;
import dev.holdfast.task.Failpoints;
import dev.holdfast.task.Timers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * All of an agent that lies between its host and the network: the owner, the runner, the spool, the
 * link. The host, time and the network are given, so that the program, many agents in one process
 * and the simulation of a fleet run the same engine. On the thread of its timers.
 */
public final class Engine {
  private final InstanceId instance;
  private final Timers timers;
  private final Spool spool;
  private final Consumer<Report> spooled;
  private final Failpoints failpoints;
  private final InventoryDesk inventory;
  private final Agent agent;
  private final Link link;
  private final Disk disk;
  private final Map<RunStatus, Long> ended = new EnumMap<>(RunStatus.class);
  private boolean started;

  /**
   * What it stands on.
   *
   * @param disk the state folder
   * @param root the same folder, for the processes
   * @param worker for what takes a while
   * @param keeper brings the host to the state that it should have
   * @param hands a thread for each of its tasks
   * @param reboot reboots the host
   * @param giveBack gives memory to the system that is needed no more; takes milliseconds
   */
  public record Ground(
      Disk disk,
      Path root,
      Timers timers,
      Processes processes,
      HostFacts facts,
      Gatherer gatherer,
      Downloads downloads,
      Executor worker,
      Keeper keeper,
      Executor hands,
      Runnable reboot,
      Runnable giveBack) {}

  /**
   * How it reaches the coordinator.
   *
   * @param papers the certificate with which it is let in
   * @param host what it says of itself
   * @param random for the waits before it tries again
   * @param settled called each time the coordinator has confirmed or replaced the set that is held
   */
  public record Way(
      Dialer dialer, Papers papers, Host host, RandomGenerator random, Runnable settled) {}

  /**
   * Opens the spool and puts the parts together; nothing moves before {@link #start}.
   *
   * @param local what the host adds
   * @param epochs makes a new random name for each epoch of the spool
   * @param spooled told of each report that is in the spool
   */
  public Engine(
      InstanceId instance,
      Ground ground,
      Way way,
      Local local,
      Supplier<String> epochs,
      Consumer<Report> spooled) {
    this.instance = instance;
    this.timers = ground.timers;
    this.spooled = spooled;
    this.disk = ground.disk;
    this.failpoints = local.failpoints();
    this.spool = Spool.open(ground.disk, ground.timers, epochs, Ledger.begun(ground.disk));
    StepPlanner planner = new StepPlanner(ground.facts);
    this.inventory =
        new InventoryDesk(
            instance,
            new SpareDisk(ground.disk),
            new Lane(),
            ground.timers,
            new NamedTypes(planner),
            this::loaded,
            this::running,
            ground.giveBack);
    Workbench workbench =
        new Workbench(
            ground.gatherer,
            ground.downloads,
            this::refresh,
            ground.worker,
            ground.timers,
            inventory,
            new StateWork(ground.keeper, ground.hands, ground.timers));
    List<Link> made = new ArrayList<>();
    this.agent =
        new Agent(
            instance,
            ground.disk,
            ground.timers,
            new Spooling(),
            listener ->
                new DocumentRunner(
                    listener,
                    ground.disk,
                    ground.root,
                    ground.processes,
                    ground.timers,
                    planner,
                    workbench,
                    (association, names, answer) ->
                        made.getFirst().secrets().fetch(association, names, answer),
                    ground.reboot,
                    local.policy(),
                    local.failpoints()),
            wanted -> {
              made.add(
                  new Link(
                      new PointedDialer(way.dialer, local.failpoints()),
                      way.papers,
                      ground.timers,
                      way.random,
                      spool,
                      inventory,
                      wanted,
                      way.host,
                      way.settled));
              return made.getFirst();
            },
            local);
    this.link = made.getFirst();
  }

  /** Takes up what the disk holds, then begins to keep a link. */
  public void start() {
    agent.start();
    started = true;
    inventory.start();
    link.start();
  }

  /** Ends the link for good. What runs goes on. */
  public void stop() {
    link.stop();
    if (started) {
      agent.end();
    }
  }

  /** The owner. */
  public Agent agent() {
    return agent;
  }

  /** The link to the coordinator. */
  public Link link() {
    return link;
  }

  /** What runs ask of the coordinator. */
  public Refreshes refreshes() {
    return this::refresh;
  }

  /** How many runs have ended in this life of the agent, skipped ones included. */
  public Map<RunStatus, Long> ended() {
    return Map.copyOf(ended);
  }

  /** The room on the disk of the state folder. */
  public Disk.Space space() {
    return disk.space();
  }

  /** Pieces of the reserve that are there. */
  public int reserve() {
    return disk.list(ReserveDisk.FOLDER).size();
  }

  /** What waits to be acknowledged. */
  public Spool spool() {
    return spool;
  }

  private void refresh(
      String ignoredRunId, AssociationId asking, List<String> ids, Consumer<Outcome> outcome) {
    Optional<Trigger> trigger = agent.runningTrigger(asking);
    if (trigger.isEmpty()) {
      timers.after(
          Duration.ZERO,
          () ->
              outcome.accept(
                  Outcome.failed("RefreshRefused: " + asking + " has no run in progress here")));
      return;
    }
    // A document within another's run asks as that run: the coordinator knows no other.
    link.refreshes()
        .ask(Identity.runId(instance, asking, trigger.get()), asking, trigger.get(), ids, outcome);
  }

  private void add(Report report) {
    spool.add(report);
    if (report instanceof Report.Run run && run.status().terminal()) {
      ended.merge(run.status(), 1L, Long::sum);
    }
    spooled.accept(report);
  }

  /**
   * Takes items that somebody on the host put.
   *
   * @return whether they are on disk, to be sent; if not there is no room for them
   */
  public boolean put(Report.Compliance items) {
    if (!spool.hasRoomFor(items)) {
      return false;
    }
    add(items);
    link.spooled();
    return true;
  }

  private Optional<Holding.Loaded> loaded(AssociationId association) {
    return agent.loaded(association);
  }

  private Optional<Trigger> running(AssociationId association) {
    return agent.runningTrigger(association);
  }

  /** The spool, for the agent. */
  private final class Spooling implements Reports {
    @Override
    public void add(Report report) {
      Engine.this.add(report);
      if (report instanceof Report.Run run && run.status().terminal()) {
        failpoints.reach(Failpoints.AFTER_SPOOL_FSYNC);
      }
    }

    @Override
    public String dropped() {
      return spool.dropped();
    }
  }

  /** The spool, for inventory. */
  private final class Lane implements InventoryLane {
    @Override
    public String epoch() {
      return spool.epoch();
    }

    @Override
    public OptionalLong add(Report report) {
      long before = written();
      Engine.this.add(report);
      long after = written();
      if (after == before) {
        return OptionalLong.empty();
      }
      link.spooled();
      return OptionalLong.of(after);
    }

    @Override
    public long storedThrough() {
      return spool.stored(dev.holdfast.report.Lane.INVENTORY);
    }

    @Override
    public boolean waits(String type, long sequence) {
      return spool.waits(type, sequence);
    }

    private long written() {
      return spool.written().getOrDefault(dev.holdfast.report.Lane.INVENTORY, 0L);
    }
  }
}
