package dev.holdfast.faults;

import com.google.protobuf.ByteString;
import com.google.protobuf.FieldMask;
import dev.holdfast.system.Rig;
import dev.holdfast.wire.agent.EnrolmentServiceGrpc;
import dev.holdfast.wire.agent.LinkServiceGrpc;
import dev.holdfast.wire.agent.RecoverRequest;
import dev.holdfast.wire.agent.RenewRequest;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.BanInstanceRequest;
import dev.holdfast.wire.v1.DeregisterManagedInstanceRequest;
import dev.holdfast.wire.v1.ExplainAssociationRequest;
import dev.holdfast.wire.v1.InstanceServiceGrpc;
import dev.holdfast.wire.v1.UpdateAssociationRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Instances that are thrown out, and one that stands still. */
final class LifeCases {
  private LifeCases() {}

  static List<Case> all() {
    return List.of(new Ban(), new StandsStill());
  }

  private static InstanceServiceGrpc.InstanceServiceBlockingStub instances(Rig rig) {
    return InstanceServiceGrpc.newBlockingStub(rig.channel()).withCallCredentials(rig.token());
  }

  /** The version of an association that an agent holds. */
  static int held(Rig rig, String association, String instance) {
    return rig.associations()
        .explainAssociation(
            ExplainAssociationRequest.newBuilder()
                .setAssociationId(association)
                .setInstanceId(instance)
                .build())
        .getVersionHeld();
  }

  /** A live instance is banned, another deregistered. */
  static final class Ban implements Case {
    private static final Duration CLOSED = Duration.ofSeconds(5);

    @Override
    public String id() {
      return "E13";
    }

    @Override
    public String claim() {
      return "a banned instance's link closes within 5 s and nothing lets it in again; ids are"
          + " never used again";
    }

    @Override
    public void run(Trial trial) throws Exception {
      int rounds = trial.scale().of(3, 25, 200);
      Rig rig = Field.coordinator(trial, Field.OPEN_DOOR);
      Set<String> ids = new HashSet<>();
      for (int round = 0; round < rounds; round++) {
        HandMade agent = Field.handMade(trial, rig);
        trial.require(ids.add(agent.instance()), "the id came again: " + agent.instance());
        Talk talk = trial.closing(Talk.hello(agent.channel(), "spool"));
        trial.require(talk.set().isPresent(), "it was not linked");
        long began = System.nanoTime();
        if (round % 2 == 0) {
          var _ =
              instances(rig)
                  .banInstance(
                      BanInstanceRequest.newBuilder()
                          .setInstanceId(agent.instance())
                          .setReason("the case")
                          .build());
        } else {
          var _ =
              instances(rig)
                  .deregisterManagedInstance(
                      DeregisterManagedInstanceRequest.newBuilder()
                          .setInstanceId(agent.instance())
                          .build());
        }
        Optional<Status> end = talk.end(Duration.ofSeconds(20));
        double seconds = (System.nanoTime() - began) / 1e9;
        trial.largest(Figure.RECOVERY, seconds);
        trial.require(end.isPresent(), "its link goes on");
        trial.requireInTime(seconds <= CLOSED.toSeconds(), "its link ended after " + seconds);
        trial.count(Figure.FAULTS, 1);
        refused(trial, "the same connection", agent.channel());
        // The same TLS context: what can be resumed of a session is.
        var another = agent.another(rig.agentAddress(), Field.authority(rig));
        try {
          refused(trial, "another connection", another);
        } finally {
          another.shutdownNow();
        }
        renew(trial, agent);
        enrolAgain(trial, rig, agent);
      }
    }

    private static void refused(Trial trial, String what, io.grpc.Channel channel)
        throws InterruptedException {
      try (Talk talk = Talk.hello(channel, "again")) {
        Optional<Status> end = talk.end(Duration.ofSeconds(20));
        trial.require(
            end.filter(
                    status ->
                        status.getCode() == Status.Code.UNAUTHENTICATED
                            || status.getCode() == Status.Code.PERMISSION_DENIED)
                .isPresent(),
            what + " was answered with " + end);
        trial.count(Figure.REFUSED, 1);
      }
    }

    private static void enrolAgain(Trial trial, Rig rig, HandMade agent)
        throws IOException, GeneralSecurityException {
      var activation = rig.activate(1, Map.of());
      try {
        String id = agent.enrollAgain(rig.agentAddress(), Field.authority(rig), activation);
        trial.require(false, "its key enrolled again, as " + id);
      } catch (StatusRuntimeException e) {
        denied(trial, "enrolling again", e.getStatus());
      }
    }

    private static void denied(Trial trial, String what, Status status) {
      trial.require(
          status.getCode() == Status.Code.UNAUTHENTICATED
              || status.getCode() == Status.Code.PERMISSION_DENIED,
          what + " was answered with " + status);
      trial.count(Figure.REFUSED, 1);
    }

    /** A new certificate, by the one that it has and by its key. */
    private static void renew(Trial trial, HandMade agent) throws Exception {
      ByteString request = ByteString.copyFrom(HandMade.request(HandMade.newKey()));
      try {
        var _ =
            LinkServiceGrpc.newBlockingStub(agent.channel())
                .withDeadlineAfter(20, TimeUnit.SECONDS)
                .renew(RenewRequest.newBuilder().setCertificateRequest(request).build());
        trial.require(false, "it got another certificate");
      } catch (StatusRuntimeException e) {
        denied(trial, "renewing", e.getStatus());
      }
      try {
        RecoverRequest.Builder proof =
            RecoverRequest.newBuilder()
                .setInstanceId(agent.instance())
                .setCertificateRequest(request);
        var door =
            EnrolmentServiceGrpc.newBlockingStub(agent.channel())
                .withDeadlineAfter(20, TimeUnit.SECONDS);
        proof.setChallenge(door.recover(proof.build()).getChallenge());
        var _ = door.recover(proof.setSignature(agent.proof(proof.build())).build());
        trial.require(false, "it came back by its key");
      } catch (StatusRuntimeException e) {
        denied(trial, "recovering", e.getStatus());
      }
    }
  }

  /** An agent that is stopped, while what is wanted of it changes again and again. */
  static final class StandsStill implements Case {
    /** What a coordinator may keep more after many edits, most of which is caches of its own. */
    private static final double MOST_MB = 8;

    /** Edits of one association: it has a thousand versions at the most. */
    private static final int EACH = 900;

    @Override
    public String id() {
      return "T08";
    }

    @Override
    public String claim() {
      return "an agent that stands still costs the coordinator next to nothing, and holds the"
          + " newest set when it goes on";
    }

    @Override
    public void run(Trial trial) throws Exception {
      int edits = trial.scale().of(60, 2_000, 10_000);
      Rig rig = Field.coordinator(trial, Field.OPEN_DOOR);
      rig.createScript("nothing", List.of("true"));
      String instance = rig.enroll(Map.of());
      rig.startAgent();
      List<String> associations = new ArrayList<>();
      for (int i = 0; i <= edits / EACH; i++) {
        associations.add(AgentCases.associate(rig, instance, "nothing"));
      }
      for (String association : associations) {
        trial.require(
            Field.await(Duration.ofSeconds(30), () -> held(rig, association, instance) == 1),
            "it never held the first version");
      }
      for (int i = 0; i < 20; i++) {
        edit(rig, associations.getFirst(), "warm-" + i);
      }
      double before = Memory.live(trial.folder(), rig.coordinator().pid());
      signal(trial, rig, "STOP");
      for (int i = 0; i < edits; i++) {
        edit(rig, associations.get(i / EACH), "edit-" + i);
      }
      trial.figure(Figure.FAULTS, edits);
      double grown = Memory.live(trial.folder(), rig.coordinator().pid()) - before;
      trial.note("grown-mb", "%.1f".formatted(grown));
      trial.require(grown < MOST_MB, "what it keeps in memory grew by " + grown + " MB");
      trial.largest(Figure.PEAK_RSS, Memory.peak(rig.coordinator().pid()));
      signal(trial, rig, "CONT");
      long began = System.nanoTime();
      String last = associations.get((edits - 1) / EACH);
      int wanted = (edits - 1) % EACH + 2 + (last.equals(associations.getFirst()) ? 20 : 0);
      trial.require(
          Field.await(Duration.ofMinutes(6), () -> held(rig, last, instance) == wanted),
          "it holds version " + held(rig, last, instance) + ", wanted is " + wanted);
      trial.figure(Figure.RECOVERY, (System.nanoTime() - began) / 1e9);
    }

    private static void edit(Rig rig, String association, String name) {
      var _ =
          rig.associations()
              .updateAssociation(
                  UpdateAssociationRequest.newBuilder()
                      .setAssociationId(association)
                      .setUpdateMask(FieldMask.newBuilder().addPaths("association_name"))
                      .setAssociation(Association.newBuilder().setAssociationName(name))
                      .build());
    }

    private static void signal(Trial trial, Rig rig, String signal) throws Exception {
      Shell.require(
          trial.folder(), List.of("kill", "-" + signal, Long.toString(rig.agent().pid())));
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }
}
