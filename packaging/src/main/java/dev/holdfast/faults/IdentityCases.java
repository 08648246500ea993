package dev.holdfast.faults;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Timestamps;
import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Identity;
import dev.holdfast.association.InstanceId;
import dev.holdfast.association.Trigger;
import dev.holdfast.system.Rig;
import dev.holdfast.wire.agent.Ack;
import dev.holdfast.wire.agent.AssignmentReference;
import dev.holdfast.wire.agent.AssignmentSet;
import dev.holdfast.wire.agent.FetchBodyRequest;
import dev.holdfast.wire.agent.FetchSecretsRequest;
import dev.holdfast.wire.agent.Lane;
import dev.holdfast.wire.agent.Report;
import dev.holdfast.wire.agent.RunReport;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.CreateAssociationRequest;
import dev.holdfast.wire.v1.DeleteAssociationRequest;
import dev.holdfast.wire.v1.GetAssociationRunRequest;
import dev.holdfast.wire.v1.RunStatus;
import dev.holdfast.wire.v1.Target;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** An instance writes and reads only what is its own, whatever it says. */
final class IdentityCases {
  private IdentityCases() {}

  static List<Case> all() {
    return List.of(new Impersonation(), new NotMyRun());
  }

  private static String associate(Rig rig, String instance, String schedule) {
    return rig.associations()
        .createAssociation(
            CreateAssociationRequest.newBuilder()
                .setAssociation(
                    Association.newBuilder()
                        .setName("nothing")
                        .setScheduleExpression(schedule)
                        .addTargets(Target.newBuilder().setKey("InstanceIds").addValues(instance)))
                .build())
        .getAssociationDescription()
        .getAssociationId();
  }

  static Report report(
      long sequence, AssignmentReference reference, String trigger, RunStatus status) {
    return Report.newBuilder()
        .setLane(Lane.LANE_RESULTS)
        .setSequence(sequence)
        .setRun(
            RunReport.newBuilder()
                .setAssociationId(reference.getAssociationId())
                .setTrigger(trigger)
                .setAttempt(1)
                .setStartNumber(1)
                .setStatus(status)
                .setDetailedStatus(status == RunStatus.RUN_STATUS_SUCCESS ? "Success" : "Failed")
                .setAssignmentSha256(reference.getSha256())
                .setAssociationVersion(1)
                .setDocumentVersion(1)
                .setStartTime(Timestamps.fromSeconds(1_700_000_000))
                .setEndTime(Timestamps.fromSeconds(1_700_000_001)))
        .build();
  }

  /** Whether the coordinator knows a run, as reported and not derived. */
  private static boolean known(Rig rig, String instance, String association, String trigger) {
    String run =
        Identity.runId(
            new InstanceId(instance),
            new AssociationId(association),
            Trigger.parse(trigger).orElseThrow());
    try {
      return !rig.associations()
          .getAssociationRun(GetAssociationRunRequest.newBuilder().setRunId(run).build())
          .getTarget()
          .getDerived();
    } catch (StatusRuntimeException e) {
      return false;
    }
  }

  /** One instance speaks for another. */
  static final class Impersonation implements Case {
    @Override
    public String id() {
      return "E07";
    }

    @Override
    public String claim() {
      return "nothing that an instance says of itself makes it another one: no row, body or secret"
          + " of that one";
    }

    @Override
    public void run(Trial trial) throws Exception {
      int rounds = trial.scale().of(1, 20, 200);
      Rig rig = Field.coordinator(trial, Field.OPEN_DOOR);
      rig.createScript("nothing", List.of("true"));
      HandMade thief = Field.handMade(trial, rig);
      HandMade victim = Field.handMade(trial, rig);
      String association = associate(rig, victim.instance(), "rate(1 hour)");
      Talk honest = trial.closing(Talk.hello(victim.channel(), "victim"));
      AssignmentSet set = honest.set().orElseThrow();
      AssignmentReference wanted = set.getAssignments(0);
      String trigger = set.getPendingTriggers(0).getTrigger();
      List<String> leaked = new ArrayList<>();
      for (int round = 0; round < rounds; round++) {
        for (String key : List.of("instance-id", "x-instance-id", "x-forwarded-client-cert")) {
          Metadata headers = new Metadata();
          headers.put(
              Metadata.Key.of(key, Metadata.ASCII_STRING_MARSHALLER),
              "spiffe://holdfast.local/agent/" + victim.instance());
          try (Talk talk = Talk.hello(thief.channel(), "thief-" + round + "-" + key, headers)) {
            talk.set()
                .filter(told -> told.getAssignmentsCount() > 0)
                .ifPresent(told -> leaked.add("a set of " + told.getAssignmentsCount()));
            Ack ack =
                talk.answered(List.of(report(1, wanted, trigger, RunStatus.RUN_STATUS_SUCCESS)))
                    .orElseThrow();
            trial.count(Figure.REFUSED, ack.getRefusedCount());
            trial.require(ack.getRefusedCount() == 1, "a report for another's run was taken");
            refused(
                trial,
                "a body of another instance",
                () ->
                    talk.calls()
                        .fetchBody(
                            FetchBodyRequest.newBuilder().setSha256(wanted.getSha256()).build())
                        .next());
            refused(
                trial,
                "a secret of another instance's association",
                () ->
                    talk.calls()
                        .fetchSecrets(
                            FetchSecretsRequest.newBuilder()
                                .setAssociationId(association)
                                .addNames("secret")
                                .build()));
            trial.count(Figure.FAULTS, 3);
          }
        }
      }
      trial.require(leaked.isEmpty(), "what is another's was told: " + leaked);
      trial.require(
          !known(rig, victim.instance(), association, trigger), "the victim has a row of a thief");
      trial.require(
          !known(rig, thief.instance(), association, trigger), "the thief has a row of its own");
      Ack ack =
          honest
              .answered(List.of(report(1, wanted, trigger, RunStatus.RUN_STATUS_SUCCESS)))
              .orElseThrow();
      trial.count(Figure.ACKED, 1);
      trial.require(ack.getRefusedCount() == 0, "the honest one was refused: " + ack);
      trial.count(Figure.STORED, known(rig, victim.instance(), association, trigger) ? 1 : 0);
      trial.figure(Figure.LOST, known(rig, victim.instance(), association, trigger) ? 0 : 1);
    }

    private static void refused(Trial trial, String what, Runnable call) {
      try {
        call.run();
        trial.require(false, what + " was given");
      } catch (StatusRuntimeException e) {
        trial.count(Figure.REFUSED, 1);
        trial.require(
            List.of(Status.Code.PERMISSION_DENIED, Status.Code.NOT_FOUND)
                .contains(e.getStatus().getCode()),
            what + ": " + e.getStatus());
      }
    }
  }

  /** An instance reports what it was never asked to do, among things that it was. */
  static final class NotMyRun implements Case {
    private static final String NOBODY_ASKED = "manual:00000000-0000-4000-8000-000000000000";

    @Override
    public String id() {
      return "E08";
    }

    @Override
    public String claim() {
      return "a report of a run that is not to be is refused alone, with a reason; the good ones"
          + " beside it are stored";
    }

    @Override
    public void run(Trial trial) throws Exception {
      int rounds = trial.scale().of(2, 50, 500);
      Rig rig = Field.coordinator(trial, Field.OPEN_DOOR);
      rig.createScript("nothing", List.of("true"));
      HandMade agent = Field.handMade(trial, rig);
      HandMade other = Field.handMade(trial, rig);
      String never = associate(rig, other.instance(), "");
      Map<String, Integer> reasons = new TreeMap<>();
      for (int round = 0; round < rounds; round++) {
        String association = associate(rig, agent.instance(), "cron(0 * * * ? *)");
        Instant created = Instant.now();
        Talk talk = Talk.hello(agent.channel(), "spool-" + round);
        AssignmentSet set = setWith(talk, association);
        AssignmentReference reference =
            set.getAssignmentsList().stream()
                .filter(each -> each.getAssociationId().equals(association))
                .findFirst()
                .orElseThrow();
        String change =
            set.getPendingTriggersList().stream()
                .filter(each -> each.getAssociationId().equals(association))
                .findFirst()
                .orElseThrow()
                .getTrigger();
        Instant hour = created.truncatedTo(java.time.temporal.ChronoUnit.HOURS);
        List<Report> batch = new ArrayList<>();
        batch.add(report(1, reference, change, RunStatus.RUN_STATUS_SUCCESS)); // good
        batch.add(
            report(
                2,
                reference.toBuilder().setAssociationId(never).build(),
                change,
                RunStatus.RUN_STATUS_SUCCESS)); // never assigned
        batch.add(
            report(
                3,
                reference.toBuilder().setSha256(ByteString.copyFrom(new byte[32])).build(),
                change,
                RunStatus.RUN_STATUS_SUCCESS)); // a revision that never was
        batch.add(
            report(
                4,
                reference,
                "tick:" + hour.plusSeconds(3_600 + 61),
                RunStatus.RUN_STATUS_SUCCESS)); // no tick of the schedule
        batch.add(
            report(
                5,
                reference,
                "tick:" + hour.minusSeconds(3_600 * 24),
                RunStatus.RUN_STATUS_SUCCESS)); // before it was assigned
        batch.add(report(6, reference, NOBODY_ASKED, RunStatus.RUN_STATUS_SUCCESS));
        batch.add(report(7, reference, change, RunStatus.RUN_STATUS_FAILED)); // another end
        batch.add(report(8, reference, change, RunStatus.RUN_STATUS_SUCCESS)); // the same again
        batch.add(
            report(
                9,
                reference,
                "tick:" + hour.plusSeconds(3_600),
                RunStatus.RUN_STATUS_SUCCESS)); // ahead of our clock: theirs is believed
        Ack ack = talk.answered(batch).orElseThrow();
        List<Long> refused = ack.getRefusedList().stream().map(r -> r.getSequence()).toList();
        ack.getRefusedList().forEach(r -> reasons.merge(words(r.getReason()), 1, Integer::sum));
        trial.count(Figure.FAULTS, 7);
        trial.count(Figure.REFUSED, refused.size());
        trial.count(Figure.ACKED, 2);
        trial.require(
            refused.containsAll(List.of(2L, 3L, 4L, 5L, 6L, 7L)),
            "of 2 to 7 only " + refused + " were refused");
        trial.require(
            refused.stream().noneMatch(List.of(1L, 8L, 9L)::contains),
            "good ones were refused: " + ack.getRefusedList());
        for (String good : List.of(change, "tick:" + hour.plusSeconds(3_600))) {
          boolean stored = known(rig, agent.instance(), association, good);
          trial.count(Figure.STORED, stored ? 1 : 0);
          trial.count(Figure.LOST, stored ? 0 : 1);
        }
        for (String bad : List.of(NOBODY_ASKED, "tick:" + hour.plusSeconds(3_661))) {
          trial.require(!known(rig, agent.instance(), association, bad), bad + " has a row");
        }
        talk.close();
        var _ =
            rig.associations()
                .deleteAssociation(
                    DeleteAssociationRequest.newBuilder().setAssociationId(association).build());
      }
      trial.note("reasons", reasons.keySet());
    }

    private static AssignmentSet setWith(Talk talk, String association)
        throws InterruptedException {
      while (true) {
        AssignmentSet set = talk.set().orElseThrow();
        if (set.getPendingTriggersList().stream()
            .anyMatch(each -> each.getAssociationId().equals(association))) {
          return set;
        }
      }
    }

    /** A reason without what differs from round to round. */
    private static String words(String reason) {
      return reason.replaceAll("\\S*[0-9:]\\S*", "…");
    }
  }
}
