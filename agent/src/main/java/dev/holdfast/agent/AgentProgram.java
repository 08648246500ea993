package dev.holdfast.agent;

import dev.holdfast.agent.command.ControlSocket;
import dev.holdfast.agent.command.ThisHost;
import dev.holdfast.agent.disk.DiskException;
import dev.holdfast.agent.disk.DiskFullException;
import dev.holdfast.agent.disk.FileDisk;
import dev.holdfast.agent.disk.ReserveDisk;
import dev.holdfast.agent.download.HostDownloads;
import dev.holdfast.agent.identity.Channels;
import dev.holdfast.agent.identity.Identity;
import dev.holdfast.agent.identity.IdentityException;
import dev.holdfast.agent.identity.IdentityFile;
import dev.holdfast.agent.identity.MachineFingerprint;
import dev.holdfast.agent.identity.Passport;
import dev.holdfast.agent.identity.StateFolder;
import dev.holdfast.agent.inventory.HostGatherer;
import dev.holdfast.agent.link.GrpcDialer;
import dev.holdfast.agent.link.Host;
import dev.holdfast.agent.metrics.MetricsPort;
import dev.holdfast.agent.policy.PolicyFile;
import dev.holdfast.agent.process.OsProcesses;
import dev.holdfast.agent.process.OsPrograms;
import dev.holdfast.agent.process.OsQuery;
import dev.holdfast.agent.process.Query;
import dev.holdfast.agent.step.HostFacts;
import dev.holdfast.config.HostPort;
import dev.holdfast.service.Rounds;
import dev.holdfast.service.ServiceVoice;
import dev.holdfast.task.OwnerThread;
import dev.holdfast.task.RunLimits;
import dev.holdfast.task.WatchLimits;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
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

  /** The runs that take a slot may each keep one busy; inventory goes on beside them. */
  private static final int WORKERS = RunLimits.RUNS_AT_ONCE + 2;

  /** Each assignment has one task at a time; some that were given up may not have let go yet. */
  private static final int WORKER_QUEUE = 2 * RunLimits.MAX_ASSIGNMENTS;

  /** How long between two pieces of the reserve. */
  private static final Duration RESERVE_PIECE = Duration.ofMillis(200);

  private static final int TOLD_FRAMES = 4;

  /** Where people put files with inventory types of their own. */
  private static final Path CUSTOM_INVENTORY = Path.of("inventory", "custom");

  /** Where scripts start, within the folder of their run. */
  private static final Path WORK = Path.of("work");

  private final IntConsumer halt;
  private final PrintStream out;
  private final StateFolder folder;
  private final ReserveDisk disk;
  private final Identity identity;
  private final OwnerThread owner;
  private final PolicyFile policy;
  private final ThreadPoolExecutor worker;
  private final ThreadPoolExecutor hands;
  private final Channels channels;
  private final Engine engine;
  private final String contained;
  private final LocalAnswers answers;
  private final Optional<HostPort> metricsListen;
  private Optional<ControlSocket> control = Optional.empty();
  private Optional<ServiceVoice> voice = Optional.empty();
  private Optional<MetricsPort> metrics = Optional.empty();
  private boolean ready;
  private boolean failed;

  /**
   * Makes the service; nothing moves before {@link #start}.
   *
   * @param out where the line is printed that says that it is ready
   * @param halt ends the program at once with an exit code: the owner's thread failed
   * @param armed what a test puts in place of what is found
   */
  AgentProgram(
      AgentConfig config,
      String version,
      Clock clock,
      PrintStream out,
      IntConsumer halt,
      Armed armed) {
    this.halt = halt;
    this.out = out;
    this.folder = StateFolder.hold(config.state());
    Path root = folder.path();
    this.disk =
        new ReserveDisk(new FileDisk(root, armed.failpoints()), RandomGenerator.getDefault());
    String fingerprint = MachineFingerprint.here();
    IdentityFile file = new IdentityFile(disk, armed.failpoints());
    this.identity = enrolled(file, folder, fingerprint);
    this.owner = new OwnerThread("owner", clock, this::failed);
    this.policy = new PolicyFile(config.policy(), folder.owner());
    this.worker = threads("worker", WORKERS);
    this.hands = threads("state", 2 * RunLimits.RUNS_AT_ONCE);
    this.channels = new Channels(clock);
    Passport passport = new Passport(identity, file, channels, owner, new SecureRandom());
    String instance = identity.instance().value();
    HostFacts facts = ThisHost.facts(instance, "").in(WORK);
    OsProcesses processes = new OsProcesses(owner, armed.bootId());
    this.contained = processes.containment().text();
    Query query = new OsQuery();
    Engine.Ground ground =
        new Engine.Ground(
            disk,
            root,
            owner,
            processes,
            facts,
            new HostGatherer(
                Path.of("/"),
                folder.within("native"),
                root.resolve(CUSTOM_INVENTORY),
                query,
                clock,
                version,
                Optional.of(instance)),
            new HostDownloads(new OsPrograms(owner::uptime), Path.of(facts.home()), owner::uptime),
            worker,
            ThisHost.keeper(facts),
            hands,
            reboot(config, query),
            System::gc);
    Engine.Way way =
        new Engine.Way(
            new GrpcDialer(channels, passport::current, owner),
            passport,
            new Host(
                version,
                facts.platform(),
                facts.platformName(),
                facts.platformVersion(),
                ThisMachine.name(),
                ThisMachine.address(),
                processes.bootId(),
                identity.installNonce(),
                UUID.randomUUID().toString(),
                fingerprint),
            RandomGenerator.getDefault(),
            () -> ready(identity.coordinator().toString()));
    this.engine =
        new Engine(
            identity.instance(),
            ground,
            way,
            new Local(policy, config.crashes(), processes.bootId(), armed.failpoints()),
            () -> UUID.randomUUID().toString(),
            report -> {});
    this.answers = new LocalAnswers(version, owner, engine, passport, WatchLimits.STILL);
    this.metricsListen = config.metricsListen();
  }

  /**
   * Tells the service manager how this program stands, if one asks to be told. Before {@link
   * #start}.
   *
   * @param environment of this process
   * @param pid of this process
   */
  void serviceOf(Map<String, String> environment, long pid) {
    voice = ServiceVoice.of(environment, pid, () -> owner, new LoopRounds(), this::line);
  }

  /** The owner's rounds: none counts any more when a task of it failed. On its thread. */
  private final class LoopRounds implements Rounds {
    @Override
    public void ask() {
      engine.agent().requestRound();
    }

    @Override
    public long completed() {
      return failed ? 0 : engine.agent().workLoopCount();
    }
  }

  private String line() {
    return ServiceLine.of(
        engine.link().state(),
        identity.coordinator().toString(),
        engine.agent().inProgress(),
        engine.agent().conditions());
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
          LOG.info(
              "starting instance={} state={} contained={}",
              identity.instance(),
              folder.path(),
              contained);
          engine.start();
          watchPolicy();
          keepReserve();
        });
    owner.after(offlineAfter, () -> ready(""));
    try {
      control = Optional.of(ControlSocket.open(folder.path(), owner, answers));
    } catch (IOException e) {
      LOG.warn(
          "no local socket, so the commands status and compliance won't work reason={}",
          e.toString());
    }
    metricsListen.ifPresent(this::listen);
  }

  /** The host's work goes on without. */
  private void listen(HostPort where) {
    try {
      metrics = Optional.of(MetricsPort.open(where, answers));
      LOG.info("metrics address={}:{}", where.host(), metrics.get().port());
    } catch (IOException e) {
      LOG.error(
          "cannot listen for metrics, so there are none by HTTP metrics_listen={} reason={}",
          where,
          e.toString());
    }
  }

  /** A piece at a time, so that nobody waits for it. */
  private void keepReserve() {
    owner.after(disk.refill() ? RESERVE_PIECE : RunLimits.FULL_DISK_LOOK, this::keepReserve);
  }

  private void watchPolicy() {
    owner.after(
        RunLimits.POLICY_LOOK,
        () -> {
          if (policy.look()) {
            engine.agent().policyChanged();
          }
          watchPolicy();
        });
  }

  private void ready(String coordinator) {
    if (!ready) {
      ready = true;
      String how = coordinator.isEmpty() ? "offline" : "coordinator=" + coordinator;
      out.println("ready instance=" + identity.instance() + " " + how);
      out.flush();
      voice.ifPresent(ServiceVoice::ready);
    }
  }

  /** Ends the link and lets go of the folder. Scripts that run go on, under their wrappers. */
  @Override
  public void close() {
    voice.ifPresent(ServiceVoice::stopping);
    try {
      if (!owner.await(STOP, engine::stop)) {
        LOG.warn("the link did not end in time");
      }
    } catch (IllegalStateException e) {
      LOG.warn("the end can't be noted reason={}", String.valueOf(e.getCause()));
    }
    try {
      if (control.isPresent()) {
        control.get().close();
      }
    } catch (IOException e) {
      LOG.warn("the local socket can't be closed reason={}", e.toString());
    }
    metrics.ifPresent(MetricsPort::close);
    channels.close();
    worker.shutdownNow();
    hands.shutdownNow();
    owner.close();
    folder.close();
  }

  private void failed(Throwable failure) {
    failed = true;
    boolean disk = failure instanceof DiskException || failure instanceof DiskFullException;
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

  /** Who this host is; on another machine than the one that enrolled, nobody any more. */
  private static Identity enrolled(IdentityFile file, StateFolder folder, String fingerprint) {
    try {
      Identity identity =
          file.read()
              .orElseThrow(
                  () ->
                      new IdentityException(
                          "the state folder "
                              + folder.path()
                              + " has not enrolled; run holdfast-agent enroll first"));
      if (fingerprint.isEmpty() || identity.fingerprint().equals(fingerprint)) {
        return identity;
      }
      if (identity.fingerprint().isEmpty()) {
        Identity here = identity.on(fingerprint);
        file.replace(here);
        return here;
      }
      String aside = folder.park();
      throw new IdentityException(
          "this is another machine than the one that enrolled as "
              + identity.instance()
              + ": its state was copied here and is now in "
              + aside
              + "; run holdfast-agent enroll to make this machine an instance of its own");
    } catch (IdentityException e) {
      folder.close();
      throw e;
    }
  }

  /** Threads that are there only while something is to be done. */
  private static ThreadPoolExecutor threads(String name, int most) {
    ThreadPoolExecutor worker =
        new ThreadPoolExecutor(
            most,
            most,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(WORKER_QUEUE),
            task -> {
              Thread thread = new Thread(task, name);
              thread.setDaemon(true);
              return thread;
            });
    worker.allowCoreThreadTimeOut(true);
    return worker;
  }
}
