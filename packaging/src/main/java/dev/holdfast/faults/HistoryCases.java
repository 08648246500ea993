package dev.holdfast.faults;

import dev.holdfast.system.Rig;
import dev.holdfast.system.Scratch;
import dev.holdfast.wire.v1.AssociationExecution;
import dev.holdfast.wire.v1.DescribeInstanceRequest;
import dev.holdfast.wire.v1.InstanceServiceGrpc;
import dev.holdfast.wire.v1.PingStatus;
import dev.holdfast.wire.v1.RunStatus;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The coordinator's store comes back from a backup; its authority gets another key. */
final class HistoryCases {
  /** An agent that lost its coordinator waits for five minutes at the most. */
  private static final Duration PATIENCE = Duration.ofSeconds(400);

  private HistoryCases() {}

  static List<Case> all() {
    return List.of(new Restored(), new AuthorityChange());
  }

  /** A command of the coordinator's on its own machine; what it said, whatever came of it. */
  static Shell.Ran local(Rig rig, String... words) throws IOException, InterruptedException {
    List<String> call = new ArrayList<>();
    call.add(
        Path.of(System.getProperty("holdfast.root"), "packaging/bin/holdfast-coordinator")
            .toString());
    call.addAll(List.of(words));
    call.addAll(List.of("--data", rig.data().toString()));
    return Shell.run(rig.folder(), PATIENCE, call);
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        if (Files.isRegularFile(file)) {
          Files.copy(file, to.resolve(file.getFileName()));
        }
      }
    }
    Files.setPosixFilePermissions(to, PosixFilePermissions.fromString("rwx------"));
  }

  private static List<AssociationExecution> succeeded(Rig rig, String association) {
    try {
      return rig.executions(association).stream()
          .filter(one -> one.getStatus() == RunStatus.RUN_STATUS_SUCCESS)
          .toList();
    } catch (StatusRuntimeException e) {
      return List.of(); // it is starting
    }
  }

  private static boolean online(Rig rig, String instance) {
    try {
      return InstanceServiceGrpc.newBlockingStub(rig.channel())
              .withCallCredentials(rig.token())
              .describeInstance(
                  DescribeInstanceRequest.newBuilder().setInstanceId(instance).build())
              .getInstance()
              .getPingStatus()
          == PingStatus.PING_STATUS_ONLINE;
    } catch (StatusRuntimeException e) {
      return false;
    }
  }

  /** A backup is older than what agents have told since. */
  static final class Restored implements Case {
    @Override
    public String id() {
      return "R09";
    }

    @Override
    public String claim() {
      return "a damaged store is not started on; an older backup is filled up again by the agents,"
          + " nothing runs twice; an old copy put back by hand is refused by them, and they say so";
    }

    @Override
    public void run(Trial trial) throws Exception {
      int before = trial.scale().of(2, 10, 40);
      int after = trial.scale().of(3, 20, 200);
      Rig rig = Field.coordinator(trial, Field.OPEN_DOOR);
      Crew agent = Crew.enrolled(trial, rig);
      agent.start();
      Path marks = Files.createFile(trial.folder().resolve("marks"));
      rig.createScript("mark", List.of("echo x >> " + marks));
      String known = AgentCases.associate(rig, agent.instance(), "mark");
      require(trial, "the first run", () -> succeeded(rig, known).size() == 1);
      runs(trial, rig, known, before, 1);

      Path backup = trial.folder().resolve("backup");
      Shell.Ran made = local(rig, "backup", backup.toString());
      trial.require(made.exitCode() == 0, "backup: " + made.said());
      rig.coordinator().stop();
      Path byHand = trial.folder().resolve("by-hand");
      copy(rig.data(), byHand);
      rig.startCoordinator();
      again(agent);

      runs(trial, rig, known, after, 1 + before);
      rig.createScript("late", List.of("echo x >> " + marks));
      String late = AgentCases.associate(rig, agent.instance(), "late");
      require(trial, "a run of the late one", () -> succeeded(rig, late).size() == 1);
      int all = 1 + before + after;
      rig.coordinator().kill();

      damages(trial, rig);
      putBack(trial, rig, byHand, agent);
      long refusedBefore = agent.lines("the coordinator refused a report");
      String token = Files.readString(byHand.resolve("admin.token"));
      Shell.Ran refused = local(rig, "restore", backup.toString());
      trial.require(refused.exitCode() == 1, "data is replaced without being asked for");
      long began = System.nanoTime();
      Shell.Ran restored = local(rig, "restore", backup.toString(), "--replace");
      trial.require(restored.exitCode() == 0, "restore: " + restored.said());
      trial.require(
          restored.said().contains("bans, deletes"), "what is undone: " + restored.said());
      Files.writeString(rig.data().resolve("admin.token"), token);
      Files.setPosixFilePermissions(
          rig.data().resolve("admin.token"), PosixFilePermissions.fromString("rw-------"));
      rig.startCoordinator();
      again(agent);
      require(trial, "all runs again", () -> succeeded(rig, known).size() >= all);
      trial.largest(Figure.RECOVERY, (System.nanoTime() - began) / 1e9);
      TimeUnit.SECONDS.sleep(3); // for what must not come
      List<AssociationExecution> there = succeeded(rig, known);
      trial.figure(Figure.ACKED, all);
      trial.figure(Figure.STORED, there.size());
      trial.figure(Figure.LOST, Math.max(0, all - there.size()));
      trial.figure(Figure.DUPLICATED, Math.max(0, there.size() - all));
      trial.require(
          there.stream().filter(AssociationExecution::getRecovered).count() == after,
          "recovered are not those since the backup, but "
              + there.stream().filter(AssociationExecution::getRecovered).count());
      trial.require(
          agent.lines("the coordinator refused a report") > refusedBefore
              && Files.size(agent.state().resolve("spool/dead/newer")) > 0,
          "what is of an unknown association is no dead letter");
      int started = Files.readAllLines(marks).size();
      trial.figure(Figure.STARTED, started);
      trial.figure(Figure.STARTED_TWICE, started - (all + 1));
      runs(trial, rig, known, 1, all);
      Shell.Ran checked = local(rig, "check");
      trial.require(checked.exitCode() == 0, "check: " + checked.said());
    }

    /** Another life of the agent, which does not wait for the coordinator as the one before. */
    private static void again(Crew agent) {
      agent.stop();
      agent.start();
    }

    /** Starts it so often, one after the other. */
    private static void runs(Trial trial, Rig rig, String association, int times, int already)
        throws InterruptedException {
      for (int i = 1; i <= times; i++) {
        var _ = AgentCases.start(rig, association);
        int wanted = already + i;
        require(trial, "run " + wanted, () -> succeeded(rig, association).size() >= wanted);
      }
    }

    /** Of the data as the kill left it, a copy for each damage. */
    private static void damages(Trial trial, Rig rig) throws Exception {
      for (String what : List.of("header", "page", "newest", "newest-gone")) {
        try (Scratch scratch = Scratch.make("holdfast-damaged")) {
          Path data = scratch.folder().resolve("data");
          copy(rig.data(), data);
          Path store = data.resolve("holdfast.db");
          Path newest = data.resolve("holdfast.db-wal");
          switch (what) {
            case "header" -> {
              settled(data);
              flip(store, 2, 40);
            }
            case "page" -> {
              settled(data);
              flip(store, Files.size(store) / 8192 * 4096, 4096);
            }
            case "newest" -> flip(newest, Files.size(newest) / 3, 8);
            default -> Files.delete(newest);
          }
          Shell.Ran started =
              Shell.run(
                  scratch.folder(),
                  Duration.ofSeconds(90),
                  List.of(
                      Path.of(
                              System.getProperty("holdfast.root"),
                              "packaging/bin/holdfast-coordinator")
                          .toString(),
                      "serve",
                      "--data",
                      data.toString(),
                      "--agent-listen",
                      "127.0.0.1:0",
                      "--admin-listen",
                      "127.0.0.1:0",
                      "--metrics-listen",
                      "127.0.0.1:0"));
          trial.count(Figure.FAULTS, 1);
          trial.require(
              started.exitCode() == 1 && started.said().contains("restore"),
              what + ": ended with " + started.exitCode() + ": " + started.said());
        }
      }
    }

    /** Without the newest commits, which would be in the place of what is damaged. */
    private static void settled(Path data) throws IOException {
      Files.delete(data.resolve("holdfast.db-wal"));
      Files.delete(data.resolve("holdfast.in-use"));
    }

    private static void flip(Path path, long at, int count) throws IOException {
      try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
        byte[] bytes = new byte[count];
        file.seek(at);
        file.readFully(bytes);
        for (int i = 0; i < bytes.length; i++) {
          bytes[i] ^= 0x5a;
        }
        file.seek(at);
        file.write(bytes);
      }
    }

    /** A copy of the files from the time of the backup, without a new history. */
    private static void putBack(Trial trial, Rig rig, Path copy, Crew agent) throws Exception {
      try (Stream<Path> files = Files.list(rig.data())) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          Files.delete(file);
        }
      }
      try (Stream<Path> files = Files.list(copy)) {
        for (Path file : files.toList()) {
          Files.copy(file, rig.data().resolve(file.getFileName()));
        }
      }
      rig.startCoordinator();
      again(agent);
      require(trial, "a link to the old copy", () -> online(rig, agent.instance()));
      require(
          trial,
          "a refusal of the lower generation",
          () -> agent.status().contains("GENERATION_REFUSED"));
      trial.require(agent.lines("a lower generation") + agent.lines("refused") > 0, "no log line");
      trial.count(Figure.FAULTS, 1);
      rig.coordinator().stop();
    }
  }

  private static void require(Trial trial, String what, java.util.function.BooleanSupplier holds)
      throws InterruptedException {
    if (!Field.await(PATIENCE, holds)) {
      trial.require(false, what + " did not come in " + PATIENCE.toSeconds() + " s");
      throw new IllegalStateException("without " + what + " nothing that follows means anything");
    }
  }

  /** Another key signs, and the old one is retired, while agents are away. */
  static final class AuthorityChange implements Case {
    private static final Pattern LEFT = Pattern.compile("(\\d+) instances still have only");

    @Override
    public String id() {
      return "E14";
    }

    @Override
    public String claim() {
      return "the authority changes its key and retires the old one without a restart; agents that"
          + " were away come back by themselves, none is lost";
    }

    @Override
    public void run(Trial trial) throws Exception {
      int linked = trial.scale().of(3, 20, 45);
      int away = trial.scale().of(2, 3, 5);
      Rig rig = Field.coordinator(trial, Field.OPEN_DOOR + "agent_certificate_life: 60s\n");
      List<Crew> crew = new ArrayList<>();
      for (int i = 0; i < away; i++) {
        Crew one = Crew.enrolled(trial, rig);
        one.start();
        require(trial, "a link of " + one.instance(), () -> online(rig, one.instance()));
        one.stop();
        crew.add(one);
      }
      rig.startAgents(linked, PATIENCE);
      String pid = Long.toString(rig.coordinator().pid());

      Shell.Ran rotated = local(rig, "ca", "rotate");
      trial.require(rotated.exitCode() == 0, "rotate: " + rotated.said());
      trial.require(local(rig, "ca", "rotate").exitCode() == 1, "it rotates twice at once");
      trial.count(Figure.FAULTS, 1);
      // one comes back in between; the others only when the old key is gone
      crew.getFirst().start();
      long began = System.nanoTime();
      require(trial, "the move of all that are here", () -> left(rig).orElse(-1) == away - 1);
      trial.largest(Figure.RECOVERY, (System.nanoTime() - began) / 1e9);
      trial.require(local(rig, "ca", "rotate", "--retire").exitCode() == 1, "it retires too early");

      Shell.Ran retired =
          local(rig, "ca", "rotate", "--retire", "--acknowledge", Integer.toString(away - 1));
      trial.require(retired.exitCode() == 0, "retire: " + retired.said());
      trial.count(Figure.FAULTS, 1);
      for (Crew one : crew.subList(1, crew.size())) {
        one.start();
      }
      for (Crew one : crew) {
        require(trial, "a link of " + one.instance(), () -> online(rig, one.instance()));
      }
      Crew late = Crew.enrolled(trial, rig);
      late.start();
      require(trial, "a new one's link", () -> online(rig, late.instance()));
      // past the life of every certificate that the old key signed
      TimeUnit.SECONDS.sleep(trial.scale().of(20, 70, 130));
      require(
          trial,
          "all online",
          () ->
              Field.instances(rig).stream()
                      .filter(one -> one.getPingStatus() == PingStatus.PING_STATUS_ONLINE)
                      .count()
                  == linked + away + 1);
      trial.figure(Figure.ACKED, linked + away + 1);
      trial.figure(Figure.STORED, Field.instances(rig).size());
      trial.figure(Figure.LOST, linked + away + 1 - Field.instances(rig).size());
      trial.require(
          pid.equals(Long.toString(rig.coordinator().pid())) && rig.coordinator().alive(),
          "it was started again");
      trial.require(
          Field.audit(rig, "RotateAuthority").size() == 2
              && Field.audit(rig, "RetireAuthority").size() >= 2,
          "not all of it is in the audit trail");
      Shell.Ran checked = local(rig, "check");
      trial.require(checked.exitCode() == 0, "check: " + checked.said());
    }

    /** How many rest on the old key, as the refusal of its retirement says. */
    private static Optional<Integer> left(Rig rig) {
      try {
        // nobody acknowledged any
        Shell.Ran asked = local(rig, "ca", "rotate", "--retire");
        Matcher matcher = LEFT.matcher(asked.said());
        TimeUnit.MILLISECONDS.sleep(500);
        return matcher.find() ? Optional.of(Integer.parseInt(matcher.group(1))) : Optional.empty();
      } catch (IOException e) {
        return Optional.empty();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return Optional.empty();
      }
    }
  }
}
