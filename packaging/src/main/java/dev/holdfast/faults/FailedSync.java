package dev.holdfast.faults;

import dev.holdfast.system.Launched;
import dev.holdfast.system.Marks;
import dev.holdfast.system.Rig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A sync fails, on either side: from then on nobody knows what the disk has. */
final class FailedSync implements Case {
  private static final int SYNC_FAILED = 74;

  @Override
  public String id() {
    return "R07";
  }

  @Override
  public String claim() {
    return "when a sync fails either program does nothing more that would rest on it and ends with"
        + " 74; started again nothing is lost or twice";
  }

  @Override
  public void run(Trial trial) throws Exception {
    trial.needsProgram("strace");
    trial.needs(
        Shell.works(trial.folder(), List.of("strace", "-D", "-f", "true")),
        "strace can't trace here");
    coordinator(trial);
    agent(trial);
  }

  /**
   * @param times of a thread that fail: {@code 3} is its third alone, {@code 3+} all from that on
   */
  private static Launched.Around failing(String times) {
    return new Launched.Around(
        List.of(
            "strace",
            "-D",
            "-f",
            "-qq",
            "-o",
            "/dev/null",
            "-e",
            "trace=fsync,fdatasync",
            "-e",
            "inject=fsync,fdatasync:error=EIO:when=" + times),
        Map.of());
  }

  private static void coordinator(Trial trial) throws Exception {
    Rig rig = Field.coordinator(trial, Field.OPEN_DOOR);
    Load load = Load.start(trial, rig, 3, 4, 20);
    trial.require(load.moves(Duration.ofSeconds(60)), "nothing was acknowledged to begin with");
    trial.require(rig.coordinator().stop() == 0, "it does not stop");
    int times = trial.scale().of(2, 8, 50);
    for (int i = 0; i < times; i++) {
      int nth = 1 + trial.random().nextInt(50);
      rig.coordinatorWithin(failing(nth + "+")); // one alone may be a checkpoint of SQLite's own
      int code;
      try {
        rig.startCoordinator();
        code = rig.coordinator().awaitEnd(Duration.ofMinutes(1));
      } catch (AssertionError e) {
        // It failed so early that it was never ready.
        code = rig.coordinator().awaitEnd(Duration.ofMinutes(1));
      }
      trial.require(code == SYNC_FAILED, "sync " + nth + " failed, it ended with " + code);
      trial.count(Figure.FAULTS, 1);
      rig.coordinatorWithin(Launched.Around.NOTHING);
      long began = System.nanoTime();
      rig.startCoordinator();
      trial.require(load.moves(Duration.ofSeconds(60)), "not all came back");
      trial.largest(Figure.RECOVERY, (System.nanoTime() - began) / 1e9);
      trial.require(rig.coordinator().stop() == 0, "it does not stop");
    }
    rig.startCoordinator();
    load.judge(trial, 40);
  }

  private static void agent(Trial trial) throws Exception {
    Rig rig = Field.coordinator(trial, Field.OPEN_DOOR);
    String instance = rig.enroll(Map.of());
    Path marks = Files.createDirectory(trial.folder().resolve("marks"));
    rig.createScript("mark", List.of("mktemp \"" + marks + "/$HOLDFAST_RUN_ID.XXXXXXXX\""));
    rig.startAgent();
    String association = AgentCases.associate(rig, instance, "mark");
    trial.require(rig.agent().stop() == 0, "it does not stop");
    List<String> executions = new ArrayList<>();
    int times = trial.scale().of(2, 10, 50);
    for (int i = 0; i < times; i++) {
      executions.add(AgentCases.start(rig, association));
      int nth = 1 + trial.random().nextInt(40);
      rig.agentWithin(failing(Integer.toString(nth))); // those after it say nothing
      try {
        rig.startAgent();
      } catch (AssertionError e) {
        // It failed so early that it was never ready.
      }
      for (int more = 0; more < 40 && rig.agent().alive(); more++) {
        executions.add(AgentCases.start(rig, association));
        TimeUnit.MILLISECONDS.sleep(250);
      }
      int code = rig.agent().awaitEnd(Duration.ofMinutes(1));
      trial.require(code == SYNC_FAILED, "sync " + nth + " failed, it ended with " + code);
      trial.count(Figure.FAULTS, 1);
      rig.agentWithin(Launched.Around.NOTHING);
      long began = System.nanoTime();
      rig.startAgent();
      trial.require(
          Field.await(
              Duration.ofSeconds(60),
              () ->
                  executions.stream()
                      .allMatch(each -> AgentCases.over(rig.targets(association, each)))),
          "not all has ended in 60 s");
      trial.largest(Figure.RECOVERY, (System.nanoTime() - began) / 1e9);
      trial.require(rig.agent().stop() == 0, "it does not stop");
    }
    Map<String, Integer> begun = Marks.begun(marks);
    trial.figure(Figure.STARTED, begun.values().stream().mapToInt(Integer::intValue).sum());
    trial.figure(Figure.STARTED_TWICE, begun.values().stream().filter(count -> count > 1).count());
    trial.count(Figure.ACKED, executions.size());
    trial.count(Figure.STORED, executions.size()); // all have ended, as was waited for
  }
}
