package dev.holdfast.agent;

import dev.holdfast.agent.command.ControlSocket;
import dev.holdfast.agent.command.ThisHost;
import dev.holdfast.agent.disk.DiskException;
import dev.holdfast.agent.disk.FileDisk;
import dev.holdfast.agent.identity.Channels;
import dev.holdfast.agent.identity.Identity;
import dev.holdfast.agent.identity.IdentityException;
import dev.holdfast.agent.identity.IdentityFile;
import dev.holdfast.agent.identity.StateFolder;
import dev.holdfast.agent.inventory.ChangedInventory;
import dev.holdfast.agent.inventory.HostGatherer;
import dev.holdfast.agent.link.GrpcDialer;
import dev.holdfast.agent.link.Host;
import dev.holdfast.agent.link.Link;
import dev.holdfast.agent.link.Uplink;
import dev.holdfast.agent.link.Wanted;
import dev.holdfast.agent.process.OsProcesses;
import dev.holdfast.agent.process.OsQuery;
import dev.holdfast.agent.process.Processes;
import dev.holdfast.agent.process.Query;
import dev.holdfast.agent.run.DocumentRunner;
import dev.holdfast.agent.run.RunListener;
import dev.holdfast.agent.run.Runner;
import dev.holdfast.agent.spool.Spool;
import dev.holdfast.agent.step.HostFacts;
import dev.holdfast.agent.step.InventoryWorker;
import dev.holdfast.agent.step.StepPlanner;
import dev.holdfast.task.OwnerThread;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntConsumer;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Composition root of the service: makes the parts from top to bottom, ends them in reverse. */
final class AgentProgram implements AutoCloseable {
  /** Exit code when the disk fails: what is in memory may be ahead of it, so nothing goes on. */
  static final int DISK_FAILED = 74;

  /** How long after its start it says that it is ready without a coordinator. */
  static final Duration OFFLINE_AFTER = Duration.ofSeconds(10);

  private static final Logger LOG = LoggerFactory.getLogger("agent");
  private static final Duration STOP = Duration.ofSeconds(4);
  private static final Duration REBOOT_CALL = Duration.ofSeconds(30);
  private static final int WORKER_QUEUE = 16;
  private static final int TOLD_FRAMES = 4;

  private final IntConsumer halt;
  private final PrintStream out;
  private final StateFolder folder;
  private final Identity identity;
  private final OwnerThread owner;
  private final ThreadPoolExecutor worker;
  private final Channels channels;
  private final Spool spool;
  private final Agent agent;
  private Optional<Link> link = Optional.empty();
  private Optional<ControlSocket> control = Optional.empty();
  private boolean ready;

  /**
   * Makes the service; nothing moves before {@link #start}.
   *
   * @param out where the line is printed that says that it is ready
   * @param halt ends the program at once with an exit code: the owner's thread failed
   */
  AgentProgram(AgentConfig config, String version, Clock clock, PrintStream out, IntConsumer halt) {
    this.halt = halt;
    this.out = out;
    this.folder = StateFolder.hold(config.state());
    Path root = folder.path();
    FileDisk disk = new FileDisk(root);
    this.identity = enrolled(disk, folder);
    this.owner = new OwnerThread("owner", clock, this::failed);
    this.worker = worker();
    this.channels = new Channels(clock);
    this.spool = Spool.open(disk, owner, () -> UUID.randomUUID().toString());
    String instance = identity.instance().value();
    HostFacts facts = ThisHost.facts(instance, "");
    Processes processes = new OsProcesses(owner);
    Query query = new OsQuery();
    ChangedInventory changed =
        new ChangedInventory(
            disk,
            report -> {
              spool.add(report);
              link.ifPresent(Uplink::spooled);
            },
            spool::epoch);
    InventoryWorker inventory =
        new InventoryWorker(
            new HostGatherer(
                Path.of("/"), nativeFolder(root), query, clock, version, Optional.of(instance)),
            worker,
            owner,
            changed::take);
    this.agent =
        new Agent(
            identity.instance(),
            disk,
            owner,
            spool,
            listener -> runner(listener, disk, processes, facts, inventory, reboot(config, query)),
            wanted -> linkOf(wanted, facts, version, processes.bootId()));
  }

  private Runner runner(
      RunListener listener,
      FileDisk disk,
      Processes processes,
      HostFacts facts,
      InventoryWorker inventory,
      Runnable reboot) {
    return new DocumentRunner(
        listener, disk, folder.path(), processes, owner, new StepPlanner(facts), inventory, reboot);
  }

  private Link linkOf(Wanted wanted, HostFacts facts, String version, String bootId) {
    Link made =
        new Link(
            new GrpcDialer(channels, identity, owner),
            owner,
            RandomGenerator.getDefault(),
            spool,
            wanted,
            new Host(
                version,
                facts.platform(),
                facts.platformName(),
                facts.platformVersion(),
                ThisMachine.name(),
                ThisMachine.address(),
                bootId,
                identity.installNonce()),
            () -> ready(identity.coordinator().toString()));
    link = Optional.of(made);
    return made;
  }

  /**
   * Takes up what an earlier life left, and begins.
   *
   * @param offlineAfter when it says that it is ready, if the coordinator has not been heard
   */
  void start(Duration offlineAfter) {
    owner.after(
        Duration.ZERO,
        () -> {
          LOG.info("starting instance={} state={}", identity.instance(), folder.path());
          agent.start();
          link.ifPresent(Link::start);
        });
    owner.after(offlineAfter, () -> ready(""));
    try {
      control = Optional.of(ControlSocket.open(folder.path(), this::status));
    } catch (IOException e) {
      LOG.warn("no local socket, so the status command won't work reason={}", e.toString());
    }
  }

  private void ready(String coordinator) {
    if (!ready) {
      ready = true;
      String how = coordinator.isEmpty() ? "offline" : "coordinator=" + coordinator;
      out.println("ready instance=" + identity.instance() + " " + how);
      out.flush();
    }
  }

  /** On the socket's thread: asks the owner. */
  private String status() {
    CompletableFuture<String> text = new CompletableFuture<>();
    owner.after(
        Duration.ZERO,
        () ->
            text.complete(
                StatusText.of(
                    agent.status(),
                    link.map(Link::state).orElse("stopped"),
                    spool.status(),
                    new StatusText.Cost(
                        ThisMachine.processorTime(), ThisMachine.residentBytes()))));
    try {
      return text.get(5, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      return "";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
  }

  /** Ends the link and lets go of the folder. Scripts that run go on, under their wrappers. */
  @Override
  public void close() {
    if (!owner.await(STOP, () -> link.ifPresent(Link::stop))) {
      LOG.warn("the link did not end in time");
    }
    try {
      if (control.isPresent()) {
        control.get().close();
      }
    } catch (IOException e) {
      LOG.warn("the local socket can't be closed reason={}", e.toString());
    }
    channels.close();
    worker.shutdownNow();
    owner.close();
    folder.close();
  }

  private void failed(Throwable failure) {
    boolean disk = failure instanceof DiskException;
    LOG.error(
        "the agent stops reason={} at={}",
        disk ? failure.getMessage() : failure.toString(),
        List.of(failure.getStackTrace()).stream().limit(TOLD_FRAMES).toList());
    halt.accept(disk ? DISK_FAILED : 1);
  }

  private Runnable reboot(AgentConfig config, Query query) {
    return () -> {
      if (!config.allowReboot()) {
        LOG.error("a document asks for a reboot; allow_reboot is false here, so there is none");
        return;
      }
      LOG.warn("a document asks for a reboot; rebooting");
      worker.execute(
          () -> {
            try {
              query.lines(List.of("shutdown", "-r", "now"), REBOOT_CALL, line -> {});
            } catch (RuntimeException e) {
              LOG.error("the host can't be rebooted reason={}", e.getMessage());
            }
          });
    };
  }

  private static Identity enrolled(FileDisk disk, StateFolder folder) {
    Optional<Identity> identity = new IdentityFile(disk).read();
    if (identity.isEmpty()) {
      folder.close();
      throw new IdentityException(
          "the state folder "
              + folder.path()
              + " has not enrolled; run holdfast-agent enroll first");
    }
    return identity.get();
  }

  /** One thread, which is there only while something is to be done. */
  private static ThreadPoolExecutor worker() {
    ThreadPoolExecutor worker =
        new ThreadPoolExecutor(
            1,
            1,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(WORKER_QUEUE),
            task -> {
              Thread thread = new Thread(task, "worker");
              thread.setDaemon(true);
              return thread;
            });
    worker.allowCoreThreadTimeOut(true);
    return worker;
  }

  private static Path nativeFolder(Path root) {
    Path made = root.resolve("native");
    try {
      if (Files.notExists(made)) {
        Files.createDirectory(
            made,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      }
      return made;
    } catch (IOException e) {
      throw new DiskException("cannot make " + made + ": " + e, e);
    }
  }
}
