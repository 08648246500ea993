package dev.holdfast.bench;

import com.google.protobuf.ByteString;
import com.google.protobuf.FieldMask;
import com.google.protobuf.Struct;
import com.google.protobuf.Timestamp;
import com.google.protobuf.Value;
import dev.holdfast.report.RunStatus;
import dev.holdfast.system.Rig;
import dev.holdfast.wire.agent.AgentMessage;
import dev.holdfast.wire.agent.AssignmentReference;
import dev.holdfast.wire.agent.AssignmentSet;
import dev.holdfast.wire.agent.CoordinatorMessage;
import dev.holdfast.wire.agent.Generation;
import dev.holdfast.wire.agent.PendingTrigger;
import dev.holdfast.wire.agent.SetAdopted;
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
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * How long an edit takes to reach all instances of a fleet and to come back as results: agents are
 * simulated in one process, all else is as installed. What is counted is read from the coordinator:
 * sets that agents acknowledged from its metrics, stored results from the execution.
 */
public final class Push {
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  /** Short, so that what is measured is the product; long enough to leave it the processor. */
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(20);

  private static final int WARM_UP = 20;
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
  private final int agents;
  private final PrintStream out;
  private final HttpClient metrics = HttpClient.newHttpClient();
  private String association = "";

  private Push(Rig rig, int agents, PrintStream out) {
    this.rig = rig;
    this.agents = agents;
    this.out = out;
  }

  /** {@code packaging/bench/push [AGENTS [ROUNDS]]}. */
  public static void main(String[] arguments)
      throws IOException, InterruptedException, ExecutionException {
    int agents = Arguments.number(arguments, 0, 1_000);
    int rounds = Arguments.number(arguments, 1, 5);
    if (agents < 1 || agents > 9_000 || rounds < 1 || arguments.length > 2) {
      System.err.println(
          "push: call it as packaging/bench/push [AGENTS [ROUNDS]], with 1 to 9000 agents");
      System.exit(2);
    }
    try (Rig rig = new Rig()) {
      new Push(rig, agents, System.out).measure(rounds);
    }
    System.exit(0); // the threads of clients would be waited for
  }

  /** What one edit took. */
  private record Round(int number, double callMillis, Times acknowledged, Times stored) {}

  private void measure(int rounds) throws IOException, InterruptedException, ExecutionException {
    out.println("starting a coordinator and " + agents + " agents");
    long begun = System.nanoTime();
    rig.configure(Rig.MANY_AGENTS);
    rig.startCoordinator();
    rig.startAgents(agents, Duration.ofSeconds(60).plusMillis(100L * agents));
    out.printf(Locale.ROOT, "all are linked after %.1f s%n", millisSince(begun) / 1e3);
    define();
    out.println();
    out.println("milliseconds since the answer to UpdateAssociation; since the call: add 'call'");
    out.println("                             set acknowledged               result stored");
    out.println("round targets     call      p50      p99      max      p50      p99      max");
    List<Round> all = new ArrayList<>();
    for (int number = 1; number <= rounds; number++) {
      Round round = edit(number);
      all.add(round);
      out.printf(
          Locale.ROOT,
          "%5d %7d %8.0f %s %s%n",
          round.number,
          agents,
          round.callMillis,
          round.acknowledged,
          round.stored);
    }
    compare(all, floor(rounds));
  }

  private void define() throws InterruptedException {
    var _ =
        DocumentServiceGrpc.newBlockingStub(rig.channel())
            .withCallCredentials(rig.token())
            .createDocument(
                CreateDocumentRequest.newBuilder().setName("say").setContent(DOCUMENT).build());
    AssociationDescription created =
        rig.associations()
            .createAssociation(
                CreateAssociationRequest.newBuilder()
                    .setAcknowledgeTargets(agents)
                    .setAssociation(
                        Association.newBuilder()
                            .setName("say")
                            .setAssociationName("say")
                            .addTargets(Target.newBuilder().setKey("InstanceIds").addValues("*")))
                    .build())
            .getAssociationDescription();
    association = created.getAssociationId();
    followResults(created.getAssociationVersion());
  }

  private Round edit(int number) throws InterruptedException, ExecutionException {
    int version = newest().getAssociationVersion() + 1;
    long before = adopted();
    try (ExecutorService followers = Executors.newFixedThreadPool(2)) {
      Future<Times.Looks> acknowledged = followers.submit(() -> followSets(before));
      Future<Times.Looks> stored = followers.submit(() -> followResults(version));
      long called = System.nanoTime();
      var _ =
          rig.associations()
              .updateAssociation(
                  UpdateAssociationRequest.newBuilder()
                      .setAssociationId(association)
                      .setAcknowledgeTargets(agents)
                      .setUpdateMask(FieldMask.newBuilder().addPaths("parameters"))
                      .setAssociation(Association.newBuilder().setParameters(text(number)))
                      .build());
      long answered = System.nanoTime();
      return new Round(
          number,
          (answered - called) / 1e6,
          acknowledged.get().since(answered),
          stored.get().since(answered));
    }
  }

  private static Struct text(int number) {
    return Struct.newBuilder()
        .putFields("Text", Value.newBuilder().setStringValue("round " + number).build())
        .build();
  }

  private Times.Looks followSets(long before) throws InterruptedException {
    Times.Looks looks = new Times.Looks(agents);
    long begun = System.nanoTime();
    while (!looks.look(System.nanoTime(), adopted() - before)) {
      rest(begun, looks, "sets acknowledged");
    }
    return looks;
  }

  private Times.Looks followResults(int version) throws InterruptedException {
    Times.Looks looks = new Times.Looks(agents);
    long begun = System.nanoTime();
    while (!looks.look(System.nanoTime(), succeeded(version))) {
      rest(begun, looks, "results stored");
    }
    return looks;
  }

  private void rest(long begun, Times.Looks looks, String what) throws InterruptedException {
    if (System.nanoTime() - begun > PATIENCE.toNanos()) {
      throw new IllegalStateException(
          looks.count()
              + " of "
              + agents
              + " "
              + what
              + " in "
              + PATIENCE
              + ": "
              + rig.coordinator().said()
              + rig.agent().said());
    }
    TimeUnit.MILLISECONDS.sleep(BETWEEN_LOOKS.toMillis());
  }

  private int succeeded(int version) {
    AssociationExecution newest = newest();
    return newest.getAssociationVersion() == version
        ? newest.getResourceCountByStatusOrDefault(RunStatus.SUCCESS.text(), 0)
        : 0;
  }

  private AssociationExecution newest() {
    return rig
        .associations()
        .describeAssociationExecutions(
            DescribeAssociationExecutionsRequest.newBuilder()
                .setAssociationId(association)
                .setPageSize(1)
                .build())
        .getAssociationExecutionsList()
        .stream()
        .findFirst()
        .orElse(AssociationExecution.getDefaultInstance());
  }

  /** How many sets agents have acknowledged, by the coordinator's metrics. */
  private long adopted() throws InterruptedException {
    String name = "holdfast_sets_adopted_total ";
    try {
      String text =
          metrics
              .send(
                  HttpRequest.newBuilder(URI.create("http://" + rig.metricsAddress() + "/metrics"))
                      .build(),
                  HttpResponse.BodyHandlers.ofString())
              .body();
      return text.lines()
          .filter(line -> line.startsWith(name))
          .map(line -> (long) Double.parseDouble(line.substring(name.length())))
          .findFirst()
          .orElseThrow(() -> new IllegalStateException("no " + name + "in the metrics"));
    } catch (IOException e) {
      throw new IllegalStateException("the coordinator's metrics can't be read: " + e, e);
    }
  }

  private Times floor(int rounds) throws IOException, InterruptedException {
    byte[] push = push().toByteArray();
    try (BareStreams streams = new BareStreams(rig.data(), agents, answer().getSerializedSize())) {
      List<Times> all = new ArrayList<>();
      for (int i = 0; i < WARM_UP + rounds; i++) {
        Times times = streams.push(push);
        if (i >= WARM_UP) {
          all.add(times);
        }
      }
      Times floor = Times.of(all);
      out.printf(Locale.ROOT, "floor %7d %8s %s%n", agents, "", floor);
      out.println(
          "floor: bare gRPC streams, each over TLS on loopback; "
              + push.length
              + " bytes down, "
              + answer().getSerializedSize()
              + " up; both ends in one process");
      return floor;
    }
  }

  private void compare(List<Round> rounds, Times floor) {
    double p50 = median(rounds, 0.5);
    double p99 = median(rounds, 0.99);
    out.printf(
        Locale.ROOT,
        "acknowledged, median of rounds: p50 %.0f ms, %.1f times the floor; p99 %.0f ms, %.1f times"
            + " (an agent also fetches what is new and reads it before it acknowledges)%n",
        p50,
        p50 / floor.millis(0.5),
        p99,
        p99 / floor.millis(0.99));
    out.println(
        "counts are looked at every "
            + BETWEEN_LOOKS.toMillis()
            + " ms, times are up to that late");
  }

  private static double median(List<Round> rounds, double share) {
    List<Double> sorted =
        rounds.stream()
            .map(round -> round.acknowledged.millis(share))
            .sorted(Comparator.naturalOrder())
            .toList();
    return sorted.get((sorted.size() - 1) / 2);
  }

  /** As large as what an edit of one association sends to an instance that has no other. */
  private static CoordinatorMessage push() {
    String id = "0".repeat(36);
    ByteString hash = ByteString.copyFrom(new byte[32]);
    Timestamp time = Timestamp.newBuilder().setSeconds(1L << 31).setNanos(1 << 29).build();
    return CoordinatorMessage.newBuilder()
        .setSet(
            AssignmentSet.newBuilder()
                .setGeneration(generation())
                .setSha256(hash)
                .addAssignments(
                    AssignmentReference.newBuilder()
                        .setAssociationId(id)
                        .setSha256(hash)
                        .setEffectiveFrom(time))
                .addPendingTriggers(
                    PendingTrigger.newBuilder()
                        .setAssociationId(id)
                        .setTrigger("version:2")
                        .setCause("the association was edited")
                        .setNotAfter(time)
                        .setAssignmentSha256(hash)))
        .build();
  }

  private static AgentMessage answer() {
    return AgentMessage.newBuilder()
        .setAdopted(
            SetAdopted.newBuilder()
                .setGeneration(generation())
                .setSetSha256(ByteString.copyFrom(new byte[32])))
        .build();
  }

  private static Generation generation() {
    return Generation.newBuilder().setEpoch(1).setPosition(100_000).build();
  }

  private static double millisSince(long moment) {
    return (System.nanoTime() - moment) / 1e6;
  }
}
