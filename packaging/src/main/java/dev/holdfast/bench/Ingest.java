package dev.holdfast.bench;

import dev.holdfast.agent.identity.Identity;
import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.inventory.InventoryDesk;
import dev.holdfast.coordinator.inventory.Stock;
import dev.holdfast.coordinator.store.Store;
import dev.holdfast.system.Rig;
import dev.holdfast.wire.agent.AgentMessage;
import dev.holdfast.wire.agent.AssignmentBody;
import dev.holdfast.wire.agent.AssignmentReference;
import dev.holdfast.wire.agent.BodyChunk;
import dev.holdfast.wire.agent.CoordinatorMessage;
import dev.holdfast.wire.agent.FetchBodyRequest;
import dev.holdfast.wire.agent.Lane;
import dev.holdfast.wire.agent.LanePosition;
import dev.holdfast.wire.agent.LinkServiceGrpc;
import dev.holdfast.wire.agent.Report;
import dev.holdfast.wire.agent.ReportBatch;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.CreateAssociationRequest;
import dev.holdfast.wire.v1.Target;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many results a second become durable: through links of a coordinator that runs, through its
 * ingest and store in this process, and, to compare, the rows that this left, inserted in batches
 * into an empty database.
 */
public final class Ingest {
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  /** Reports of a message, and messages of a link that are not answered. */
  private static final int BATCH = 20;

  private static final int ON_THE_WAY = 3;

  private final Rig rig;
  private final Crowd crowd;
  private final PrintStream out;

  private Ingest(Rig rig, Crowd crowd, PrintStream out) {
    this.rig = rig;
    this.crowd = crowd;
    this.out = out;
  }

  /** {@code packaging/bench/ingest [RESULTS [LINKS]]}. */
  public static void main(String[] arguments)
      throws IOException, InterruptedException, SQLException {
    int results = Arguments.number(arguments, 0, 60_000);
    int links = Arguments.number(arguments, 1, 500);
    Arguments.require(
        links >= 1 && links <= 5_000 && results >= links * BATCH && arguments.length <= 2,
        "ingest: call it as packaging/bench/ingest [RESULTS [LINKS]], with at least "
            + BATCH
            + " results a link and 1 to 5000 links");
    try (Rig rig = new Rig();
        Crowd crowd = new Crowd()) {
      rig.configure(Rig.MANY_AGENTS);
      rig.startCoordinator();
      new Ingest(rig, crowd, System.out).measure(results / links / BATCH, links);
    }
    System.exit(0); // the threads of clients would be waited for
  }

  private void measure(int batches, int links)
      throws IOException, InterruptedException, SQLException {
    int results = batches * links * BATCH;
    out.println(results + " results, the ends of runs, in messages of " + BATCH + " from " + links);
    out.println(
        "instances; each is on the disk before it is acknowledged (WAL, synchronous=FULL).");
    out.println();
    rig.createScript("nothing", List.of("true"));
    List<Identity> identities = crowd.enrol(rig, links);
    String association = define(links);
    double linked = throughLinks(identities, association, batches);
    Results own = results(association);
    crowd.leave();
    rig.coordinator().stop();
    Path database = rig.data().resolve("holdfast.db");
    Direct direct = directly(identities, own, batches);
    double plain =
        PlainRows.insert(database, rig.folder().resolve("plain.db"), "run", results, direct.batch);
    out.println("way                                          results/s  of the floor");
    line("floor: the same rows, inserted in batches", plain, plain);
    line("ingest and store, in one process", direct.aSecond, plain);
    line("over links, a process of its own", linked, plain);
    out.println();
    out.println(
        "Floor: the rows of the table of runs alone, with its indexes, "
            + direct.batch
            + " in a commit, as many as the ingest took together on average. For each result the"
            + " ingest checks whether it may be, and keeps the newest run, counts, compliance, the"
            + " executions and the log.");
  }

  private void line(String way, double aSecond, double plain) {
    out.printf(Locale.ROOT, "%-42s %12.0f %13.2f%n", way, aSecond, aSecond / plain);
  }

  private String define(int links) {
    return rig.associations()
        .createAssociation(
            CreateAssociationRequest.newBuilder()
                .setAcknowledgeTargets(links)
                .setAssociation(
                    Association.newBuilder()
                        .setName("nothing")
                        .setScheduleExpression("rate(1 minute)")
                        .addTargets(Target.newBuilder().setKey("InstanceIds").addValues("*")))
                .build())
        .getAssociationDescription()
        .getAssociationId();
  }

  /** Each link sends what it has as fast as it is acknowledged. */
  private double throughLinks(List<Identity> identities, String association, int batches)
      throws IOException, InterruptedException {
    CountDownLatch all = new CountDownLatch(identities.size());
    Sender[] senders = new Sender[1];
    double _ =
        crowd.open(
            identities,
            rig.agentAddress(),
            16,
            (member, message) -> {
              if (senders[0] != null) {
                senders[0].heard(member, message);
              }
            });
    Results own = results(association);
    senders[0] = new Sender(own, (long) batches * BATCH, all, new ConcurrentHashMap<>());
    long begun = System.nanoTime();
    for (Crowd.Member member : crowd.members()) {
      for (int i = 0; i < Math.min(ON_THE_WAY, batches); i++) {
        Sender.send(member, own, (long) i * BATCH + 1);
      }
    }
    if (!all.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      throw new IllegalStateException(
          all.getCount() + " links had not all acknowledged: " + rig.coordinator().said());
    }
    return (double) batches * BATCH * identities.size() / ((System.nanoTime() - begun) / 1e9);
  }

  /** Goes on with each link where it is acknowledged. On the network's thread. */
  private record Sender(
      Results results, long last, CountDownLatch all, Map<Crowd.Member, Long> reached) {
    void heard(Crowd.Member member, CoordinatorMessage message) {
      if (!message.hasAck()) {
        return;
      }
      if (message.getAck().getRefusedCount() > 0) {
        throw new IllegalStateException("refused: " + message.getAck().getRefused(0).getReason());
      }
      long through =
          message.getAck().getStoredThroughList().stream()
              .filter(lane -> lane.getLane() == Lane.LANE_RESULTS)
              .mapToLong(LanePosition::getSequence)
              .findFirst()
              .orElse(0);
      long before = reached.getOrDefault(member, 0L);
      for (long next = before; next < through; next += BATCH) {
        long from = next + (long) ON_THE_WAY * BATCH + 1;
        if (from <= last) {
          send(member, results, from);
        }
      }
      reached.put(member, through);
      if (before < last && through >= last) {
        all.countDown();
      }
    }

    static void send(Crowd.Member member, Results results, long from) {
      member.say(
          AgentMessage.newBuilder()
              .setReports(ReportBatch.newBuilder().addAllReports(results.of(from, BATCH)))
              .build());
    }
  }

  private Results results(String association) throws IOException, InterruptedException {
    Crowd.Member first = crowd.members().getFirst();
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (first.set().isEmpty() || first.set().get().getAssignmentsCount() == 0) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException("no set came");
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
    AssignmentReference reference = first.set().get().getAssignments(0);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Iterator<BodyChunk> chunks =
        LinkServiceGrpc.newBlockingStub(first.channel())
            .fetchBody(FetchBodyRequest.newBuilder().setSha256(reference.getSha256()).build());
    while (chunks.hasNext()) {
      chunks.next().getData().writeTo(bytes);
    }
    AssignmentBody body = AssignmentBody.parseFrom(bytes.toByteArray());
    return new Results(
        association,
        reference.getSha256(),
        Instant.ofEpochSecond(body.getScheduleAnchor().getSeconds()));
  }

  /** What went through the ingest, and how many of it went together. */
  private record Direct(double aSecond, int batch) {}

  private Direct directly(List<Identity> identities, Results results, int batches)
      throws InterruptedException {
    try (Store store = Store.open(rig.data(), Instant::now, Store.Durability.FULL);
        ExecutorService committer = Executors.newSingleThreadExecutor()) {
      InventoryDesk inventory = new InventoryDesk(new Stock());
      store.write(
          write -> {
            inventory.stock().load(write);
            return true;
          });
      dev.holdfast.coordinator.ingest.Ingest ingest =
          new dev.holdfast.coordinator.ingest.Ingest(
              store,
              inventory,
              committer,
              (instance, reason) -> {
                throw new IllegalStateException(instance + ": " + reason);
              });
      CountDownLatch opened = new CountDownLatch(identities.size());
      identities.forEach(
          identity ->
              ingest.opened(
                  identity.instance(), "spool-" + identity.instance(), _ -> opened.countDown()));
      opened.await();
      List<List<List<Report>>> prepared = new ArrayList<>();
      long first = (long) batches * BATCH;
      for (int i = 0; i < identities.size(); i++) {
        List<List<Report>> own = new ArrayList<>();
        for (int batch = 0; batch < batches; batch++) {
          own.add(results.of(first + (long) batch * BATCH + 1, BATCH));
        }
        prepared.add(own);
      }
      long commits = ingest.totals().commits();
      CountDownLatch all = new CountDownLatch(identities.size() * batches);
      long begun = System.nanoTime();
      for (int i = 0; i < identities.size(); i++) {
        Feeder feeder =
            new Feeder(
                ingest, identities.get(i).instance(), prepared.get(i), all, new AtomicLong());
        for (int batch = 0; batch < ON_THE_WAY; batch++) {
          feeder.next();
        }
      }
      if (!all.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new IllegalStateException(all.getCount() + " batches were not stored");
      }
      double seconds = (System.nanoTime() - begun) / 1e9;
      long stored = (long) batches * BATCH * identities.size();
      return new Direct(
          stored / seconds, (int) (stored / Math.max(1, ingest.totals().commits() - commits)));
    }
  }

  /** Hands over the batches of one instance as they are answered. */
  private record Feeder(
      dev.holdfast.coordinator.ingest.Ingest ingest,
      InstanceId instance,
      List<List<Report>> batches,
      CountDownLatch all,
      AtomicLong handed) {
    void next() {
      int index = (int) handed.getAndIncrement();
      if (index < batches.size()) {
        ingest.received(
            instance,
            "spool-" + instance,
            batches.get(index),
            answer -> {
              if (!answer.refused().isEmpty()) {
                throw new IllegalStateException("refused: " + answer.refused().getFirst().reason());
              }
              all.countDown();
              next();
            });
      }
    }
  }
}
