package dev.holdfast.faults;

import dev.holdfast.system.Rig;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The coordinator's end comes at any moment, its disk fails: what it acknowledged is there. */
final class CoordinatorCases {
  /** Of each agent's acknowledged reports so many are looked for, the newest first. */
  private static final int SAMPLES = 40;

  private CoordinatorCases() {}

  static List<Case> all() {
    return List.of(new Kill(), new PowerCut(), new DiskFull());
  }

  /** SIGKILL under load. */
  static final class Kill implements Case {
    @Override
    public String id() {
      return "R02";
    }

    @Override
    public String claim() {
      return "killed under load and started again, the coordinator has all that it acknowledged and"
          + " is ready in 5 s";
    }

    @Override
    public void run(Trial trial) throws Exception {
      int kills = trial.scale().of(3, 40, 300);
      Rig rig = Field.coordinator(trial, Field.OPEN_DOOR);
      Load load = Load.start(trial, rig, trial.scale().of(5, 50, 50), 4, 4);
      trial.require(load.moves(Duration.ofSeconds(60)), "nothing was acknowledged to begin with");
      for (int i = 0; i < kills; i++) {
        TimeUnit.MILLISECONDS.sleep(trial.random().nextLong(200, 1_500));
        trial.largest(Figure.PEAK_RSS, Memory.peak(rig.coordinator().pid()));
        rig.coordinator().kill();
        long began = System.nanoTime();
        rig.startCoordinator();
        double ready = (System.nanoTime() - began) / 1e9;
        trial.largest(Figure.RECOVERY, ready);
        trial.requireInTime(ready <= 5, "ready after " + ready + " s");
      }
      trial.figure(Figure.FAULTS, kills);
      trial.require(load.moves(Duration.ofSeconds(60)), "not all came back");
      load.judge(trial, SAMPLES);
    }
  }

  /** What was not synced is gone. */
  static final class PowerCut implements Case {
    @Override
    public String id() {
      return "R03";
    }

    @Override
    public String claim() {
      return "after a power cut the coordinator opens what is left and has all that it"
          + " acknowledged";
    }

    @Override
    public void run(Trial trial) throws Exception {
      trial.needs(Volume.possible(trial.folder()), "nothing can be mounted here");
      trial.needsProgram("mkfs.ext4");
      Path data = Files.createTempDirectory(trial.folder(), "data");
      Volume disk = trial.closing(Volume.image(trial.folder(), data, 96));
      Rig rig = trial.closing(new Rig(data));
      rig.configure(Field.OPEN_DOOR);
      rig.startCoordinator();
      Load load = Load.start(trial, rig, trial.scale().of(3, 8, 8), 4, 20);
      trial.require(load.moves(Duration.ofSeconds(60)), "nothing was acknowledged to begin with");
      int cuts = trial.scale().of(2, 20, 100);
      for (int i = 0; i < cuts; i++) {
        TimeUnit.MILLISECONDS.sleep(trial.random().nextLong(100, 900));
        List<Long> each = load.each();
        long acknowledged = each.stream().mapToLong(Long::longValue).sum();
        Path left = Files.createTempDirectory(trial.folder(), "left");
        try (Volume _ = disk.afterPowerCut(trial.folder(), left);
            Rig other = new Rig(left)) {
          other.startCoordinator();
          long there = Rows.count(left.resolve("holdfast.db"), "run");
          trial.count(Figure.LOST, Math.max(0, acknowledged - there));
          trial.count(Figure.LOST, load.lost(other, each, SAMPLES));
          trial.note("newest-cut", acknowledged + " acknowledged, " + there + " there");
          trial.require(other.coordinator().stop() == 0, "it does not stop");
        }
        trial.count(Figure.FAULTS, 1);
      }
      load.judge(trial, SAMPLES);
    }
  }

  /** No space, and then some again. */
  static final class DiskFull implements Case {
    @Override
    public String id() {
      return "R06";
    }

    @Override
    public String claim() {
      return "with a full disk nothing is acknowledged and reading works; with space again all goes"
          + " on by itself";
    }

    @Override
    public void run(Trial trial) throws Exception {
      trial.needs(Volume.possible(trial.folder()), "nothing can be mounted here");
      Path data = Files.createTempDirectory(trial.folder(), "data");
      var _ = trial.closing(Volume.small(trial.folder(), data, "size=64m"));
      Rig rig = trial.closing(new Rig(data));
      rig.configure(Field.OPEN_DOOR);
      rig.startCoordinator();
      Load load = Load.start(trial, rig, trial.scale().of(3, 20, 50), 10, 50);
      trial.require(load.moves(Duration.ofSeconds(60)), "nothing was acknowledged to begin with");
      int times = trial.scale().of(1, 5, 20);
      Path filler = rig.data().resolve("filler");
      for (int i = 0; i < times; i++) {
        Shell.run(
            rig.data(),
            Duration.ofSeconds(20),
            List.of("dd", "if=/dev/zero", "of=" + filler, "bs=64k"));
        TimeUnit.SECONDS.sleep(2); // what was on its way when it became full
        long before = load.acknowledged();
        TimeUnit.SECONDS.sleep(trial.scale().of(3, 10, 30));
        trial.require(
            load.acknowledged() == before,
            "acknowledged while full: " + (load.acknowledged() - before));
        trial.require(!Field.instances(rig).isEmpty(), "reading does not work while full");
        trial.require(rig.coordinator().alive(), "it ended");
        trial.require(ready(rig) == 503, "it says that it is ready while the disk is full");
        Files.delete(filler);
        long began = System.nanoTime();
        trial.require(load.moves(Duration.ofSeconds(60)), "not all go on in 60 s");
        trial.largest(Figure.RECOVERY, (System.nanoTime() - began) / 1e9);
        trial.require(ready(rig) == 200, "there is room, and it is not ready");
        trial.count(Figure.FAULTS, 1);
      }
      trial.largest(Figure.PEAK_RSS, Memory.peak(rig.coordinator().pid()));
      load.judge(trial, SAMPLES);
    }

    private static int ready(Rig rig) throws Exception {
      try (HttpClient client = HttpClient.newHttpClient()) {
        return client
            .send(
                HttpRequest.newBuilder(URI.create("http://" + rig.metricsAddress() + "/readyz"))
                    .build(),
                HttpResponse.BodyHandlers.discarding())
            .statusCode();
      }
    }
  }
}
