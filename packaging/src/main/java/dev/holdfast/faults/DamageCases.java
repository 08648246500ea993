package dev.holdfast.faults;

import dev.holdfast.system.Rig;
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
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** What an agent has on its disk is not what it wrote there. */
final class DamageCases {
  private static final Duration ENDS = Duration.ofSeconds(90);

  private DamageCases() {}

  static List<Case> all() {
    return List.of(new Damage());
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
      String status = Field.status(rig.folder(), rig.state());
      int damaged = Integer.parseInt(PowerCases.said(status, "damaged"));
      int missing = Integer.parseInt(PowerCases.said(status, "missingResults"));
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
