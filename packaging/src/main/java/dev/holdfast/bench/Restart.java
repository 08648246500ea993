package dev.holdfast.bench;

import dev.holdfast.system.Launched;
import dev.holdfast.system.Rig;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.CreateAssociationRequest;
import dev.holdfast.wire.v1.DeleteAssociationRequest;
import dev.holdfast.wire.v1.Target;
import java.io.IOException;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The coordinator is killed under many agents in the middle of their runs and started again: how
 * long it takes until all agents are back and hold what is wanted of them, and whether what they
 * did is what it knows.
 */
public final class Restart {
  private static final int MOST = 15_000;
  private static final Duration PATIENCE = Duration.ofMinutes(8);

  /** So long a script takes: long enough to be killed in the middle of all of them. */
  private static final int RUN_MILLIS = 15_000;

  private final Rig rig;
  private final Fleet fleet;
  private final Scrape scrape;
  private final PrintStream out;

  private Restart(Rig rig, Fleet fleet, PrintStream out) {
    this.rig = rig;
    this.fleet = fleet;
    this.scrape = new Scrape(rig);
    this.out = out;
  }

  /** {@code packaging/bench/restart [AGENTS]}. */
  public static void main(String[] arguments)
      throws IOException, InterruptedException, SQLException {
    int agents = Arguments.number(arguments, 0, 10_000);
    Arguments.require(
        agents >= 1 && agents <= MOST && arguments.length <= 1,
        "restart: call it as packaging/bench/restart [AGENTS], with 1 to " + MOST + " agents");
    boolean right;
    try (Rig rig = new Rig();
        Fleet fleet =
            new Fleet(rig, quietly(), List.of("--run-millis", Integer.toString(RUN_MILLIS)))) {
      rig.configure(Rig.MANY_AGENTS);
      rig.startCoordinator();
      right = new Restart(rig, fleet, System.out).measure(agents);
    }
    System.exit(right ? 0 : 1);
  }

  /** Each agent would tell in the log that its link is gone. */
  private static Launched.Around quietly() {
    String options =
        System.getenv().getOrDefault("HOLDFAST_JAVA_OPTIONS", "")
            + " -Dorg.slf4j.simpleLogger.defaultLogLevel=error";
    return new Launched.Around(List.of(), Map.of("HOLDFAST_JAVA_OPTIONS", options));
  }

  private boolean measure(int agents) throws IOException, InterruptedException, SQLException {
    out.println(
        "kill -9 of the coordinator under " + agents + " agents, whose runs go on; then it is");
    out.println("started again at once. Seconds since that start.");
    out.println();
    fleet.growTo(agents);
    rig.createScript("nothing", List.of("true"));
    String id =
        rig.associations()
            .createAssociation(
                CreateAssociationRequest.newBuilder()
                    .setAcknowledgeTargets(MOST)
                    .setAssociation(
                        Association.newBuilder()
                            .setName("nothing")
                            .setScheduleExpression("rate(1 minute)")
                            .addTargets(Target.newBuilder().setKey("InstanceIds").addValues("*")))
                    .build())
            .getAssociationDescription()
            .getAssociationId();
    scrape.await(Scrape.SETTLED, agents, PATIENCE);
    TimeUnit.SECONDS.sleep(3); // all have begun to run, none has ended
    rig.coordinator().kill();

    long begun = System.nanoTime();
    rig.startCoordinator();
    Spent before = Spent.of(rig.coordinator().pid());
    double ready = seconds(begun);
    double half = reached(Scrape.SETTLED, agents / 2, begun);
    double most = reached(Scrape.SETTLED, agents * 99 / 100, begun);
    double all = reached(Scrape.SETTLED, agents, begun);
    double cpu = Spent.of(rig.coordinator().pid()).since(before);
    TimeUnit.SECONDS.sleep(75); // a tick comes and its runs end
    var _ =
        rig.associations()
            .deleteAssociation(DeleteAssociationRequest.newBuilder().setAssociationId(id).build());
    TimeUnit.MILLISECONDS.sleep(RUN_MILLIS);
    scrape.awaitQuiet(PATIENCE);
    long resident = (long) Spent.of(rig.coordinator().pid()).residentKib() / 1024;
    List<Map<String, String>> figures = fleet.end();
    rig.coordinator().stop();

    out.printf(Locale.ROOT, "%-34s %8.1f%n", "it is ready", ready);
    out.printf(Locale.ROOT, "%-34s %8.1f%n", "half of the agents are back", half);
    out.printf(Locale.ROOT, "%-34s %8.1f%n", "99 % of them", most);
    out.printf(Locale.ROOT, "%-34s %8.1f%n", "all, and hold what is wanted", all);
    out.printf(
        Locale.ROOT,
        "%-34s %8.2f ms an agent%n",
        "CPU of the coordinator until then",
        cpu / agents);
    out.printf(Locale.ROOT, "%-34s %8d MiB%n", "its RSS at the end", resident);
    return compare(figures);
  }

  /** What the agents did against what is stored. */
  private boolean compare(List<Map<String, String>> figures) throws IOException, SQLException {
    Map<String, Integer> starts = new HashMap<>();
    Map<String, String> ends = new HashMap<>();
    int twice = 0;
    for (String line : fleet.runs()) {
      String[] words = line.split(" ");
      if (words[0].equals("started")) {
        starts.merge(words[1], 1, Integer::sum);
      } else if (ends.put(words[1], words[3]) != null) {
        twice++;
      }
    }
    twice += (int) starts.values().stream().filter(count -> count > 1).count();
    Map<String, String> stored = stored();
    Set<String> lost = new HashSet<>(ends.keySet());
    lost.removeIf(run -> Objects.equals(ends.get(run), stored.get(run)));
    Set<String> invented = new HashSet<>(stored.keySet());
    invented.removeAll(ends.keySet());
    long waits = Fleet.sum(figures, "unacknowledged");
    out.println();
    out.printf(
        Locale.ROOT,
        "runs that ended on agents: %d; not stored as they ended: %d; stored and not ended there:"
            + " %d; started or ended twice: %d; not acknowledged: %d%n",
        ends.size(),
        lost.size(),
        invented.size(),
        twice,
        waits);
    boolean right = lost.isEmpty() && invented.isEmpty() && twice == 0 && waits == 0;
    out.println(right ? "nothing lost, nothing twice" : "NOT RIGHT");
    return right;
  }

  private Map<String, String> stored() throws SQLException {
    Map<String, String> stored = new HashMap<>();
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + rig.data().resolve("holdfast.db"));
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT id, status FROM run WHERE status NOT IN ('PENDING', 'IN_PROGRESS')")) {
      while (rows.next()) {
        stored.put(rows.getString(1), rows.getString(2));
      }
    }
    return stored;
  }

  private double reached(String name, long count, long begun) throws InterruptedException {
    scrape.await(name, count, PATIENCE);
    return seconds(begun);
  }

  private static double seconds(long since) {
    return (System.nanoTime() - since) / 1e9;
  }
}
