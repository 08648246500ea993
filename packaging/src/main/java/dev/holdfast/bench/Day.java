package dev.holdfast.bench;

import dev.holdfast.system.Rig;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.CreateAssociationRequest;
import dev.holdfast.wire.v1.Target;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A day, or some hours of one, of many agents that each run ten associations every 30 minutes, in
 * compressed time: both programs have one clock that runs faster than real ones from a moment at
 * which all agents are linked. The network, the disk and the processors are as fast as they are.
 */
public final class Day {
  private static final int ASSOCIATIONS = 10;
  private static final int RUNS_AN_HOUR = 2;
  private static final int MOST = 15_000;
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  /** How many a second surely enrol. */
  private static final int ENROLLING = 30;

  private final Rig rig;
  private final Fleet fleet;
  private final Scrape scrape;
  private final PrintStream out;

  private Day(Rig rig, Fleet fleet, PrintStream out) {
    this.rig = rig;
    this.fleet = fleet;
    this.scrape = new Scrape(rig);
    this.out = out;
  }

  /** {@code packaging/bench/day [AGENTS [HOURS [FACTOR]]]}. */
  public static void main(String[] arguments) throws InterruptedException, IOException {
    int agents = Arguments.number(arguments, 0, 500);
    int hours = Arguments.number(arguments, 1, 2);
    int factor = Arguments.number(arguments, 2, 60);
    Arguments.require(
        agents >= 1
            && agents <= MOST
            && hours >= 1
            && hours <= 48
            && factor >= 1
            && factor <= 1_000
            && arguments.length <= 3,
        "day: call it as packaging/bench/day [AGENTS [HOURS [FACTOR]]], with 1 to "
            + MOST
            + " agents, 1 to 48 hours, 1 to 1000 times as fast");
    Instant zero =
        Instant.now().plusSeconds(90 + agents / ENROLLING).truncatedTo(ChronoUnit.SECONDS);
    Lapse lapse = new Lapse(zero, factor);
    try (Rig rig = new Rig();
        Fleet fleet =
            new Fleet(
                rig,
                lapse.within(FastAgents.class, "agent", List.of("-XX:+UseSerialGC", "-Xmx2g")),
                List.of())) {
      rig.configure(Rig.MANY_AGENTS);
      rig.coordinatorWithin(lapse.within(FastCoordinator.class, "coordinator", List.of("-Xmx2g")));
      rig.startCoordinator();
      new Day(rig, fleet, System.out).measure(agents, hours, lapse);
    }
    System.exit(0); // the threads of clients would be waited for
  }

  private void measure(int agents, int hours, Lapse lapse)
      throws InterruptedException, IOException {
    long runs = (long) agents * ASSOCIATIONS * RUNS_AN_HOUR * hours;
    out.printf(
        Locale.ROOT,
        "%d hours of %d agents, each with %d associations every 30 minutes: %d runs, %.0f times as"
            + " fast as time passes%n",
        hours,
        agents,
        ASSOCIATIONS,
        runs,
        lapse.factor());
    rig.createScript("nothing", List.of("true"));
    fleet.growTo(agents);
    Duration early = Duration.between(Instant.now(), lapse.zero());
    if (early.isNegative()) {
      throw new IllegalStateException(
          "the agents were linked "
              + early.negated()
              + " after their time began to run faster: the machine is too slow for so many");
    }
    for (int i = 0; i < ASSOCIATIONS; i++) {
      create("every-30-minutes-" + i);
    }
    scrape.await(Scrape.SETTLED, agents, PATIENCE);
    TimeUnit.MILLISECONDS.sleep(
        Math.max(0, Duration.between(Instant.now(), lapse.zero()).toMillis()));

    Spent coordinator = Spent.of(rig.coordinator().pid());
    Spent simulated = fleet.spent();
    long stored = scrape.count(Scrape.STORED);
    long commits = scrape.count(Scrape.COMMITS);
    long bytes = bytes(rig.data());
    long begun = System.nanoTime();
    TimeUnit.MILLISECONDS.sleep((long) (hours * 3_600_000L / lapse.factor()));
    double seconds = (System.nanoTime() - begun) / 1e9;
    Spent coordinatorAfter = Spent.of(rig.coordinator().pid());
    Spent simulatedAfter = fleet.spent();
    long storedAfter = scrape.count(Scrape.STORED);
    long commitsAfter = scrape.count(Scrape.COMMITS);
    long bytesAfter = bytes(rig.data());
    List<Map<String, String>> figures = fleet.end();

    double reports = storedAfter - stored;
    double ran = reports / 2; // each run tells its start and its end
    double cpu = coordinatorAfter.since(coordinator);
    out.println();
    row(
        "reports stored",
        String.format(
            Locale.ROOT,
            "%.0f, two a run; %.0f commits",
            reports,
            (double) commitsAfter - commits));
    row(
        "runs",
        String.format(
            Locale.ROOT, "%.0f of %d in %.0f s: %.0f a second", ran, runs, seconds, ran / seconds));
    row(
        "coordinator CPU",
        String.format(
            Locale.ROOT, "%.2f ms a run, %.0f %% of a core", cpu / ran, cpu / 10 / seconds));
    row(
        "agents' CPU",
        String.format(
            Locale.ROOT,
            "%.2f ms a run, all else of an agent with it",
            simulatedAfter.since(simulated) / ran));
    row(
        "coordinator RSS",
        String.format(Locale.ROOT, "%.0f MiB", coordinatorAfter.residentKib() / 1024));
    row("disk", String.format(Locale.ROOT, "%.0f bytes a run", (bytesAfter - bytes) / ran));
    row(
        "results acknowledged",
        String.format(
            Locale.ROOT,
            "p50 %.0f ms, p99 %.0f ms, longest %.0f ms (real time; the worst process)",
            (double) Fleet.most(figures, "ack_p50_ms"),
            (double) Fleet.most(figures, "ack_p99_ms"),
            (double) Fleet.most(figures, "ack_max_ms")));
    row(
        "not acknowledged",
        String.format(
            Locale.ROOT, "%.0f at the end", (double) Fleet.sum(figures, "unacknowledged")));
    out.println();
    double day = 10_000.0 * ASSOCIATIONS * RUNS_AN_HOUR * 24;
    out.printf(
        Locale.ROOT,
        "A day of 10,000 agents (%.1f million runs) at these figures: %.1f h of one core, that is"
            + " %.1f %% of it; %.1f GiB of disk%n",
        day / 1e6,
        cpu / ran * day / 3.6e6,
        cpu / ran * day / 864e3,
        (bytesAfter - bytes) / ran * day / (1 << 30));
    out.println(
        "Times of gRPC and of the kernel are not compressed: keepalive is seen less often than in a"
            + " day, heartbeats as often.");
  }

  private void row(String what, String value) {
    out.printf(Locale.ROOT, "%-22s %s%n", what, value);
  }

  private void create(String name) {
    var _ =
        rig.associations()
            .createAssociation(
                CreateAssociationRequest.newBuilder()
                    .setAcknowledgeTargets(MOST)
                    .setAssociation(
                        Association.newBuilder()
                            .setName("nothing")
                            .setAssociationName(name)
                            .setScheduleExpression("rate(30 minutes)")
                            .setScheduleSplaySeconds(1_500)
                            .addTargets(Target.newBuilder().setKey("InstanceIds").addValues("*")))
                    .build());
  }

  private static long bytes(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("holdfast.db"))
          .mapToLong(Day::size)
          .sum();
    }
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot look at " + file, e);
    }
  }
}
