package dev.holdfast.faults;

import dev.holdfast.system.Launched;
import dev.holdfast.system.Rig;
import dev.holdfast.task.Failpoints;
import dev.holdfast.wire.v1.ClearFreezeRequest;
import dev.holdfast.wire.v1.SetFreezeRequest;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What an agent wrote last is not on its disk. */
final class PowerCases {
  private static final Duration ENDS = Duration.ofSeconds(90);
  private static final Duration STILL = Duration.ofSeconds(3);

  private PowerCases() {}

  static List<Case> all() {
    return List.of(new PowerCut());
  }

  /** Ends all that runs of an agent: the wrappers first, so that they note no end. */
  static void endScripts(Path state) {
    String place = state.toString();
    List<ProcessHandle> all =
        ProcessHandle.allProcesses()
            .filter(
                one -> one.info().commandLine().filter(line -> line.contains(place)).isPresent())
            .flatMap(one -> Stream.concat(Stream.of(one), one.descendants()))
            .distinct()
            .toList();
    all.forEach(ProcessHandle::destroyForcibly);
    for (ProcessHandle one : all) {
      one.onExit().orTimeout(10, TimeUnit.SECONDS).join();
    }
  }

  /** A number of an agent's status; -1 if there is none of that name. */
  static String said(String status, String name) {
    Matcher matcher = Pattern.compile("\"" + name + "\":\"?([0-9.]+)").matcher(status);
    return matcher.find() ? matcher.group(1) : "-1";
  }

  /** What was not synced is gone, at a moment that was chosen or at any. */
  static final class PowerCut implements Case {
    private static final List<String> PLACES =
        List.of(
            Failpoints.AFTER_INTENT_FSYNC,
            Failpoints.AFTER_SPAWN,
            Failpoints.AFTER_SPOOL_FSYNC,
            Failpoints.AFTER_SEND,
            Failpoints.BEFORE_RENAME);

    @Override
    public String id() {
      return "R04";
    }

    @Override
    public String claim() {
      return "after a power cut at any moment the agent comes up by itself, holds what it had told"
          + " that it holds, starts nothing twice and loses no end that it had told";
    }

    @Override
    public void run(Trial trial) throws Exception {
      trial.needs(Volume.possible(trial.folder()), "nothing can be mounted here");
      trial.needsProgram("mkfs.ext4");
      Path state = Files.createTempDirectory(trial.folder(), "state");
      Disk disk = trial.closing(new Disk(Volume.image(trial.folder(), state, 80)));
      Rig rig = trial.closing(Rig.withState(state));
      rig.configure(Field.OPEN_DOOR);
      rig.startCoordinator();
      Marked marked = Marked.enroll(trial, rig);
      rig.createScript("short", List.of(marked.mark(), "sleep 0.2"));
      rig.agentWithin(ArmedAgent.within(trial.folder(), List.of(), Optional.of("boot-0")));
      rig.startAgent();
      List<String> associations = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        associations.add(marked.associate("short", to -> to));
      }
      int cuts = trial.scale().of(3, 15, 200);
      for (int i = 1; i <= cuts; i++) {
        load(trial, rig, associations);
        stop(rig);
        disk.volume = disk.volume.powerCut(trial.folder());
        trial.count(Figure.FAULTS, 1);
        long began = System.nanoTime();
        rig.agentWithin(
            ArmedAgent.within(trial.folder(), failpoints(trial, i), Optional.of("boot-" + i)));
        start(rig);
        trial.largest(Figure.RECOVERY, (System.nanoTime() - began) / 1e9);
      }
      rig.agentWithin(Launched.Around.NOTHING);
      stop(rig);
      start(rig);
      trial.require(rig.agent().alive(), "it does not come up: " + rig.agent().said());
      for (int i = 0; i < trial.scale().of(1, 3, 20); i++) {
        cutWhenHeld(trial, rig, disk);
      }
      trial.require(
          !rig.agent().said().contains("the ledger was damaged"), "the ledger is damaged");
      for (String association : associations) {
        trial.require(marked.runs(association, ENDS), "it does not go on");
      }
      marked.judge(trial);
      trial.require(rig.agent().stop() == 0, "it does not stop");
    }

    /** A freeze changes the set and nothing else: no later write takes it to the disk. */
    private static void cutWhenHeld(Trial trial, Rig rig, Disk disk)
        throws IOException, InterruptedException {
      trial.require(Field.await(ENDS, () -> quiet(rig)), "it does not come to rest");
      String before = generation(rig);
      var _ = rig.associations().setFreeze(SetFreezeRequest.newBuilder().setReason("-").build());
      trial.require(
          Field.await(ENDS, () -> !generation(rig).equals(before)), "it does not hear of a freeze");
      String held = generation(rig);
      rig.coordinator().kill();
      stop(rig);
      disk.volume = disk.volume.powerCut(trial.folder());
      trial.count(Figure.FAULTS, 1);
      start(rig);
      trial.require(
          generation(rig).equals(held),
          "it held " + held + " and holds " + generation(rig) + " after the cut");
      rig.startCoordinator();
      var _ = rig.associations().clearFreeze(ClearFreezeRequest.getDefaultInstance());
      stop(rig);
      start(rig); // so that it connects at once
    }

    /** It is linked, and has written nothing for a while: its reserve is there, too. */
    private static boolean quiet(Rig rig) {
      long newest;
      try (Stream<Path> all = Files.walk(rig.state())) {
        newest = all.mapToLong(one -> one.toFile().lastModified()).max().orElse(0);
      } catch (IOException | UncheckedIOException e) {
        return false; // something has just gone
      }
      return System.currentTimeMillis() - newest > STILL.toMillis()
          && Field.status(rig.folder(), rig.state()).contains("\"link\":\"linked\"");
    }

    private static String generation(Rig rig) {
      return said(Field.status(rig.folder(), rig.state()), "generation");
    }

    /** Every other time at a place, else whenever it comes. */
    private static List<String> failpoints(Trial trial, int round) {
      return round % 3 == 0
          ? List.of()
          : List.of(PLACES.get(round % PLACES.size()) + " " + (1 + trial.random().nextInt(3)));
    }

    /** Starts runs until the agent ends at its place, or its time has come. */
    private static void load(Trial trial, Rig rig, List<String> associations)
        throws InterruptedException {
      long end =
          System.nanoTime() + Duration.ofMillis(trial.random().nextLong(800, 4_000)).toNanos();
      while (System.nanoTime() < end && rig.agent().alive()) {
        try {
          for (String association : associations) {
            AgentCases.start(rig, association);
            trial.count(Figure.ACKED, 1);
          }
        } catch (StatusRuntimeException e) {
          trial.require(false, "a start by hand is refused: " + e.getStatus());
        }
        TimeUnit.MILLISECONDS.sleep(trial.random().nextLong(50, 300));
      }
    }

    private static void start(Rig rig) {
      try {
        rig.startAgent();
      } catch (AssertionError e) {
        if (rig.agent().alive()) {
          throw e;
        }
        // It ended at its place before it was ready.
      }
    }

    private static void stop(Rig rig) throws InterruptedException {
      if (rig.agent().alive()) {
        rig.agent().kill();
      }
      endScripts(rig.state());
    }

    /** The one that is mounted. */
    private static final class Disk implements AutoCloseable {
      private Volume volume;

      Disk(Volume volume) {
        this.volume = volume;
      }

      @Override
      public void close() throws IOException {
        volume.close();
      }
    }
  }
}
