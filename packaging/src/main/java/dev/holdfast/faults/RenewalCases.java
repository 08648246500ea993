package dev.holdfast.faults;

import dev.holdfast.system.Rig;
import dev.holdfast.wire.agent.Ack;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.AssociationExecutionTarget;
import dev.holdfast.wire.v1.CreateAssociationRequest;
import dev.holdfast.wire.v1.DescribeInstanceRequest;
import dev.holdfast.wire.v1.InstanceServiceGrpc;
import dev.holdfast.wire.v1.PingStatus;
import dev.holdfast.wire.v1.RunStatus;
import dev.holdfast.wire.v1.Target;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** Certificates come and go: nobody is lost by it, and an old one opens nothing. */
final class RenewalCases {
  private static final Duration PATIENCE = Duration.ofSeconds(400);
  private static final String RENEWED = "a new certificate serial=";

  private RenewalCases() {}

  static List<Case> all() {
    return List.of(new Rotation(), new Crash(), new LongOff());
  }

  private static boolean online(Rig rig, String instance) {
    return InstanceServiceGrpc.newBlockingStub(rig.channel())
            .withCallCredentials(rig.token())
            .describeInstance(DescribeInstanceRequest.newBuilder().setInstanceId(instance).build())
            .getInstance()
            .getPingStatus()
        == PingStatus.PING_STATUS_ONLINE;
  }

  /** Certificates of half a minute while work goes on. */
  static final class Rotation implements Case {
    @Override
    public String id() {
      return "E10";
    }

    @Override
    public String claim() {
      return "while certificates are renewed again and again no result is lost, and the old one is"
          + " refused once the new one is used";
    }

    @Override
    public void run(Trial trial) throws Exception {
      int count = trial.scale().of(2, 4, 20);
      int life = trial.scale().of(30, 30, 60);
      Duration time = Duration.ofSeconds(trial.scale().of(60, 60, 1_800));
      Rig rig =
          Field.coordinator(trial, Field.OPEN_DOOR + "agent_certificate_life: " + life + "s\n");
      rig.createScript("work", List.of("echo done"));
      List<Crew> crew = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        crew.add(Crew.enrolled(trial, rig));
        crew.getLast().start();
      }
      String association =
          rig.associations()
              .createAssociation(
                  CreateAssociationRequest.newBuilder()
                      .setAssociation(
                          Association.newBuilder()
                              .setName("work")
                              .addTargets(
                                  Target.newBuilder()
                                      .setKey("InstanceIds")
                                      .addAllValues(crew.stream().map(Crew::instance).toList())))
                      .build())
              .getAssociationDescription()
              .getAssociationId();
      List<String> executions = new ArrayList<>();
      long end = System.nanoTime() + time.toNanos();
      while (System.nanoTime() < end) {
        executions.add(AgentCases.start(rig, association));
        TimeUnit.SECONDS.sleep(2);
      }
      refusedOnceReplaced(trial, rig);
      int expected = executions.size() * count;
      boolean all =
          Field.await(PATIENCE, () -> successes(rig, association, executions) == expected);
      int stored = successes(rig, association, executions);
      trial.require(all, stored + " of " + expected + " results came");
      trial.figure(Figure.STARTED, expected);
      trial.figure(Figure.STORED, stored);
      trial.figure(Figure.LOST, expected - stored);
      // a certificate is renewed with four to six tenths of its life left
      long least = Math.max(1, time.toSeconds() * 10 / (6L * life) * 2 / 3);
      long fewest = Long.MAX_VALUE;
      for (Crew one : crew) {
        fewest = Math.min(fewest, one.lines(RENEWED));
        trial.require(one.alive(), "an agent ended: " + one.said());
      }
      trial.note("renewals", fewest);
      trial.figure(Figure.FAULTS, fewest * count);
      trial.require(fewest >= 1, "none was renewed");
      trial.requireInTime(fewest >= least, "only " + fewest + " renewals, not " + least);
    }

    private static int successes(Rig rig, String association, List<String> executions) {
      int successes = 0;
      for (String execution : executions) {
        for (AssociationExecutionTarget target : rig.targets(association, execution)) {
          successes += target.getStatus() == RunStatus.RUN_STATUS_SUCCESS ? 1 : 0;
        }
      }
      return successes;
    }

    private static void refusedOnceReplaced(Trial trial, Rig rig) throws Exception {
      HandMade old = Field.handMade(trial, rig);
      HandMade renewed = trial.closing(old.renewed(rig.agentAddress(), Field.authority(rig)));
      try (Talk talk = Talk.hello(renewed.channel(), "new")) {
        trial.require(
            talk.await(m -> m.hasAck() ? Optional.of(m.getAck()) : Optional.<Ack>empty())
                .isPresent(),
            "the new certificate is not taken");
      }
      ManagedChannel again = old.another(rig.agentAddress(), Field.authority(rig));
      trial.closing(again::shutdownNow);
      try (Talk talk = Talk.hello(again, "old")) {
        Optional<Status> ended = talk.end(Duration.ofSeconds(20));
        trial.require(
            ended.filter(s -> s.getCode() == Status.Code.UNAUTHENTICATED).isPresent(),
            "the old certificate is taken after the new one was used: " + ended);
        trial.count(Figure.REFUSED, 1);
      }
    }
  }

  /** The agent's end comes at each step of a renewal. */
  static final class Crash implements Case {
    private static final List<String> POINTS =
        List.of(
            "after-key-write",
            "after-renew-send",
            "before-cert-write",
            "before-rename",
            "after-cert-write",
            "after-switch");

    @Override
    public String id() {
      return "E11";
    }

    @Override
    public String claim() {
      return "ended at any step of a renewal the agent comes back without help, as the same"
          + " instance";
    }

    @Override
    public void run(Trial trial) throws Exception {
      int rounds = trial.scale().of(1, 1, 20);
      List<String> points = trial.scale() == Scale.SMOKE ? smoke(trial) : POINTS;
      Rig rig = Field.coordinator(trial, Field.OPEN_DOOR + "agent_certificate_life: 30s\n");
      int ended = 0;
      int agents = 0;
      for (int round = 0; round < rounds; round++) {
        for (String point : points) {
          // one each, since on a slow machine it may come back by its key, which is counted
          Crew agent = Crew.enrolled(trial, rig);
          agents++;
          String armed =
              point.equals("before-rename") ? point + " " + trial.random().nextInt(1, 5) : point;
          boolean reached = agent.startArmed(armed, Duration.ofSeconds(90));
          trial.require(reached, point + " was not reached");
          ended += reached ? 1 : 0;
          long began = System.nanoTime();
          agent.start();
          trial.require(
              Field.await(PATIENCE, () -> online(rig, agent.instance())),
              "after " + point + " it does not come back: " + agent.said());
          trial.largest(Figure.RECOVERY, (System.nanoTime() - began) / 1e9);
          agent.stop();
        }
      }
      trial.figure(Figure.FAULTS, ended);
      trial.require(
          Field.instances(rig).size() == agents, "one became another instance than it was");
    }

    /** Two of them, another with each seed, and always the one between the two writes. */
    private static List<String> smoke(Trial trial) {
      List<String> some = new ArrayList<>(List.of("after-cert-write"));
      List<String> others = new ArrayList<>(POINTS);
      others.removeAll(some);
      some.add(others.get(trial.random().nextInt(others.size())));
      return some;
    }
  }

  /** A host was off for longer than its certificate lives; and comes back often. */
  static final class LongOff implements Case {
    @Override
    public String id() {
      return "E12";
    }

    @Override
    public String claim() {
      return "8 and 89 days after the end of its certificate a host comes back by its key, after 91"
          + " days or for the sixth time in 30 days it waits for approval";
    }

    @Override
    public void run(Trial trial) throws Exception {
      Rig rig = Field.coordinator(trial, Field.OPEN_DOOR);
      Path store = rig.data().resolve("holdfast.db");
      Map<Integer, HandMade> away = new TreeMap<>();
      for (int days : List.of(8, 89, 91)) {
        away.put(days, Field.handMade(trial, rig));
      }
      // The certificates are set back and not the coordinator's clock forward: under libfaketime
      // its
      // waiting threads go round without a pause, and on a busy machine it is not ready in a
      // minute.
      rig.coordinator().stop();
      for (Map.Entry<Integer, HandMade> each : away.entrySet()) {
        Rows.change(
            store,
            "UPDATE instance SET certificate = ? WHERE id = ?",
            each.getValue()
                .expired(Instant.now().minus(Duration.ofDays(each.getKey())))
                .getEncoded(),
            each.getValue().instance());
      }
      rig.startCoordinator();
      for (Map.Entry<Integer, HandMade> each : away.entrySet()) {
        int days = each.getKey();
        trial.require(recovers(rig, each.getValue()), days + " days: it gets no certificate");
        String state = state(store, each.getValue());
        trial.require(
            state.equals(days > 90 ? "PENDING" : "ACTIVE"), days + " days: it is " + state);
        trial.count(Figure.FAULTS, 1);
      }
      HandMade often = Field.handMade(trial, rig);
      for (int time = 1; time <= 6; time++) {
        trial.require(recovers(rig, often), "the " + time + ". time: it gets no certificate");
        String state = state(store, often);
        trial.require(
            state.equals(time > 5 ? "PENDING" : "ACTIVE"),
            "the " + time + ". time: it is " + state);
        trial.count(Figure.FAULTS, 1);
      }
      HandMade thief = Field.handMade(trial, rig);
      trial.require(!recovers(rig, thief.posingAs(often.instance())), "another key brings it back");
      trial.count(Figure.REFUSED, 1);
    }

    private static boolean recovers(Rig rig, HandMade host) throws Exception {
      try {
        host.recover(rig.agentAddress(), Field.authority(rig));
        return true;
      } catch (StatusRuntimeException e) {
        return false;
      }
    }

    private static String state(Path store, HandMade host) throws IOException {
      return Rows.text(store, "SELECT state FROM instance WHERE id = ?", host.instance());
    }
  }
}
