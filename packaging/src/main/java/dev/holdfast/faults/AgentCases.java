package dev.holdfast.faults;

import dev.holdfast.system.KillDrive;
import dev.holdfast.system.Rig;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.AssociationExecutionTarget;
import dev.holdfast.wire.v1.CreateAssociationRequest;
import dev.holdfast.wire.v1.RunStatus;
import dev.holdfast.wire.v1.StartAssociationsOnceRequest;
import dev.holdfast.wire.v1.Target;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The agent's end comes at any moment, its disk fails: nothing starts twice, no end is lost. */
final class AgentCases {
  private AgentCases() {}

  static List<Case> all() {
    return List.of(new Kill(), new DiskFull());
  }

  static String associate(Rig rig, String instance, String document) {
    return rig.associations()
        .createAssociation(
            CreateAssociationRequest.newBuilder()
                .setAssociation(
                    Association.newBuilder()
                        .setName(document)
                        .addTargets(Target.newBuilder().setKey("InstanceIds").addValues(instance)))
                .build())
        .getAssociationDescription()
        .getAssociationId();
  }

  static String start(Rig rig, String association) {
    return rig.associations()
        .startAssociationsOnce(
            StartAssociationsOnceRequest.newBuilder().addAssociationIds(association).build())
        .getExecutionIds(0);
  }

  /** SIGKILL while runs start all the time. */
  static final class Kill implements Case {
    @Override
    public String id() {
      return "R01";
    }

    @Override
    public String claim() {
      return "killed at any moment, the agent starts nothing twice, takes up what runs, and tells"
          + " every end";
    }

    @Override
    public void run(Trial trial) throws Exception {
      int rounds = trial.scale().of(5, 60, 500);
      PrintStream nowhere =
          new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
      KillDrive.Figures figures =
          new KillDrive(trial.closing(new Rig()), trial.random(), nowhere)
              .drive(rounds, KillDrive.Victims.AGENT);
      trial.figure(Figure.FAULTS, rounds);
      trial.figure(Figure.ACKED, figures.executions());
      trial.figure(Figure.STARTED, figures.starts());
      trial.figure(Figure.STARTED_TWICE, figures.startedTwice());
      trial.figure(Figure.LOST, figures.lost());
      trial.figure(Figure.STORED, figures.executions() - figures.lost());
      trial.figure(
          Figure.INTERRUPTED, figures.byStatus().getOrDefault(RunStatus.RUN_STATUS_INTERRUPTED, 0));
      trial.require(figures.withoutEnd() == 0, figures.withoutEnd() + " without an end");
      trial.require(figures.executions() > 0, "the load started nothing");
    }
  }

  /** No space where the agent keeps its state, and then some again. */
  static final class DiskFull implements Case {
    @Override
    public String id() {
      return "R05";
    }

    @Override
    public String claim() {
      return "on a full disk the agent starts nothing, loses no end and is well again within 60 s"
          + " of space, without a restart";
    }

    @Override
    public void run(Trial trial) throws Exception {
      trial.needs(Volume.possible(trial.folder()), "nothing can be mounted here");
      int times = trial.scale().of(1, 3, 20);
      // Two hundred files more than a state has at rest; or all the space there is.
      for (boolean files : new boolean[] {false, true}) {
        Path state = Files.createTempDirectory(trial.folder(), "state");
        String size = files ? "size=256m,nr_inodes=700" : "size=136m";
        var _ = trial.closing(Volume.small(trial.folder(), state, size));
        Rig rig = trial.closing(Rig.withState(state));
        rig.startCoordinator();
        String instance = rig.enroll(Map.of());
        rig.startAgent();
        Path begun = Files.createTempDirectory(trial.folder(), "begun");
        rig.createScript("work", List.of("mktemp -p " + begun, "sleep 4", "echo done"));
        String association = associate(rig, instance, "work");
        trial.require(ended(rig, association, Duration.ofSeconds(60)), "it never worked");
        for (int i = 0; i < times; i++) {
          int before = count(begun);
          String running = start(rig, association);
          // Its script has begun: what is needed for that is on the disk.
          trial.require(
              Field.await(Duration.ofSeconds(30), () -> count(begun) > before),
              "it does not start");
          fill(state, files);
          TimeUnit.SECONDS.sleep(6);
          trial.count(Figure.FAULTS, 1);
          String during = start(rig, association);
          TimeUnit.SECONDS.sleep(3);
          trial.require(rig.agent().alive(), "the agent ended: " + rig.agent().said());
          empty(state);
          long began = System.nanoTime();
          trial.require(
              Field.await(
                  Duration.ofSeconds(60),
                  () ->
                      over(rig.targets(association, running))
                          && over(rig.targets(association, during))),
              "not well again in 60 s: "
                  + rig.targets(association, running)
                  + rig.targets(association, during));
          trial.largest(Figure.RECOVERY, (System.nanoTime() - began) / 1e9);
          trial.require(
              rig.targets(association, running).getFirst().getStatus()
                  == RunStatus.RUN_STATUS_SUCCESS,
              "what ran while the disk was full: " + rig.targets(association, running));
          trial.count(Figure.ACKED, 2);
          trial.count(Figure.STORED, 2);
        }
        trial.largest(Figure.PEAK_RSS, Memory.peak(rig.agent().pid()));
      }
    }

    private static int count(Path folder) {
      try (var all = Files.list(folder)) {
        return (int) all.count();
      } catch (IOException e) {
        throw new UncheckedIOException("cannot look into " + folder, e);
      }
    }

    private static void fill(Path state, boolean files) throws Exception {
      if (!files) {
        Shell.run(
            state,
            Duration.ofSeconds(20),
            List.of("dd", "if=/dev/zero", "of=" + state.resolve("filler-0"), "bs=4k"));
        return;
      }
      try {
        for (int i = 0; i < 100_000; i++) {
          Files.createFile(state.resolve("filler-" + i));
        }
      } catch (IOException e) {
        // No file more: that is what was wanted.
      }
    }

    private static void empty(Path state) throws Exception {
      List<Path> fillers = new ArrayList<>();
      try (var all = Files.newDirectoryStream(state, "filler-*")) {
        all.forEach(fillers::add);
      }
      for (Path filler : fillers) {
        Files.delete(filler);
      }
    }

    private static boolean ended(Rig rig, String association, Duration atMost)
        throws InterruptedException {
      return Field.await(
          atMost,
          () ->
              rig.executions(association).stream()
                  .allMatch(each -> over(rig.targets(association, each.getExecutionId()))));
    }
  }

  static boolean over(List<AssociationExecutionTarget> targets) {
    return targets.stream()
        .allMatch(
            target ->
                !target.getDerived()
                    && !List.of(RunStatus.RUN_STATUS_PENDING, RunStatus.RUN_STATUS_IN_PROGRESS)
                        .contains(target.getStatus()));
  }
}
