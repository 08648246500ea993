package dev.holdfast.faults;

import dev.holdfast.system.Rig;
import dev.holdfast.wire.v1.AssociationExecutionTarget;
import dev.holdfast.wire.v1.RunStatus;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One assignment that the agent can't bear. */
final class PoisonCases {
  private static final Duration ENDS = Duration.ofSeconds(60);
  private static final String WORD = "poison";

  private PoisonCases() {}

  static List<Case> all() {
    return List.of(new Poison());
  }

  /** To read it throws what nobody catches, or ends the program. */
  static final class Poison implements Case {
    @Override
    public String id() {
      return "R21";
    }

    @Override
    public String claim() {
      return "an assignment that brings the agent down is parked after three times, one that throws"
          + " at once; the others run";
    }

    @Override
    public void run(Trial trial) throws Exception {
      for (int i = 0; i < trial.scale().of(1, 2, 20); i++) {
        parked(trial, "throws", 0);
        parked(trial, "ends", 3);
      }
    }

    private static void parked(Trial trial, String how, int crashes) throws Exception {
      Rig rig = Field.coordinator(trial, Field.OPEN_DOOR);
      Marked marked = Marked.enroll(trial, rig);
      rig.agentWithin(
          ArmedAgent.within(
              trial.folder(),
              List.of("reading-document " + how + " " + WORD),
              Optional.of("boot")));
      rig.startAgent("allow_reboot: false\n");
      marked.document("bad", Map.of(WORD, List.of(marked.mark())));
      rig.createScript("good", List.of(marked.mark()));
      String good = marked.associate("good", to -> to);
      trial.require(Field.await(ENDS, () -> marked.begun() == 1), "the good one does not run");
      String bad = marked.associate("bad", to -> to);
      for (int crash = 1; crash <= crashes; crash++) {
        int code = rig.agent().awaitEnd(ENDS);
        trial.require(code == ArmedFailpoints.KILLED, "it ended with " + code);
        trial.count(Figure.FAULTS, 1);
        start(rig, crash < crashes);
      }
      long began = System.nanoTime();
      trial.require(
          Field.await(ENDS, () -> target(rig, bad).filter(PoisonCases::parked).isPresent()),
          how + ": not parked: " + target(rig, bad));
      trial.largest(Figure.RECOVERY, (System.nanoTime() - began) / 1e9);
      int before = marked.begun();
      trial.require(marked.runs(good, ENDS), "the others do not run");
      trial.require(marked.begun() == before + 1, "the others do not run: " + marked.begun());
      trial.require(rig.agent().alive(), "it went down once more");
      trial.require(rig.agent().stop() == 0, "it does not stop");
      trial.count(Figure.STARTED, marked.begun());
    }

    /** It may go down before it is ready. */
    private static void start(Rig rig, boolean goesDown) {
      try {
        rig.startAgent("allow_reboot: false\n");
      } catch (AssertionError e) {
        if (!goesDown) {
          throw e;
        }
      }
    }

    private static Optional<AssociationExecutionTarget> target(Rig rig, String association) {
      return rig.executions(association).stream()
          .findFirst()
          .flatMap(
              execution ->
                  rig.targets(association, execution.getExecutionId()).stream().findFirst());
    }
  }

  private static boolean parked(AssociationExecutionTarget target) {
    return target.getStatus() == RunStatus.RUN_STATUS_FAILED
        && target.getDetailedStatus().equals("Parked")
        && !target.getReason().isEmpty();
  }
}
