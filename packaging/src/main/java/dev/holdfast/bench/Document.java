package dev.holdfast.bench;

import dev.holdfast.report.RunStatus;
import dev.holdfast.system.Rig;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.AssociationServiceGrpc;
import dev.holdfast.wire.v1.CreateAssociationRequest;
import dev.holdfast.wire.v1.CreateDocumentRequest;
import dev.holdfast.wire.v1.DocumentServiceGrpc;
import dev.holdfast.wire.v1.StartAssociationsOnceRequest;
import dev.holdfast.wire.v1.Target;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A document of three steps that do nothing, on one real agent: from the call that starts it until
 * its success is in the coordinator's database, which is looked at all the time; and many at once.
 */
public final class Document {
  private static final int AT_ONCE = 20;
  private static final int IN_ONE_CALL = 10;
  private static final int WARM_UP = 100;
  private static final int BURSTS = 5;
  private static final int BETWEEN_LOOKS_MICROS = 500;
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private static final String DOCUMENT =
      """
      schemaVersion: '2.2'
      mainSteps:
      - action: aws:runShellScript
        name: one
        inputs:
          runCommand: ['true']
      - action: aws:runShellScript
        name: two
        inputs:
          runCommand: ['true']
      - action: aws:runShellScript
        name: three
        inputs:
          runCommand: ['true']
      """;

  private final Rig rig;
  private final PreparedStatement stored;
  private final PrintStream out;
  private final List<String> associations = new ArrayList<>();

  private Document(Rig rig, PreparedStatement stored, PrintStream out) {
    this.rig = rig;
    this.stored = stored;
    this.out = out;
  }

  /** {@code packaging/bench/document [RUNS]}. */
  public static void main(String[] arguments) throws InterruptedException, SQLException {
    int runs = Arguments.number(arguments, 0, 200);
    Arguments.require(
        runs >= 1 && runs <= 100_000 && arguments.length <= 1,
        "document: call it as packaging/bench/document [RUNS], with 1 to 100000 runs");
    try (Rig rig = new Rig()) {
      rig.startCoordinator();
      try (Connection rows =
              DriverManager.getConnection("jdbc:sqlite:" + rig.data().resolve("holdfast.db"));
          PreparedStatement stored =
              rows.prepareStatement(
                  "SELECT status FROM run WHERE execution_id = ? AND status NOT IN ('PENDING',"
                      + " 'IN_PROGRESS')")) {
        new Document(rig, stored, System.out).measure(runs);
      }
    }
    System.exit(0); // the threads of clients would be waited for
  }

  private void measure(int runs) throws InterruptedException {
    out.println("A document of three steps 'true', each a shell of its own. Milliseconds from");
    out.println("the call that starts it until its success is stored; CPU a run with children.");
    out.println();
    String instance = rig.enroll(Map.of());
    String _ = rig.startAgent();
    define(instance);
    for (int i = 0; i < WARM_UP; i++) {
      long _ = once(List.of(associations.getFirst()));
    }
    out.println(
        "runs                     p50      p99      max   agent CPU   coordinator CPU   agent RSS"
            + " MiB");
    Spent agent = Spent.of(rig.agent().pid());
    Spent coordinator = Spent.of(rig.coordinator().pid());
    List<Long> nanos = new ArrayList<>();
    for (int i = 0; i < runs; i++) {
      nanos.add(once(List.of(associations.getFirst())));
    }
    line("one at a time", new Times(nanos), runs, agent, coordinator);

    List<Long> bursts = new ArrayList<>();
    long _ = once(associations);
    TimeUnit.SECONDS.sleep(2);
    agent = Spent.of(rig.agent().pid());
    coordinator = Spent.of(rig.coordinator().pid());
    for (int i = 0; i < BURSTS; i++) {
      bursts.add(once(associations));
    }
    Times all = new Times(bursts);
    line(AT_ONCE + " at once, all", all, BURSTS * AT_ONCE, agent, coordinator);
    out.printf(
        Locale.ROOT, "%-15s %12.1f of all, divided%n", "a run of these", all.millis(0.5) / AT_ONCE);
    out.println();
    out.println(
        "No floor: the peer (amazon-ssm-agent 3.3.0 on such a machine, from 'in progress' to the"
            + " end alone) took about 70 ms and 60 to 70 ms of CPU a run, one after the other, and"
            + " 200 MiB for 20.");
  }

  private void line(String what, Times times, int runs, Spent agent, Spent coordinator)
      throws InterruptedException {
    TimeUnit.MILLISECONDS.sleep(500); // the last children are waited for
    Spent now = Spent.of(rig.agent().pid());
    out.printf(
        Locale.ROOT,
        "%-19s %s %11.1f %17.1f %15.1f%n",
        what,
        times,
        now.since(agent) / runs,
        Spent.of(rig.coordinator().pid()).since(coordinator) / runs,
        now.residentKib() / 1024);
    out.flush();
  }

  private void define(String instance) {
    var _ =
        DocumentServiceGrpc.newBlockingStub(rig.channel())
            .withCallCredentials(rig.token())
            .createDocument(
                CreateDocumentRequest.newBuilder().setName("three").setContent(DOCUMENT).build());
    for (int i = 0; i < AT_ONCE; i++) {
      associations.add(
          rig.associations()
              .createAssociation(
                  CreateAssociationRequest.newBuilder()
                      .setAssociation(
                          Association.newBuilder()
                              .setName("three")
                              .setAssociationName("three-" + i)
                              .addTargets(
                                  Target.newBuilder().setKey("InstanceIds").addValues(instance)))
                      .build())
              .getAssociationDescription()
              .getAssociationId());
    }
    long _ = once(associations);
  }

  /** Starts these, and waits until all have succeeded; the nanoseconds that it took. */
  private long once(List<String> started) {
    AssociationServiceGrpc.AssociationServiceBlockingStub calls = rig.associations();
    List<String> executions = new ArrayList<>();
    long begun = System.nanoTime();
    for (int i = 0; i < started.size(); i += IN_ONE_CALL) {
      executions.addAll(
          calls
              .startAssociationsOnce(
                  StartAssociationsOnceRequest.newBuilder()
                      .addAllAssociationIds(
                          started.subList(i, Math.min(started.size(), i + IN_ONE_CALL)))
                      .build())
              .getExecutionIdsList());
    }
    executions.forEach(this::awaitSuccess);
    return System.nanoTime() - begun;
  }

  private void awaitSuccess(String execution) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    try {
      stored.setString(1, execution);
      while (true) {
        try (ResultSet row = stored.executeQuery()) {
          if (row.next()) {
            if (!row.getString(1).equals(RunStatus.SUCCESS.name())) {
              throw new IllegalStateException("a run ended with " + row.getString(1));
            }
            return;
          }
        }
        if (System.nanoTime() > end) {
          throw new IllegalStateException(
              "no success in " + PATIENCE + ": " + rig.coordinator().said() + rig.agent().said());
        }
        TimeUnit.MICROSECONDS.sleep(BETWEEN_LOOKS_MICROS);
      }
    } catch (SQLException e) {
      throw new IllegalStateException("the coordinator's rows can't be read", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
