package dev.holdfast.faults;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.holdfast.system.Rig;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.AssociationServiceGrpc;
import dev.holdfast.wire.v1.CreateAssociationRequest;
import dev.holdfast.wire.v1.CreateDocumentRequest;
import dev.holdfast.wire.v1.DescribeDocumentRequest;
import dev.holdfast.wire.v1.DocumentServiceGrpc;
import dev.holdfast.wire.v1.ParameterServiceGrpc;
import dev.holdfast.wire.v1.PutParameterRequest;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** Documents that are made to cost more than they weigh. */
final class BombCases {
  private BombCases() {}

  static List<Case> all() {
    return List.of(new Texts(), new Regexes());
  }

  /** The middle one of some times, in milliseconds. */
  private static double median(List<Double> millis) {
    List<Double> sorted = millis.stream().sorted().toList();
    return sorted.get(sorted.size() / 2);
  }

  private static Status create(Rig rig, String name, String content) {
    return People.status(
        () ->
            DocumentServiceGrpc.newBlockingStub(rig.channel())
                .withCallCredentials(rig.token())
                .withDeadlineAfter(20, TimeUnit.SECONDS)
                .createDocument(
                    CreateDocumentRequest.newBuilder().setName(name).setContent(content).build()));
  }

  /** Texts that grow when they are read. */
  static final class Texts implements Case {
    /** Where other work is in the way: so many times what a document that is taken takes. */
    private static final double AT_MOST_MILLIS = 200;

    private static final double AT_MOST_TIMES = 4;
    private static final double AT_MOST_MB = 50;
    private static final double OTHERS_MILLIS = 500;

    @Override
    public String id() {
      return "D01";
    }

    @Override
    public String claim() {
      return "a document that grows when it is read is refused and told why, for little time and"
          + " memory, and nobody else notices";
    }

    @Override
    public void run(Trial trial) throws Exception {
      int times = trial.scale().of(1, 10, 100);
      Rig rig = Field.coordinator(trial, Field.OPEN_DOOR);
      long pid = rig.coordinator().pid();
      Others others = new Others(rig);
      double taken = warm(trial, rig, times);
      List<Double> calm = others.until(() -> TimeUnit.SECONDS.sleep(1));
      double before = Memory.resident(pid);
      Memory.forgetPeak(pid);
      List<Double> meanwhile = others.until(() -> bombs(trial, rig, times, taken));
      double grown = Memory.peak(pid) - before;
      trial.figure(Figure.PEAK_RSS, Memory.peak(pid));
      trial.note("grown-mb", Math.round(grown));
      trial.note("others-calm-p99-ms", Math.round(p99(calm)));
      trial.note("others-p99-ms", Math.round(p99(meanwhile)));
      trial.require(rig.coordinator().alive(), "it ended: " + rig.coordinator().said());
      trial.require(grown < AT_MOST_MB, "it grew by " + grown + " MB");
      trial.require(others.failed.isEmpty(), "others were refused: " + others.failed);
      trial.requireInTime(
          p99(meanwhile) < Math.max(OTHERS_MILLIS, 10 * p99(calm)),
          "others waited " + p99(meanwhile) + " ms");
      trial.require(
          !rig.coordinator().said().contains("a call failed"), "a call failed in the log");
    }

    /** What honest people send: large documents that are taken; how long one takes. */
    private static double warm(Trial trial, Rig rig, int times) {
      List<Double> millis = new ArrayList<>();
      String large = Bombs.document("\"more\":[" + "\"text\",".repeat(9_000) + "0]");
      for (int i = 0; i < 10 + 3 * times; i++) {
        long began = System.nanoTime();
        Status status = create(rig, "large-" + i, large);
        millis.add((System.nanoTime() - began) / 1e6);
        trial.require(status.isOk(), "a large document ends with " + status);
      }
      trial.note("taken-ms", Math.round(median(millis)));
      return median(millis);
    }

    private static void bombs(Trial trial, Rig rig, int times, double taken) {
      double slowest = 0;
      for (Bombs.Bomb bomb : Bombs.all()) {
        List<Double> millis = new ArrayList<>();
        for (int i = 0; i < times; i++) {
          long began = System.nanoTime();
          Status status = create(rig, "bomb", bomb.text());
          millis.add((System.nanoTime() - began) / 1e6);
          trial.count(Figure.FAULTS, 1);
          trial.count(Figure.REFUSED, status.isOk() ? 0 : 1);
          trial.require(
              status.getCode() == bomb.code()
                  && String.valueOf(status.getDescription()).contains(bomb.told()),
              bomb.name() + " ends with " + status);
        }
        trial.requireInTime(
            median(millis) < Math.max(AT_MOST_MILLIS, AT_MOST_TIMES * taken),
            bomb.name() + " took " + median(millis) + " ms");
        slowest = Math.max(slowest, median(millis));
      }
      trial.note("slowest-ms", Math.round(slowest));
      Status stored =
          People.status(
              () ->
                  DocumentServiceGrpc.newBlockingStub(rig.channel())
                      .withCallCredentials(rig.token())
                      .describeDocument(
                          DescribeDocumentRequest.newBuilder().setName("bomb").build()));
      trial.require(stored.getCode() == Status.Code.NOT_FOUND, "a bomb is stored: " + stored);
    }

    private static double p99(List<Double> millis) {
      List<Double> sorted = millis.stream().sorted().toList();
      return sorted.isEmpty() ? Double.MAX_VALUE : sorted.get(sorted.size() * 99 / 100);
    }
  }

  /** Somebody who reads and writes all the time. */
  private static final class Others {
    private final Rig rig;
    private final List<String> failed = new ArrayList<>();

    Others(Rig rig) {
      this.rig = rig;
    }

    /** What is done while they call. */
    private interface Work {
      void run() throws InterruptedException;
    }

    /** How long their calls took while that was done, in milliseconds. */
    List<Double> until(Work work) throws InterruptedException {
      List<Double> millis = new ArrayList<>();
      AtomicBoolean over = new AtomicBoolean();
      Thread thread =
          Thread.ofVirtual()
              .start(
                  () -> {
                    while (!over.get()) {
                      long began = System.nanoTime();
                      Status status = People.status(this::call);
                      millis.add((System.nanoTime() - began) / 1e6);
                      if (!status.isOk()) {
                        failed.add(status.toString());
                      }
                    }
                  });
      try {
        work.run();
      } finally {
        over.set(true);
        thread.join();
      }
      return millis;
    }

    private Object call() {
      return ParameterServiceGrpc.newBlockingStub(rig.channel())
          .withCallCredentials(rig.token())
          .withDeadlineAfter(20, TimeUnit.SECONDS)
          .putParameter(
              PutParameterRequest.newBuilder()
                  .setName("/others/one")
                  .setValue("x")
                  .setOverwrite(true)
                  .build());
    }
  }

  /** Patterns that take most engines for ever, and those that are too long for any. */
  static final class Regexes implements Case {
    /** Where other work is in the way: so many times what the plainest pattern takes. */
    private static final double AT_MOST_MILLIS = 150;

    private static final double AT_MOST_TIMES = 20;

    private static final List<String> SLOW_ELSEWHERE =
        List.of(
            "^(a+)+$", "^(a|aa)+$", "^(a|a?)+$", "^([a-z]+)*b$", "^(.*,){12}$", "^(a?){64}a{64}$");

    private static final List<String> NO_RE2 =
        List.of("(a)\\1", "(?=a)b", "(?<!a)b", "a{1001}", "(");

    @Override
    public String id() {
      return "D03";
    }

    @Override
    public String claim() {
      return "a value is matched in time whatever the document's pattern is, and a pattern that is"
          + " too long is refused";
    }

    @Override
    public void run(Trial trial) throws Exception {
      int times = trial.scale().of(2, 15, 200);
      Rig rig = Field.coordinator(trial, Field.OPEN_DOOR);
      String almost = "a".repeat(4_095) + "!";
      double plain = refusedAfter(trial, rig, "plain", "^b", almost, times);
      double slowest = 0;
      for (int i = 0; i < SLOW_ELSEWHERE.size(); i++) {
        String pattern = SLOW_ELSEWHERE.get(i);
        String name = "slow-" + i;
        double millis = refusedAfter(trial, rig, name, pattern, almost, times);
        trial.requireInTime(
            millis < Math.max(AT_MOST_MILLIS, AT_MOST_TIMES * plain),
            pattern + " took " + millis + " ms");
        slowest = Math.max(slowest, millis);
      }
      trial.note("plain-ms", Math.round(plain));
      trial.note("slowest-ms", Math.round(slowest));
      for (int i = 0; i < 3; i++) {
        Status status = associate(rig, "slow-" + i, "a".repeat(4_096));
        trial.require(status.isOk(), "what " + SLOW_ELSEWHERE.get(i) + " matches: " + status);
        trial.count(Figure.ACKED, 1);
      }
      refused(trial, rig, "a".repeat(513), "has 513 characters; at most 512 are allowed");
      refused(trial, rig, "(((((a{30}){30}){30}){30}){30})", "at most 2000 are allowed");
      NO_RE2.forEach(pattern -> refused(trial, rig, pattern, "is not a RE2 regular expression"));
      Status longest = create(rig, "longest", withPattern("a".repeat(512)));
      trial.require(longest.isOk(), "a pattern of 512 characters ends with " + longest);
      Status deepest = create(rig, "deepest", withPattern("(".repeat(256) + ")".repeat(256)));
      trial.require(
          deepest.isOk() || deepest.getCode() == Status.Code.INVALID_ARGUMENT,
          "256 parentheses end with " + deepest);
      trial.require(rig.coordinator().alive(), "it ended: " + rig.coordinator().said());
      trial.require(
          !rig.coordinator().said().contains("a call failed"), "a call failed in the log");
    }

    /** How long it takes to find that a value does not match, in milliseconds. */
    private static double refusedAfter(
        Trial trial, Rig rig, String name, String pattern, String value, int times) {
      Status created = create(rig, name, withPattern(pattern));
      trial.require(created.isOk(), pattern + " ends with " + created);
      List<Double> millis = new ArrayList<>();
      for (int i = 0; i < times; i++) {
        long began = System.nanoTime();
        Status status = associate(rig, name, value);
        millis.add((System.nanoTime() - began) / 1e6);
        trial.count(Figure.FAULTS, 1);
        trial.count(Figure.REFUSED, 1);
        trial.require(
            status.getCode() == Status.Code.INVALID_ARGUMENT
                && String.valueOf(status.getDescription()).contains("has to match " + pattern),
            "4 KiB against " + pattern + " ends with " + status);
      }
      return median(millis);
    }

    private static void refused(Trial trial, Rig rig, String pattern, String told) {
      Status status = create(rig, "refused", withPattern(pattern));
      trial.count(Figure.FAULTS, 1);
      trial.count(Figure.REFUSED, 1);
      trial.require(
          status.getCode() == Status.Code.INVALID_ARGUMENT
              && String.valueOf(status.getDescription()).contains(told),
          pattern + " ends with " + status);
    }

    private static String withPattern(String pattern) {
      return Bombs.document(
          "\"parameters\":{\"p\":{\"type\":\"String\",\"allowedPattern\":\""
              + pattern.replace("\\", "\\\\")
              + "\"}}");
    }

    private static Status associate(Rig rig, String document, String value) {
      Struct parameters =
          Struct.newBuilder()
              .putFields("p", Value.newBuilder().setStringValue(value).build())
              .build();
      return People.status(
          () ->
              AssociationServiceGrpc.newBlockingStub(rig.channel())
                  .withCallCredentials(rig.token())
                  .withDeadlineAfter(20, TimeUnit.SECONDS)
                  .createAssociation(
                      CreateAssociationRequest.newBuilder()
                          .setAssociation(
                              Association.newBuilder().setName(document).setParameters(parameters))
                          .build()));
    }
  }
}
