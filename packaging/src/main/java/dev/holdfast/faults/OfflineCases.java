package dev.holdfast.faults;

import dev.holdfast.system.Rig;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The coordinator is away for long. */
final class OfflineCases {
  private static final Duration PATIENCE = Duration.ofSeconds(150);

  private OfflineCases() {}

  static List<Case> all() {
    return List.of(new Month());
  }

  /** Minutes stand for days: as many runs, one after the other. */
  static final class Month implements Case {
    @Override
    public String id() {
      return "R12";
    }

    @Override
    public String claim() {
      return "an agent that is cut off goes by its schedule, and every end is there when the"
          + " coordinator is again, once";
    }

    @Override
    public void run(Trial trial) throws Exception {
      Rig rig = Field.coordinator(trial, Field.OPEN_DOOR);
      Marked marked = Marked.enroll(trial, rig);
      rig.createScript("minutely", List.of(marked.mark()));
      rig.startAgent();
      int associations = trial.scale().of(5, 25, 50);
      for (int i = 0; i < associations; i++) {
        marked.associate("minutely", to -> to.setScheduleExpression("cron(* * * * ? *)"));
      }
      trial.require(Field.await(PATIENCE, () -> marked.begun() >= associations), "not all begins");
      rig.coordinator().kill();
      int before = marked.begun();
      int minutes = trial.scale().of(1, 2, 60);
      for (int i = 0; i < minutes; i++) {
        int wanted = before + (i + 1) * associations;
        trial.require(
            Field.await(PATIENCE, () -> marked.begun() >= wanted), "it does not go on by itself");
        if (trial.random().nextInt(3) == 0) {
          rig.agent().kill();
          rig.startAgent();
          trial.count(Figure.FAULTS, 1);
        }
      }
      TimeUnit.SECONDS.sleep(2);
      trial.note("runs-offline", marked.begun() - before);
      long began = System.nanoTime();
      rig.startCoordinator();
      marked.judge(trial);
      trial.figure(Figure.RECOVERY, (System.nanoTime() - began) / 1e9);
      trial.largest(Figure.PEAK_RSS, Memory.peak(rig.agent().pid()));
    }
  }
}
