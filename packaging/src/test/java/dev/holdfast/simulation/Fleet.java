package dev.holdfast.simulation;

import dev.holdfast.association.AssociationId;
import dev.holdfast.association.InstanceId;
import dev.holdfast.association.Trigger;
import dev.holdfast.compliance.Status;
import dev.holdfast.coordinator.assignment.SetPlanner;
import dev.holdfast.coordinator.execution.Targets;
import dev.holdfast.coordinator.store.Associations;
import dev.holdfast.coordinator.store.Compliance;
import dev.holdfast.coordinator.store.Executions;
import dev.holdfast.coordinator.store.Instances;
import dev.holdfast.coordinator.store.Memberships;
import dev.holdfast.coordinator.store.Runs;
import dev.holdfast.coordinator.store.Store;
import dev.holdfast.report.RunStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * A coordinator and its fleet, from a seed: two weeks with a bad minute on one of the days, in
 * which everything goes wrong that can. After it, and at the end, all must come right.
 */
final class Fleet implements AutoCloseable {
  static final int HOSTS = Integer.getInteger("simulation.hosts", 50);
  static final Duration LENGTH = Duration.ofDays(Integer.getInteger("simulation.days", 14));
  static final Duration TROUBLE = Duration.ofSeconds(40);
  static final Duration CALM = Duration.ofMinutes(9);

  private final World world;
  private final RandomGenerator random;
  private final Store store;
  private final Checker checker;
  private final Network network;
  private final Operator operator;
  private final List<SimulatedHost> hosts = new ArrayList<>();
  private Optional<CoordinatorLife> coordinator = Optional.empty();
  private boolean trouble;

  Fleet(long seed, Path folder) {
    this.world = new World(seed);
    this.random = world.random();
    this.store =
        Store.open(folder, () -> World.START.plus(world.elapsed()), Store.Durability.PROCESS);
    this.checker = new Checker(world, store);
    this.network = new Network(world, checker);
    List<InstanceId> instances = new ArrayList<>();
    for (int i = 0; i < HOSTS; i++) {
      instances.add(new InstanceId("mi-%017x".formatted(i + 1)));
    }
    this.operator = new Operator(world, store, instances, checker);
    startCoordinator();
    operator.begin(engineLife().engine());
    for (InstanceId instance : instances) {
      enrol(instance);
      hosts.add(new SimulatedHost(world, instance, network, checker));
    }
  }

  World world() {
    return world;
  }

  /** Runs of which a process was started. */
  int runs() {
    return checker.startedRuns().size();
  }

  @Override
  public void close() {
    store.close();
  }

  /** Lives through trouble and calm; throws where an invariant does not hold. */
  void live() {
    for (SimulatedHost host : hosts) {
      world.after(Duration.ofMillis(random.nextInt(5_000)), host::start);
    }
    // Most schedules have a tick on the hour, which is to come in the middle of the trouble.
    Duration begin =
        Duration.ofDays(1 + random.nextInt((int) LENGTH.toDays() - 2))
            .plusHours(random.nextInt(12));
    quiet(begin.minusSeconds(random.nextInt(50)));
    badTimes();
    recover(world.elapsed().plus(CALM));
    hosts.forEach(this::judgeHeld);
    quiet(LENGTH);
    operator.calm(engineLife().engine());
    recover(world.elapsed().plus(CALM));
    judge();
  }

  /** Nothing goes wrong until then; now and then somebody changes something. */
  private void quiet(Duration until) {
    world.quietUntil(until);
    Duration act = world.elapsed().plusMinutes(random.nextInt(1_440));
    while (act.compareTo(until) < 0) {
      world.runUntil(act, () -> {});
      operator.act(engineLife().engine());
      act = act.plusMinutes(random.nextInt(2_880));
    }
    if (world.elapsed().compareTo(until) < 0) {
      world.runUntil(until, () -> {});
    }
  }

  /** Everything that can go wrong does. */
  private void badTimes() {
    trouble = true;
    hosts.forEach(host -> every(Duration.ofSeconds(30), () -> trouble(host)));
    every(Duration.ofSeconds(20), this::crashCoordinator);
    every(Duration.ofSeconds(30), () -> network.slow(random.nextInt(3) == 0));
    every(Duration.ofSeconds(8), () -> coordinator.ifPresent(life -> operator.act(life.engine())));
    every(Duration.ofSeconds(2), () -> coordinator.ifPresent(life -> operator.ask(life.engine())));
    world.runUntil(world.elapsed().plus(TROUBLE), () -> {});
    trouble = false;
    network.heal();
    startCoordinator();
    hosts.forEach(SimulatedHost::freeDisk);
    hosts.forEach(SimulatedHost::setClock);
    hosts.forEach(SimulatedHost::start);
  }

  /** Whoever still falls, from what was planned in bad times, is set up again. */
  private void recover(Duration until) {
    operator.thaw(engineLife().engine());
    world.runUntil(until, () -> hosts.forEach(this::mend));
  }

  private void enrol(InstanceId instance) {
    store.write(
        write -> {
          Instances.add(
              write, instance, "", "a", "key " + instance, "1", new byte[] {1}, "1", "sim");
          Instances.setTags(write, instance, Map.of("Role", "r" + random.nextInt(Operator.ROLES)));
          write.append("InstanceRegistered", List.of(instance.value()), Map.of());
          engineLife().engine().desk().instanceChanged(write, instance);
          return instance;
        });
  }

  /** Again and again, about so far apart, until the trouble ends. */
  private void every(Duration about, Runnable task) {
    world.after(
        Duration.ofMillis(random.nextLong(2 * about.toMillis())),
        () -> {
          if (trouble) {
            task.run();
            every(about, task);
          }
        });
  }

  private void trouble(SimulatedHost host) {
    switch (random.nextInt(10)) {
      case 0 -> again(host, host::kill);
      case 1 -> again(host, host::losePower);
      case 2, 3 -> host.losePowerSoon();
      case 4 -> network.partition(host.instance(), Duration.ofSeconds(random.nextInt(60)));
      case 5 -> host.stepClock(step());
      case 6 -> host.failDiskSoon();
      case 7 -> {
        host.fillDisk();
        world.after(Duration.ofSeconds(random.nextInt(40)), host::freeDisk);
      }
      default -> network.cut(host.instance(), "cut");
    }
  }

  /** Mostly a little, at times by hours, seldom by days. */
  private Duration step() {
    int most =
        switch (random.nextInt(8)) {
          case 0 -> 10 * 24 * 3_600;
          case 1, 2 -> 12 * 3_600;
          default -> 120;
        };
    return Duration.ofSeconds(random.nextInt(2 * most) - most);
  }

  private void again(SimulatedHost host, Runnable end) {
    end.run();
    world.after(Duration.ofSeconds(1 + random.nextInt(20)), host::start);
  }

  private void mend(SimulatedHost host) {
    if (!host.alive()) {
      host.start();
    }
  }

  private CoordinatorLife engineLife() {
    return coordinator.orElseThrow();
  }

  private void startCoordinator() {
    if (coordinator.isEmpty()) {
      world.trace("coordinator starts");
      coordinator = Optional.of(new CoordinatorLife(world, store));
      network.listens(coordinator);
    }
  }

  private void crashCoordinator() {
    coordinator.ifPresent(
        life -> {
          world.trace("coordinator crashes");
          life.crash();
          coordinator = Optional.empty();
          network.listens(coordinator);
          world.after(Duration.ofMillis(random.nextLong(20_000)), this::startCoordinator);
        });
  }

  private void judge() {
    hosts.forEach(this::judge);
    judgeExplanations();
    Instant now = World.START.plus(world.elapsed());
    checker
        .startedRuns()
        .forEach(
            run ->
                Checker.require(
                    store
                        .read(read -> Runs.find(read, run))
                        .filter(row -> row.status().terminal())
                        .isPresent(),
                    "without an end: " + run));
    checker.ends().forEach(this::judgeEnd);
    operator
        .started()
        .forEach(
            (execution, association) ->
                Checker.require(
                    store.read(read -> Executions.find(read, execution)).isPresent(),
                    "a start was acknowledged and is gone: " + execution));
    for (String association : operator.associations()) {
      judgeExecutions(new AssociationId(association), now);
      judgeCompliance(new AssociationId(association), now);
    }
  }

  /** When all is well, nothing is held up by what is not. */
  private void judgeExplanations() {
    for (String association : operator.associations()) {
      for (SimulatedHost host : hosts) {
        List<String> codes = operator.explain(engineLife().engine(), association, host.instance());
        Checker.require(
            List.of("OFFLINE", "FETCHING").stream().noneMatch(codes::contains),
            association + " on " + host.instance() + " at rest: " + codes);
      }
    }
  }

  private void judgeEnd(String run, RunStatus status) {
    RunStatus stored = store.read(read -> Runs.find(read, run)).orElseThrow().status();
    Checker.require(
        stored == status, "the agent told " + status + " of " + run + ", stored is " + stored);
  }

  private void judge(SimulatedHost host) {
    judgeHeld(host);
    Checker.require(host.running() == 0, host.instance() + " has processes left");
    Checker.require(host.unacknowledged() == 0, host.instance() + " has reports left");
  }

  /** It is linked, holds what is wanted of it, and has started what it was to start. */
  private void judgeHeld(SimulatedHost host) {
    InstanceId instance = host.instance();
    Instant now = World.START.plus(world.elapsed());
    var held = host.agent().orElseThrow();
    var wanted =
        store.read(read -> new SetPlanner(store.epoch()).plan(read, instance, now)).orElseThrow();
    // The hash may differ: what need not be cancelled any more is dropped without a push.
    Map<AssociationId, Integer> holds = new TreeMap<>();
    held.status()
        .assignments()
        .forEach(assignment -> holds.put(assignment.association(), assignment.version()));
    Map<AssociationId, Integer> isToHold = new TreeMap<>();
    wanted
        .assignments()
        .forEach(
            reference ->
                isToHold.put(
                    reference.association(),
                    store.read(
                        read ->
                            Associations.revision(read, reference.association(), reference.body())
                                .orElseThrow()
                                .version())));
    Checker.require(
        holds.equals(isToHold), instance + " holds " + holds + ", wanted is " + isToHold);
    Checker.require(
        wanted.pendingTriggers().isEmpty(),
        instance + " has not started " + wanted.pendingTriggers());
    Checker.require(engineLife().engine().links().connected(instance), instance + " is away");
  }

  private void judgeExecutions(AssociationId association, Instant now) {
    store.read(
        read -> {
          Associations.Association row = Associations.find(read, association).orElseThrow();
          Targets targets = Targets.of(read, row, _ -> true, now);
          for (Executions.Execution execution :
              Executions.behind(read, association, Executions.Place.NEWEST, 10_000)) {
            targets
                .of(execution)
                .forEach(
                    target ->
                        Checker.require(
                            target.status().terminal() || willExpire(row, execution, target),
                            "not ended: "
                                + execution.trigger().text()
                                + " of "
                                + association
                                + " on "
                                + target));
          }
          return true;
        });
  }

  /**
   * A tick that a host behind the time had not come to when the schedule was taken off: it will not
   * be run, and its target waits until it expires.
   */
  private static boolean willExpire(
      Associations.Association row, Executions.Execution execution, Targets.Target target) {
    return target.derived()
        && target.status() == RunStatus.PENDING
        && execution.trigger() instanceof Trigger.Tick(var at)
        && row.effectiveFrom().isAfter(at);
  }

  /** What is kept of compliance equals what the runs come to. */
  private void judgeCompliance(AssociationId association, Instant now) {
    store.read(
        read -> {
          if (Associations.find(read, association).orElseThrow().deleted().isPresent()) {
            return false;
          }
          List<Runs.Run> runs =
              Executions.behind(read, association, Executions.Place.NEWEST, 10_000).stream()
                  .flatMap(execution -> Runs.ofExecution(read, execution.id()).stream())
                  .toList();
          for (Memberships.Membership member : Memberships.members(read, association)) {
            Optional<Runs.Run> last =
                runs.stream()
                    .filter(run -> run.instance().equals(member.instance()))
                    .filter(run -> verdict(run.status()).isPresent())
                    .max(
                        Comparator.comparingLong(Runs.Run::spoolEpochNumber)
                            .thenComparingLong(Runs.Run::startNumber));
            Optional<Compliance.Item> item =
                Compliance.find(
                    read, member.instance(), Compliance.ASSOCIATION, association.value());
            boolean stale =
                item.map(kept -> "Stale".equals(kept.details().get("Reason"))).orElse(false);
            if (stale) {
              Checker.require(
                  item.get().status() == Status.UNKNOWN && last.isPresent(),
                  member.instance() + " " + association + " stale " + item + ", runs " + last);
            } else if (item.isPresent()
                && !item.get().freshUntil().map(now::isAfter).orElse(false)) {
              Checker.require(
                  last.flatMap(run -> verdict(run.status()))
                      .equals(Optional.of(item.get().status())),
                  member.instance() + " " + association + " kept " + item + ", runs " + last);
            } else if (item.isEmpty()) {
              Checker.require(
                  last.filter(run -> run.received().isAfter(member.entered())).isEmpty(),
                  member.instance() + " " + association + " has no verdict, runs " + last);
            }
          }
          return true;
        });
  }

  private static Optional<Status> verdict(RunStatus status) {
    return switch (status) {
      case SUCCESS -> Optional.of(Status.COMPLIANT);
      case FAILED, TIMED_OUT -> Optional.of(Status.NON_COMPLIANT);
      case INTERRUPTED -> Optional.of(Status.UNKNOWN);
      case PENDING, IN_PROGRESS, CANCELLED, SKIPPED -> Optional.empty();
    };
  }
}
