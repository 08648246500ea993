package dev.holdfast.faults;

import dev.holdfast.system.Rig;
import dev.holdfast.wire.agent.EnrollResponse;
import dev.holdfast.wire.v1.CreateActivationResponse;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** How hosts get in: once for each use, and never twice for one lost answer. */
final class EnrolmentCases {
  private EnrolmentCases() {}

  static List<Case> all() {
    return List.of(new Replay(), new Race(), new LostAnswer());
  }

  /** A code that was used up, used again by somebody else. */
  static final class Replay implements Case {
    @Override
    public String id() {
      return "E01";
    }

    @Override
    public String claim() {
      return "a used code lets nobody else in, whatever is tried, and every refusal is told and"
          + " reads the same";
    }

    @Override
    public void run(Trial trial) throws Exception {
      int tries = trial.scale().of(30, 100, 1_000);
      Rig rig = Field.coordinator(trial, Field.OPEN_DOOR);
      CreateActivationResponse activation = rig.activate(1, Map.of());
      EnrollResponse first = enroll(rig, activation, HandMade.newKey());
      Set<String> answers = new TreeSet<>();
      for (int i = 0; i < tries; i++) {
        // After 20 wrong codes in ten minutes an activation is locked: this one's is right.
        try {
          EnrollResponse again = enroll(rig, activation, HandMade.newKey());
          trial.require(false, "let in by a used code: " + again.getInstanceId());
        } catch (StatusRuntimeException e) {
          answers.add(e.getStatus().toString());
          trial.count(Figure.REFUSED, 1);
        }
      }
      trial.count(Figure.FAULTS, tries);
      trial.count(Figure.ACKED, 1);
      trial.figure(Figure.STORED, Field.instances(rig).size());
      trial.require(answers.size() == 1, "the refusals differ: " + answers);
      trial.require(
          Field.instances(rig).size() == 1
              && Field.instances(rig).getFirst().getInstanceId().equals(first.getInstanceId()),
          "instances: " + Field.instances(rig).size());
      long denied =
          Field.audit(rig, "Enroll").stream().filter(e -> e.getDecision().equals("DENIED")).count();
      trial.note("denials-in-audit", denied);
      trial.require(denied >= 1, "no refusal is in the audit trail");
    }
  }

  /** More hosts at once than an activation has uses. */
  static final class Race implements Case {
    private static final int LIMIT = 5;
    private static final int AT_ONCE = 50;

    @Override
    public String id() {
      return "E02";
    }

    @Override
    public String claim() {
      return "of 50 who come at once with a code for 5, 5 get in";
    }

    @Override
    public void run(Trial trial) throws Exception {
      int rounds = trial.scale().of(2, 20, 100);
      Rig rig = Field.coordinator(trial, Field.OPEN_DOOR);
      try (ExecutorService hosts = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int round = 0; round < rounds; round++) {
          CreateActivationResponse activation = rig.activate(LIMIT, Map.of());
          List<Future<Boolean>> answers = new ArrayList<>();
          for (int i = 0; i < AT_ONCE; i++) {
            answers.add(hosts.submit(() -> getsIn(rig, activation)));
          }
          int in = 0;
          for (Future<Boolean> answer : answers) {
            in += answer.get(2, TimeUnit.MINUTES) ? 1 : 0;
          }
          trial.count(Figure.ACKED, in);
          trial.count(Figure.REFUSED, AT_ONCE - in);
          trial.require(in == LIMIT, "round " + round + ": " + in + " got in");
        }
      }
      trial.figure(Figure.FAULTS, rounds);
      trial.figure(Figure.STORED, Field.instances(rig).size());
      trial.require(
          Field.instances(rig).size() == rounds * LIMIT,
          Field.instances(rig).size() + " instances after " + rounds + " rounds");
    }

    private static boolean getsIn(Rig rig, CreateActivationResponse activation)
        throws IOException, GeneralSecurityException {
      KeyPair key = HandMade.newKey();
      while (true) {
        try {
          enroll(rig, activation, key);
          return true;
        } catch (StatusRuntimeException e) {
          if (!e.getStatus().getCode().equals(Status.Code.UNAVAILABLE)) {
            return false;
          }
        }
      }
    }
  }

  /** The answer to an enrolment is lost on the way, anywhere; the host asks again. */
  static final class LostAnswer implements Case {
    @Override
    public String id() {
      return "E03";
    }

    @Override
    public String claim() {
      return "a host whose answer was lost asks again and is the same instance, for the same one"
          + " use";
    }

    @Override
    public void run(Trial trial) throws Exception {
      int hosts = trial.scale().of(15, 200, 1_000);
      Rig rig = Field.coordinator(trial, Field.OPEN_DOOR);
      CreateActivationResponse activation = rig.activate(hosts, Map.of());
      Proxy road = trial.closing(Proxy.to(rig.agentAddress()));
      Set<String> instances = new HashSet<>();
      int lost = 0;
      for (int i = 0; i < hosts; i++) {
        KeyPair key = HandMade.newKey();
        Set<String> answers = new HashSet<>();
        boolean killed = i % 25 == 24;
        // The handshake is some 1,500 bytes from the coordinator, the answer as many again.
        road.cutAfter(killed ? Long.MAX_VALUE : trial.random().nextInt(1_200, 3_200));
        if (killed) {
          Thread.ofVirtual().start(() -> rig.coordinator().kill());
        }
        for (int tries = 0; answers.isEmpty() && tries < 20; tries++) {
          try {
            answers.add(through(road, rig, activation, key).getInstanceId());
          } catch (StatusRuntimeException e) {
            lost++;
            if (killed && !rig.coordinator().alive()) {
              rig.startCoordinator();
            }
          }
        }
        road.cutAfter(Long.MAX_VALUE);
        if (!rig.coordinator().alive()) {
          rig.startCoordinator();
        }
        answers.add(through(road, rig, activation, key).getInstanceId());
        trial.require(answers.size() == 1, "host " + i + " is " + answers);
        instances.addAll(answers);
      }
      trial.figure(Figure.ACKED, hosts);
      trial.figure(Figure.FAULTS, lost);
      trial.figure(Figure.STORED, Field.instances(rig).size());
      trial.figure(Figure.LOST, Math.max(0, hosts - Field.instances(rig).size()));
      trial.figure(Figure.DUPLICATED, Math.max(0, Field.instances(rig).size() - hosts));
      trial.require(instances.size() == hosts, instances.size() + " instances of " + hosts);
      trial.require(lost > 0, "no answer was lost");
      try {
        enroll(rig, activation, HandMade.newKey());
        trial.require(false, "one use of " + hosts + " was left");
      } catch (StatusRuntimeException e) {
        trial.count(Figure.REFUSED, 1);
      }
    }

    private static EnrollResponse through(
        Proxy road, Rig rig, CreateActivationResponse activation, KeyPair key) throws IOException {
      return HandMade.enroll(
          road.address(),
          Field.authority(rig),
          activation.getActivationId(),
          activation.getActivationCode(),
          HandMade.request(key));
    }
  }

  private static EnrollResponse enroll(Rig rig, CreateActivationResponse activation, KeyPair key)
      throws IOException {
    Path authority = Field.authority(rig);
    return HandMade.enroll(
        rig.agentAddress(),
        authority,
        activation.getActivationId(),
        activation.getActivationCode(),
        HandMade.request(key));
  }
}
