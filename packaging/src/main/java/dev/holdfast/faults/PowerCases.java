package dev.holdfast.faults;

import dev.holdfast.system.Launched;
import dev.holdfast.system.Rig;
import dev.holdfast.task.Failpoints;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What an agent has on its disk is not what it wrote last. */
final class PowerCases {
  private static final Duration ENDS = Duration.ofSeconds(90);

  private PowerCases() {}

  static List<Case> all() {
    return List.of(new PowerCut(), new Damage());
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
      return "after a power cut at any moment the agent comes up by itself, starts nothing twice"
          + " and loses no end that it had told";
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
      trial.require(
          !rig.agent().said().contains("the ledger was damaged"), "the ledger is damaged");
      for (String association : associations) {
        trial.require(marked.runs(association, ENDS), "it does not go on");
      }
      marked.judge(trial);
      trial.require(rig.agent().stop() == 0, "it does not stop");
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

  /** Something writes into the spool. */
  static final class Damage implements Case {
    private static final int RUNS = 8;

    @Override
    public String id() {
      return "R08";
    }

    @Override
    public String claim() {
      return "what is damaged in the spool is set aside and counted, results that are gone from it"
          + " are counted, the rest is delivered, and the agent goes on";
    }

    /** What is done to a file. */
    private enum Kind {
      FLIP,
      TRUNCATE,
      ZERO,
      DELETE,
      SWAP
    }

    @Override
    public void run(Trial trial) throws Exception {
      Rig rig = Field.coordinator(trial, Field.OPEN_DOOR);
      Marked marked = Marked.enroll(trial, rig);
      Path ends = Files.createTempDirectory(trial.folder(), "ends");
      rig.createScript(
          "talks",
          List.of(
              marked.mark(),
              "head -c 20000 /dev/urandom | base64",
              "sleep 1; mktemp " + ends + "/$HOLDFAST_RUN_ID.XXXXXX"));
      rig.startAgent();
      List<String> associations = new ArrayList<>();
      for (int i = 0; i < RUNS; i++) {
        associations.add(marked.associate("talks", to -> to));
      }
      trial.require(Field.await(ENDS, () -> marked.begun() >= RUNS), "not all begins");
      int gone = 0;
      for (int i = 0; i < trial.scale().of(2, 8, 200); i++) {
        gone += damage(trial, marked, associations, ends, Kind.values()[i % 5]);
      }
      trial.count(Figure.STARTED, marked.begun());
      trial.count(
          Figure.STARTED_TWICE, marked.byRun().values().stream().filter(each -> each > 1).count());
      trial.note("damaged-and-gone", gone);
    }

    private static int damage(
        Trial trial, Marked marked, List<String> associations, Path ends, Kind kind)
        throws Exception {
      Rig rig = marked.rig();
      trial.require(Field.await(ENDS, () -> settled(marked)), "not all has ended before");
      int before = count(ends);
      List<String> executions = new ArrayList<>();
      for (String association : associations) {
        executions.add(AgentCases.start(rig, association));
      }
      trial.require(
          Field.await(ENDS, () -> begun(rig, associations, executions)), "nothing begins");
      rig.coordinator().kill();
      trial.require(
          Field.await(ENDS, () -> count(ends) >= before + associations.size()), "not all ran");
      TimeUnit.SECONDS.sleep(2); // the last end is in the spool
      rig.agent().kill();
      String what = spoil(trial, rig.state().resolve("spool"), kind);
      trial.count(Figure.FAULTS, 1);
      rig.startCoordinator();
      long began = System.nanoTime();
      rig.startAgent();
      int damaged = said(rig, "damaged");
      int missing = said(rig, "missingResults");
      int[] open = new int[1];
      trial.require(
          Field.await(
              Duration.ofSeconds(20),
              () -> {
                open[0] = 0;
                for (int i = 0; i < associations.size(); i++) {
                  if (!AgentCases.over(rig.targets(associations.get(i), executions.get(i)))) {
                    open[0]++;
                  }
                }
                return open[0] <= missing;
              }),
          what + ": " + open[0] + " ends are gone, and " + missing + " are counted");
      trial.largest(Figure.RECOVERY, (System.nanoTime() - began) / 1e9);
      trial.require(rig.agent().alive(), what + ": it ended");
      trial.note(
          "newest",
          what.replace(' ', '-') + ":gone-" + missing + ",open-" + open[0] + ",aside-" + damaged);
      trial.require(
          kind != Kind.FLIP || missing <= 1, what + ": " + missing + " are gone with one bit");
      trial.require(
          missing <= associations.size(), what + ": " + missing + " are counted, not all ran");
      trial.require(
          missing == 0 || rig.agent().said().contains("are gone from its files"),
          what + ": its log does not say what is gone");
      // It goes on: what is started now has its end.
      String execution = AgentCases.start(rig, associations.getFirst());
      trial.require(
          Field.await(ENDS, () -> AgentCases.over(rig.targets(associations.getFirst(), execution))),
          what + ": it does not go on");
      return missing;
    }

    private static boolean settled(Marked marked) {
      return marked.rig().agent().alive() && marked.begun() > 0;
    }

    private static boolean begun(Rig rig, List<String> associations, List<String> executions) {
      for (int i = 0; i < associations.size(); i++) {
        if (rig.targets(associations.get(i), executions.get(i)).stream()
            .allMatch(target -> target.getDerived())) {
          return false;
        }
      }
      return true;
    }

    /** A number of the agent's status. */
    private static int said(Rig rig, String name) {
      String status =
          Launched.run(
              rig.folder(),
              "holdfast-agent",
              List.of("status", "--json", "--state", "" + rig.state()),
              0);
      Matcher matcher = Pattern.compile("\"" + name + "\":([0-9]+)").matcher(status);
      return matcher.find() ? Integer.parseInt(matcher.group(1)) : -1;
    }

    private static int count(Path folder) {
      try (Stream<Path> files = Files.list(folder)) {
        return (int) files.count();
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }

    /** Does it to a file of the spool; what it was, in words. */
    private static String spoil(Trial trial, Path spool, Kind kind) throws IOException {
      List<Path> files;
      try (Stream<Path> found = Files.walk(spool)) {
        files =
            found
                .filter(path -> path.toString().endsWith(".seg"))
                .filter(path -> path.toFile().length() > 100)
                .sorted()
                .toList();
      }
      Path file = files.get(trial.random().nextInt(files.size()));
      long size = Files.size(file);
      long at = trial.random().nextLong(size);
      switch (kind) {
        case FLIP -> {
          byte[] bytes = Files.readAllBytes(file);
          bytes[(int) at] ^= (byte) (1 << trial.random().nextInt(8));
          Files.write(file, bytes);
        }
        case TRUNCATE -> cut(file, at);
        case ZERO -> {
          try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate((int) (size - at)), at);
          }
        }
        case DELETE -> Files.delete(file);
        case SWAP -> {
          Path other = files.get(trial.random().nextInt(files.size()));
          Path aside = file.resolveSibling("aside");
          Files.copy(file, aside, StandardCopyOption.REPLACE_EXISTING);
          Files.copy(other, file, StandardCopyOption.REPLACE_EXISTING);
          Files.move(aside, other, StandardCopyOption.REPLACE_EXISTING);
        }
      }
      return kind + " " + spool.relativize(file) + " at " + at + " of " + size;
    }

    private static void cut(Path file, long at) throws IOException {
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.truncate(at);
      }
    }
  }
}
