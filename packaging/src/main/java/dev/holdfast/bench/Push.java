package dev.holdfast.bench;

import com.google.protobuf.FieldMask;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.holdfast.agent.identity.Identity;
import dev.holdfast.report.RunStatus;
import dev.holdfast.system.Rig;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.AssociationDescription;
import dev.holdfast.wire.v1.AssociationExecution;
import dev.holdfast.wire.v1.CreateAssociationRequest;
import dev.holdfast.wire.v1.CreateDocumentRequest;
import dev.holdfast.wire.v1.DescribeAssociationExecutionsRequest;
import dev.holdfast.wire.v1.DocumentServiceGrpc;
import dev.holdfast.wire.v1.Target;
import dev.holdfast.wire.v1.UpdateAssociationRequest;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * How long an edit takes to reach all instances of a fleet, and to come back as results where it
 * runs something: agents are simulated, all else is as installed. What is counted is read from the
 * coordinator: sets that agents acknowledged from its metrics, stored results from the execution.
 */
public final class Push {
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  /** Short, so that what is measured is the product; long enough to leave it the processor. */
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(25);

  /** Rounds before those that count: the compilers of a program that stays up have done theirs. */
  private static final int WARM_UP = 30;

  /** Of edits that run something, which take longer. */
  private static final int WARM_UP_RUNNING = 3;

  private static final int MOST = 15_000;

  /** Never comes while this is measured: an edit with it is pushed and runs nothing. */
  private static final String SELDOM = "cron(0 3 29 2 ? *)";

  private static final String DOCUMENT =
      """
      schemaVersion: '2.2'
      parameters:
        Text:
          type: String
          default: none
      mainSteps:
      - action: aws:runShellScript
        name: say
        inputs:
          runCommand:
          - echo "{{ Text }}"
      """;

  private final Rig rig;
  private final Fleet fleet;
  private final Scrape scrape;
  private final Crowd crowd;
  private final PrintStream out;
  private final int rounds;
  private String quiet = "";
  private String running = "";
  private int edits;

  private Push(Rig rig, Fleet fleet, Crowd crowd, int rounds, PrintStream out) {
    this.rig = rig;
    this.fleet = fleet;
    this.crowd = crowd;
    this.scrape = new Scrape(rig);
    this.rounds = rounds;
    this.out = out;
  }

  /** {@code packaging/bench/push [AGENTS[,AGENTS...] [ROUNDS]]}. */
  public static void main(String[] arguments)
      throws IOException, InterruptedException, ExecutionException {
    List<Integer> sizes = Arguments.numbers(arguments, 0, List.of(1_000, 5_000, 10_000));
    int rounds = Arguments.number(arguments, 1, 5);
    Arguments.require(
        sizes.stream().allMatch(size -> size >= 1 && size <= MOST)
            && sizes.stream().sorted().toList().equals(sizes)
            && rounds >= 1
            && arguments.length <= 2,
        "push: call it as packaging/bench/push [AGENTS[,AGENTS...] [ROUNDS]], with growing numbers"
            + " of 1 to "
            + MOST
            + " agents");
    try (Rig rig = new Rig();
        Fleet fleet = new Fleet(rig);
        Crowd crowd = new Crowd()) {
      rig.configure(Rig.MANY_AGENTS);
      rig.startCoordinator();
      new Push(rig, fleet, crowd, rounds, System.out).measure(sizes);
    }
    System.exit(0); // the threads of clients would be waited for
  }

  /** What one edit took, and how much CPU of the coordinator. */
  private record Round(Times times, double callMillis, double cpuMillis) {}

  private void measure(List<Integer> sizes)
      throws IOException, InterruptedException, ExecutionException {
    out.println(
        "One edit of an association, until all agents have said that they hold it on disk,");
    out.println(
        "and until the results of what it runs are stored. Milliseconds since the call was");
    out.println("answered; the floor: since it was pushed. CPU: of the server, an agent, in ms.");
    out.println();
    out.println(
        "agents                              call      p50      p99      max      CPU  /floor");
    define();
    for (int size : sizes) {
      fleet.growTo(size);
      scrape.await(Scrape.SETTLED, size, PATIENCE);
      scrape.awaitQuiet(PATIENCE);
      List<Round> pushed = rounds(WARM_UP, this::editQuiet);
      List<Round> ran = rounds(WARM_UP_RUNNING, this::editRunning);
      Round floor = floor(size);
      Round quietly = median(pushed);
      line(size, "floor: bare streams", floor, floor);
      line(size, "edit, acknowledged", quietly, floor);
      line(size, "edit that runs, result stored", median(ran), floor);
    }
    out.println();
    out.println(
        "The median of "
            + rounds
            + " rounds after "
            + WARM_UP
            + " of warming up, "
            + WARM_UP_RUNNING
            + " where it runs. /floor: p99 to p99. Counts are looked at every "
            + BETWEEN_LOOKS.toMillis()
            + " ms, so times are up to that late.");
    out.println(
        "Floor: a bare gRPC server (epoll, BoringSSL) that pushes "
            + Pushed.message().getSerializedSize()
            + " bytes, in a process of its own; as many TLS connections in another, which answer at"
            + " once.");
  }

  private void line(int size, String what, Round round, Round floor) {
    out.printf(
        Locale.ROOT,
        "%6d %-29s %8.0f %s %8.3f %7.1f%n",
        size,
        what,
        round.callMillis,
        round.times,
        round.cpuMillis / size,
        round.times.millis(0.99) / floor.times.millis(0.99));
    out.flush();
  }

  private interface Edit {
    Round make() throws InterruptedException, ExecutionException;
  }

  private List<Round> rounds(int before, Edit edit)
      throws InterruptedException, ExecutionException {
    List<Round> all = new ArrayList<>();
    for (int i = 0; i < before + rounds; i++) {
      Round round = edit.make();
      if (i >= before) {
        all.add(round);
      }
      if (i >= before - 1) {
        scrape.awaitQuiet(PATIENCE);
      }
    }
    return all;
  }

  private void define() {
    var _ =
        DocumentServiceGrpc.newBlockingStub(rig.channel())
            .withCallCredentials(rig.token())
            .createDocument(
                CreateDocumentRequest.newBuilder().setName("say").setContent(DOCUMENT).build());
    running = create(everywhere("running"));
    quiet =
        create(everywhere("quiet").setScheduleExpression(SELDOM).setApplyOnlyAtCronInterval(true));
  }

  private static Association.Builder everywhere(String name) {
    return Association.newBuilder()
        .setName("say")
        .setAssociationName(name)
        .addTargets(Target.newBuilder().setKey("InstanceIds").addValues("*"));
  }

  private String create(Association.Builder association) {
    return rig.associations()
        .createAssociation(
            CreateAssociationRequest.newBuilder()
                .setAcknowledgeTargets(MOST)
                .setAssociation(association)
                .build())
        .getAssociationDescription()
        .getAssociationId();
  }

  private Round editQuiet() throws InterruptedException, ExecutionException {
    long before = scrape.count(Scrape.ADOPTED);
    return edit(quiet, _ -> scrape.count(Scrape.ADOPTED) - before);
  }

  private Round editRunning() throws InterruptedException, ExecutionException {
    return edit(running, this::succeeded);
  }

  private interface Counted {
    /** How many have, of a version. */
    long now(int version) throws InterruptedException;
  }

  private Round edit(String association, Counted counted)
      throws InterruptedException, ExecutionException {
    Spent before = Spent.of(rig.coordinator().pid());
    long called = System.nanoTime();
    AssociationDescription edited =
        rig.associations()
            .updateAssociation(
                UpdateAssociationRequest.newBuilder()
                    .setAssociationId(association)
                    .setAcknowledgeTargets(MOST)
                    .setUpdateMask(FieldMask.newBuilder().addPaths("parameters"))
                    .setAssociation(Association.newBuilder().setParameters(text(++edits)))
                    .build())
            .getAssociationDescription();
    long answered = System.nanoTime();
    Times.Looks looks = new Times.Looks(fleet.agents());
    try (ExecutorService follower = Executors.newSingleThreadExecutor()) {
      Future<?> all = follower.submit(() -> follow(looks, edited.getAssociationVersion(), counted));
      all.get();
    }
    return new Round(
        looks.since(answered),
        (answered - called) / 1e6,
        Spent.of(rig.coordinator().pid()).since(before));
  }

  private Void follow(Times.Looks looks, int version, Counted counted) throws InterruptedException {
    long begun = System.nanoTime();
    while (!looks.look(System.nanoTime(), counted.now(version))) {
      if (System.nanoTime() - begun > PATIENCE.toNanos()) {
        throw new IllegalStateException(
            looks.count()
                + " of "
                + fleet.agents()
                + " in "
                + PATIENCE
                + ": "
                + rig.coordinator().said());
      }
      TimeUnit.MILLISECONDS.sleep(BETWEEN_LOOKS.toMillis());
    }
    return null;
  }

  private static Struct text(int number) {
    return Struct.newBuilder()
        .putFields("Text", Value.newBuilder().setStringValue("round " + number).build())
        .build();
  }

  private int succeeded(int version) {
    AssociationExecution newest =
        rig
            .associations()
            .describeAssociationExecutions(
                DescribeAssociationExecutionsRequest.newBuilder()
                    .setAssociationId(running)
                    .setPageSize(1)
                    .build())
            .getAssociationExecutionsList()
            .stream()
            .findFirst()
            .orElse(AssociationExecution.getDefaultInstance());
    return newest.getAssociationVersion() == version
        ? newest.getResourceCountByStatusOrDefault(RunStatus.SUCCESS.text(), 0)
        : 0;
  }

  private Round floor(int size) throws IOException, InterruptedException {
    List<Identity> one = crowd.enrol(rig, 1);
    try (BareServer.Started server = new BareServer.Started(rig.data())) {
      double _ =
          crowd.open(Collections.nCopies(size, one.getFirst()), server.address(), 64, (_, _) -> {});
      List<Round> all = new ArrayList<>();
      for (int i = 0; i < WARM_UP + rounds; i++) {
        Spent before = Spent.of(server.pid());
        Times times = server.push();
        if (i >= WARM_UP) {
          all.add(new Round(times, 0, Spent.of(server.pid()).since(before)));
        }
      }
      return median(all);
    } finally {
      crowd.leave();
    }
  }

  private static Round median(List<Round> rounds) {
    List<Round> sorted =
        rounds.stream()
            .sorted(
                (one, other) -> Double.compare(one.times.millis(0.99), other.times.millis(0.99)))
            .toList();
    return sorted.get((sorted.size() - 1) / 2);
  }
}
