package dev.holdfast.agent;

import dev.holdfast.agent.identity.Channels;
import dev.holdfast.agent.identity.Identity;
import dev.holdfast.agent.inventory.ChangedInventory;
import dev.holdfast.agent.link.GrpcDialer;
import dev.holdfast.agent.link.Host;
import dev.holdfast.agent.link.Link;
import dev.holdfast.agent.link.Wanted;
import dev.holdfast.agent.process.Processes.Outputs;
import dev.holdfast.agent.run.DocumentRunner;
import dev.holdfast.agent.simulate.FixedGatherer;
import dev.holdfast.agent.simulate.LightDisk;
import dev.holdfast.agent.simulate.SimulatedProcesses;
import dev.holdfast.agent.spool.Reports;
import dev.holdfast.agent.spool.Spool;
import dev.holdfast.agent.step.HostFacts;
import dev.holdfast.agent.step.InventoryWorker;
import dev.holdfast.agent.step.StepPlanner;
import dev.holdfast.report.Report;
import dev.holdfast.task.Timers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.random.RandomGenerator;

/** A real agent on a host that is not there. On the thread of its timers. */
final class SimulatedAgent {
  /** Only processes would know the folder, and there are none. */
  private static final Path FOLDER = Path.of("/simulated");

  private static final Duration SCRIPTS_RUN = Duration.ofMillis(5);
  private static final SimulatedProcesses.Plan SUCCEEDS =
      new SimulatedProcesses.Plan(SCRIPTS_RUN, 0, Outputs.NONE);

  private final Spool spool;
  private final Agent agent;
  private Optional<Link> link = Optional.empty();

  /**
   * Makes it; nothing moves before {@link #start}.
   *
   * @param name of its host
   * @param confirmed called each time the coordinator has confirmed or replaced the set that is
   *     held
   */
  SimulatedAgent(
      Identity identity,
      String name,
      String version,
      Channels channels,
      Timers timers,
      RandomGenerator random,
      Runnable confirmed) {
    LightDisk disk = new LightDisk();
    this.spool = Spool.open(disk, timers, () -> UUID.randomUUID().toString());
    SimulatedProcesses processes =
        new SimulatedProcesses(timers, UUID.randomUUID().toString(), launch -> SUCCEEDS);
    HostFacts facts =
        new HostFacts(identity.instance().value(), "", "Linux", "Simulated", "1", "/", FOLDER);
    Reports reports = this::spooled;
    InventoryWorker inventory =
        new InventoryWorker(
            new FixedGatherer(timers::now),
            task -> timers.after(Duration.ZERO, task),
            timers,
            new ChangedInventory(disk, reports, spool::epoch)::take);
    Host host =
        new Host(
            version,
            facts.platform(),
            facts.platformName(),
            facts.platformVersion(),
            name,
            "",
            processes.bootId(),
            identity.installNonce());
    this.agent =
        new Agent(
            identity.instance(),
            disk,
            timers,
            spool,
            listener ->
                new DocumentRunner(
                    listener,
                    disk,
                    FOLDER,
                    processes,
                    timers,
                    new StepPlanner(facts),
                    inventory,
                    () -> {}),
            wanted ->
                linkOf(
                    new GrpcDialer(channels, identity, timers),
                    timers,
                    random,
                    wanted,
                    host,
                    confirmed));
  }

  private Link linkOf(
      GrpcDialer dialer,
      Timers timers,
      RandomGenerator random,
      Wanted wanted,
      Host host,
      Runnable confirmed) {
    Link made = new Link(dialer, timers, random, spool, wanted, host, confirmed);
    link = Optional.of(made);
    return made;
  }

  private void spooled(Report report) {
    spool.add(report);
    link.ifPresent(Link::spooled);
  }

  /** Begins, and links. */
  void start() {
    agent.start();
    link.ifPresent(Link::start);
  }

  /** Ends its link. */
  void stop() {
    link.ifPresent(Link::stop);
  }
}
