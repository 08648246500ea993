package dev.holdfast.bench;

import dev.holdfast.agent.identity.Identity;
import dev.holdfast.system.Rig;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * A storm of agents that connect: what the coordinator takes for each, from the handshake until its
 * hello is noted on disk and answered and it was told what is wanted of it, against a bare server
 * that answers at once. Both get the same connections by the same client.
 */
public final class Connect {
  private static final int MOST = 15_000;

  /** Handshakes at once: enough to keep a server busy. */
  private static final int AT_ONCE = 128;

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Rig rig;
  private final Crowd crowd;
  private final PrintStream out;

  private Connect(Rig rig, Crowd crowd, PrintStream out) {
    this.rig = rig;
    this.crowd = crowd;
    this.out = out;
  }

  /** {@code packaging/bench/connect [AGENTS [ROUNDS]]}. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    int agents = Arguments.number(arguments, 0, 5_000);
    int rounds = Arguments.number(arguments, 1, 3);
    Arguments.require(
        agents >= 1 && agents <= MOST && rounds >= 1 && arguments.length <= 2,
        "connect: call it as packaging/bench/connect [AGENTS [ROUNDS]], with 1 to "
            + MOST
            + " agents");
    try (Rig rig = new Rig();
        Crowd crowd = new Crowd()) {
      rig.configure(Rig.MANY_AGENTS);
      rig.startCoordinator();
      new Connect(rig, crowd, System.out).measure(agents, rounds);
    }
    System.exit(0); // the threads of clients would be waited for
  }

  /**
   * One storm.
   *
   * @param aSecond agents
   * @param cpuMillis an agent, of the server
   */
  private record Storm(double aSecond, double cpuMillis, double residentKib, double liveKib) {}

  private void measure(int agents, int rounds) throws IOException, InterruptedException {
    out.println("All agents connect at once, " + AT_ONCE + " handshakes at a time: full TLS 1.3");
    out.println("handshakes, P-256 certificates on both sides. CPU and memory are the server's, a");
    out.println(
        "connection; memory of the first storm, after a collection, beyond what it took before.");
    out.println();
    List<Identity> identities = crowd.enrol(rig, agents);
    out.println("agents server              agents/s   CPU ms  RSS KiB live KiB");
    Storm bare;
    try (BareServer.Started server = new BareServer.Started(rig.data())) {
      bare = storms(identities, rounds, server.address(), server.pid(), false);
    }
    line(agents, "floor: bare gRPC", bare);
    rig.coordinator().stop();
    rig.startCoordinator(); // so that it begins as empty as the bare one
    Storm whole = storms(identities, rounds, rig.agentAddress(), rig.coordinator().pid(), true);
    line(agents, "coordinator", whole);
    out.printf(
        Locale.ROOT,
        "%6d %-18s %9.2f %8.1f %8.1f %8.1f%n",
        agents,
        "ratio",
        whole.aSecond / bare.aSecond,
        whole.cpuMillis / bare.cpuMillis,
        whole.residentKib / bare.residentKib,
        whole.liveKib / bare.liveKib);
    out.println();
    out.println(
        "The median of "
            + rounds
            + " storms after one of warming up. The client runs on the same machine: it takes most"
            + " of the CPU, and both servers share it.");
  }

  private Storm storms(
      List<Identity> identities, int rounds, String address, long pid, boolean settles)
      throws InterruptedException {
    Spent empty = Spent.of(pid);
    double emptyLive = Spent.liveKib(pid);
    double resident = 0;
    double live = 0;
    List<Storm> all = new ArrayList<>();
    for (int i = 0; i <= rounds; i++) {
      Spent before = Spent.of(pid);
      double seconds = crowd.open(identities, address, AT_ONCE, (_, _) -> {});
      double cpu = Spent.of(pid).since(before);
      if (i == 0) {
        if (settles) {
          new Scrape(rig).await(Scrape.SETTLED, identities.size(), PATIENCE);
        }
        live = Spent.liveKib(pid) - emptyLive;
        resident = Spent.of(pid).residentKib() - empty.residentKib();
      } else {
        all.add(
            new Storm(
                identities.size() / seconds,
                cpu / identities.size(),
                resident / identities.size(),
                live / identities.size()));
      }
      crowd.leave();
      TimeUnit.SECONDS.sleep(2); // the ends of the connections are dealt with
    }
    return all.stream()
        .sorted(Comparator.comparingDouble(Storm::aSecond))
        .toList()
        .get((all.size() - 1) / 2);
  }

  private void line(int agents, String what, Storm storm) {
    out.printf(
        Locale.ROOT,
        "%6d %-18s %9.0f %8.2f %8.1f %8.1f%n",
        agents,
        what,
        storm.aSecond,
        storm.cpuMillis,
        storm.residentKib,
        storm.liveKib);
    out.flush();
  }
}
