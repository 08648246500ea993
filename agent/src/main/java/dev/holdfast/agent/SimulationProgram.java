package dev.holdfast.agent;

import dev.holdfast.agent.command.SimulateCommand;
import dev.holdfast.agent.identity.Channels;
import dev.holdfast.agent.identity.Enrolment;
import dev.holdfast.agent.identity.Identity;
import dev.holdfast.agent.identity.IdentityException;
import dev.holdfast.agent.identity.IdentityFile;
import dev.holdfast.agent.identity.Passport;
import dev.holdfast.agent.link.AckTimes;
import dev.holdfast.agent.link.GrpcDialer;
import dev.holdfast.agent.link.Host;
import dev.holdfast.agent.link.TimedDialer;
import dev.holdfast.agent.process.Processes.Outputs;
import dev.holdfast.agent.simulate.FixedGatherer;
import dev.holdfast.agent.simulate.LightDisk;
import dev.holdfast.agent.simulate.RunBook;
import dev.holdfast.agent.simulate.SimulatedDownloads;
import dev.holdfast.agent.simulate.SimulatedProcesses;
import dev.holdfast.agent.spool.Spool;
import dev.holdfast.agent.state.Keeper;
import dev.holdfast.agent.step.HostFacts;
import dev.holdfast.report.Lane;
import dev.holdfast.task.OwnerThread;
import dev.holdfast.task.Tempo;
import io.grpc.Status;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Composition root of the simulation: many agents on one owner thread, over one network thread. A
 * few threads enrol; each agent links as soon as it has enrolled, so that not all come at once.
 */
final class SimulationProgram implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("simulate");

  /** As many as the coordinator takes at once of one address, unless configured otherwise. */
  private static final int ENROLLING = 4;

  private static final Duration BETWEEN_TRIES = Duration.ofMillis(500);
  private static final Duration BETWEEN_LINES = Duration.ofSeconds(5);

  /** How long nothing may get on before it is said what could be in the way. */
  private static final Duration NO_PROGRESS = Duration.ofSeconds(30);

  private final SimulateCommand.Request request;
  private final String version;
  private final Told told;
  private final SecureRandom random;

  /** Only processes would know the folder, and there are none. */
  private static final Path FOLDER = Path.of("/simulated");

  private static final Duration STOP = Duration.ofSeconds(10);

  private final OwnerThread owner;
  private final Channels channels;
  private final ExecutorService enrolling = Executors.newFixedThreadPool(ENROLLING);
  private final AckTimes acks = new AckTimes();
  private final RunBook book;
  private final AtomicInteger enrolled = new AtomicInteger();
  private final List<Engine> agents = new ArrayList<>();
  private final RandomGenerator jitter = RandomGenerator.getDefault();
  private int linked;
  private int shown;
  private Duration shownSince = Duration.ZERO;
  private volatile boolean closed;

  /**
   * Where it tells how far it is.
   *
   * @param out the line that it is ready
   * @param err progress
   */
  record Told(PrintStream out, PrintStream err) {}

  /**
   * Makes it; nothing moves before {@link #join}.
   *
   * @param clock judges certificates
   * @param tempo how fast time passes on the hosts
   * @param halt ends the program at once with an exit code: the owner's thread failed
   */
  SimulationProgram(
      SimulateCommand.Request request,
      String version,
      Clock clock,
      Tempo tempo,
      SecureRandom random,
      Told told,
      IntConsumer halt) {
    this.request = request;
    this.version = version;
    this.random = random;
    this.told = told;
    this.book =
        new RunBook(
            request.runsFile().map(SimulationProgram::opened).orElseGet(Writer::nullWriter));
    this.channels = new Channels(clock);
    this.owner =
        new OwnerThread(
            "owner",
            tempo,
            failure -> {
              LOG.error("the simulation stops", failure);
              halt.accept(1);
            });
  }

  /**
   * Enrols all agents; returns when that is done, and they link meanwhile.
   *
   * @throws IdentityException the first that can't enrol, and why
   */
  void join() throws InterruptedException {
    owner.after(BETWEEN_LINES, this::progress);
    List<Future<?>> all = new ArrayList<>();
    int last = request.first() + request.agents() - 1;
    for (int number = request.first(); number <= last; number++) {
      String name = "simulated-" + number;
      boolean fails = request.failEvery() > 0 && number % request.failEvery() == 0;
      all.add(enrolling.submit(() -> begin(name, fails)));
    }
    for (Future<?> one : all) {
      try {
        one.get();
      } catch (ExecutionException e) {
        if (e.getCause() instanceof IdentityException refused) {
          throw refused;
        }
        throw new IllegalStateException("an agent can't be simulated: " + e.getCause(), e);
      }
    }
    enrolling.shutdown();
  }

  private void begin(String name, boolean fails) {
    IdentityFile file = new IdentityFile(new LightDisk());
    Optional<Identity> identity = enrol(name, file);
    identity.ifPresent(
        known -> {
          enrolled.incrementAndGet();
          Passport passport = new Passport(known, file, channels, owner, random);
          owner.after(Duration.ZERO, () -> start(passport, name, fails));
        });
  }

  /** Empty if the program ends meanwhile. */
  private Optional<Identity> enrol(String name, IdentityFile file) {
    Enrolment enrolment = new Enrolment(file, channels, random);
    Enrolment.Wish wish =
        new Enrolment.Wish(
            request.coordinator(),
            request.anchor(),
            request.activationId(),
            request.activationCode(),
            version,
            name);
    while (!closed) {
      try {
        Identity joined = enrolment.ask(wish);
        enrolment.keep(joined);
        return Optional.of(joined);
      } catch (IdentityException e) {
        if (e.getCause() == null
            || Status.fromThrowable(e.getCause()).getCode() != Status.Code.RESOURCE_EXHAUSTED) {
          throw e;
        }
      }
      try {
        TimeUnit.MILLISECONDS.sleep(BETWEEN_TRIES.toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return Optional.empty();
      }
    }
    return Optional.empty();
  }

  private void start(Passport passport, String name, boolean fails) {
    if (closed) {
      return;
    }
    boolean[] confirmed = new boolean[1];
    Engine agent =
        engine(
            passport,
            name,
            fails,
            () -> {
              if (!confirmed[0]) {
                confirmed[0] = true;
                linked();
              }
            });
    agents.add(agent);
    agent.start();
  }

  /** A real agent on a host that is not there. */
  private Engine engine(Passport passport, String name, boolean fails, Runnable confirmed) {
    Identity identity = passport.current();
    SimulatedProcesses.Plan each =
        new SimulatedProcesses.Plan(request.runs(), fails ? 1 : 0, Outputs.NONE);
    SimulatedProcesses processes =
        new SimulatedProcesses(
            owner,
            UUID.randomUUID().toString(),
            launch -> {
              book.started(launch);
              return each;
            });
    HostFacts facts =
        new HostFacts(identity.instance().value(), "", "Linux", "Simulated", "1", "/", FOLDER);
    return new Engine(
        identity.instance(),
        new Engine.Ground(
            new LightDisk(),
            FOLDER,
            owner,
            processes,
            facts,
            new FixedGatherer(owner::now),
            new SimulatedDownloads(),
            owner,
            (order, folder) -> Optional.of(Keeper.Result.COMPLIANT),
            owner,
            () -> {},
            () -> {}),
        new Engine.Way(
            new TimedDialer(new GrpcDialer(channels, passport::current, owner), this::really, acks),
            passport,
            new Host(
                version,
                facts.platform(),
                facts.platformName(),
                facts.platformVersion(),
                name,
                "",
                processes.bootId(),
                identity.installNonce(),
                UUID.randomUUID().toString(),
                ""),
            jitter,
            confirmed),
        Local.OPEN,
        () -> UUID.randomUUID().toString(),
        report -> book.spooled(identity.instance(), report));
  }

  /** Real time, however fast time passes on the hosts. */
  private Duration really() {
    return Duration.ofNanos(System.nanoTime());
  }

  private void linked() {
    linked++;
    if (linked == request.agents()) {
      told.err.println("enrolled " + linked + " linked " + linked + " of " + linked);
      told.err.flush();
      told.out.println("ready agents=" + linked);
      told.out.flush();
    }
  }

  private void progress() {
    if (linked == request.agents()) {
      return;
    }
    int done = enrolled.get() + linked;
    if (done > shown) {
      shownSince = owner.uptime();
    }
    shown = done;
    boolean stuck = owner.uptime().minus(shownSince).compareTo(NO_PROGRESS) > 0;
    told.err.println(
        "enrolled "
            + enrolled
            + " linked "
            + linked
            + " of "
            + request.agents()
            + (stuck
                ? "; nothing gets on: does the coordinator's configuration allow so many,"
                    + " limits.agent_connections_per_address and"
                    + " limits.enrolments_per_second_per_address?"
                : ""));
    told.err.flush();
    owner.after(BETWEEN_LINES, this::progress);
  }

  private void end() {
    long unacknowledged =
        agents.stream().map(Engine::spool).mapToLong(SimulationProgram::unacknowledged).sum();
    agents.forEach(Engine::stop);
    book.close();
    told.out.println(
        "figures agents="
            + agents.size()
            + " started="
            + book.starts()
            + " ended="
            + book.ends()
            + " unacknowledged="
            + unacknowledged
            + " acks="
            + acks.count()
            + " ack_p50_ms="
            + acks.millis(0.5)
            + " ack_p99_ms="
            + acks.millis(0.99)
            + " ack_max_ms="
            + acks.millis(1));
    told.out.flush();
  }

  /** A new file, which only its owner can read. */
  private static Writer opened(Path file) {
    try {
      return Files.newBufferedWriter(
          Files.createFile(
              file,
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))),
          StandardCharsets.US_ASCII);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
  }

  /** Results that no coordinator has acknowledged. */
  private static long unacknowledged(Spool spool) {
    return spool.written().getOrDefault(Lane.RESULTS, 0L) - spool.stored(Lane.RESULTS);
  }

  /** Ends all links. */
  @Override
  public void close() {
    closed = true;
    enrolling.shutdownNow();
    if (!owner.await(STOP, this::end)) {
      LOG.warn("the links did not end in time");
    }
    channels.close();
    owner.close();
  }
}
