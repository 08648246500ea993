package dev.holdfast.faults;

import dev.holdfast.system.Launched;
import dev.holdfast.system.Marks;
import dev.holdfast.system.Rig;
import dev.holdfast.wire.v1.ApproveInstanceRequest;
import dev.holdfast.wire.v1.AssociationExecutionTarget;
import dev.holdfast.wire.v1.DescribeInstanceRequest;
import dev.holdfast.wire.v1.InstanceInformation;
import dev.holdfast.wire.v1.InstanceServiceGrpc;
import dev.holdfast.wire.v1.InstanceState;
import dev.holdfast.wire.v1.RunStatus;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One identity on more than one machine. */
final class CloneCases {
  private CloneCases() {}

  static List<Case> all() {
    return List.of(new Clone());
  }

  /** The state of an agent is copied, and both go on. */
  static final class Clone implements Case {
    /** Two heartbeats, of a minute each. */
    private static final Duration FOUND = Duration.ofMinutes(2);

    private static final Pattern NONCE = Pattern.compile("install_nonce=([^ ;]+)");

    @Override
    public String id() {
      return "E09";
    }

    @Override
    public String claim() {
      return "two with one identity are found within two heartbeats; then neither is given anything"
          + " until somebody picks one, and the other stays out";
    }

    @Override
    public void run(Trial trial) throws Exception {
      int rounds = trial.scale().of(1, 1, 10);
      for (int round = 0; round < rounds; round++) {
        for (boolean online :
            trial.scale() == Scale.SMOKE && trial.random().nextBoolean()
                ? List.of(true)
                : List.of(true, false)) {
          copied(trial, online);
        }
        elsewhere(trial);
      }
    }

    /** A copy on the same machine: whether while both are linked, or after each went on alone. */
    private static void copied(Trial trial, boolean online) throws Exception {
      Rig rig = Field.coordinator(trial, Field.OPEN_DOOR);
      Path marks = Files.createTempDirectory(trial.folder(), "marks");
      rig.createScript("mark", List.of("mktemp \"" + marks + "/$HOLDFAST_RUN_ID.XXXXXXXX\""));
      String instance = rig.enroll(Map.of());
      rig.startAgent();
      String association = AgentCases.associate(rig, instance, "mark");
      trial.require(
          Field.await(Duration.ofSeconds(60), () -> done(rig, association)), "it never worked");
      Path copy = trial.folder().resolve("copy-" + online + "-" + trial.random().nextInt(1 << 30));
      if (online) {
        copy(trial, rig, copy);
      } else {
        // Each was linked since it was copied, but never both at once.
        trial.require(rig.agent().stop() == 0, "it does not stop");
        copy(trial, rig, copy);
        rig.startAgent();
        String run = AgentCases.start(rig, association);
        trial.require(
            Field.await(
                Duration.ofSeconds(60), () -> AgentCases.over(rig.targets(association, run))),
            "the first does not go on");
        trial.require(rig.agent().stop() == 0, "it does not stop");
      }
      Launched twin = trial.closing(start(trial, copy));
      if (!online) {
        Field.await(Duration.ofSeconds(5), () -> false); // it says hello alone
        rig.startAgent();
      }
      long began = System.nanoTime();
      boolean found =
          Field.await(
              FOUND.plusSeconds(30),
              () -> state(rig, instance) == InstanceState.INSTANCE_STATE_DUPLICATE);
      double seconds = (System.nanoTime() - began) / 1e9;
      trial.require(found, "they are not found: " + info(rig, instance) + twin.said());
      trial.requireInTime(seconds <= FOUND.toSeconds(), "they are found after " + seconds + " s");
      trial.largest(Figure.RECOVERY, seconds);
      trial.count(Figure.FAULTS, 1);
      int before = count(marks);
      String during = AgentCases.start(rig, association);
      Field.await(Duration.ofSeconds(8), () -> count(marks) > before);
      trial.require(count(marks) == before, "something ran while nobody knew on which machine");
      trial.require(
          waits(rig.targets(association, during)),
          "what was started meanwhile does not wait for it: " + rig.targets(association, during));
      trial.require(
          Field.await(Duration.ofSeconds(90), () -> nonces(rig, instance).size() >= 2),
          "not both are told of: " + info(rig, instance).getConditionsList());
      List<String> nonces = nonces(rig, instance);
      if (nonces.isEmpty()) {
        return;
      }
      String chosen = nonces.get(trial.random().nextInt(nonces.size()));
      var _ =
          InstanceServiceGrpc.newBlockingStub(rig.channel())
              .withCallCredentials(rig.token())
              .approveInstance(
                  ApproveInstanceRequest.newBuilder()
                      .setInstanceId(instance)
                      .setInstallNonce(chosen)
                      .build());
      String after = AgentCases.start(rig, association);
      trial.require(
          Field.await(Duration.ofMinutes(3), () -> succeeded(rig, association, after)),
          "the one that was picked does not go on: " + rig.targets(association, after));
      trial.require(
          Field.await(Duration.ofMinutes(1), () -> succeeded(rig, association, during)),
          "what was started meanwhile was not run: " + rig.targets(association, during));
      Field.await(Duration.ofSeconds(3), () -> false); // the other one had time to run it as well
      Map<String, Integer> begun = Marks.begun(marks);
      trial.count(Figure.STARTED, begun.values().stream().mapToInt(Integer::intValue).sum());
      trial.count(Figure.STARTED_TWICE, begun.values().stream().filter(times -> times > 1).count());
      trial.require(
          state(rig, instance) == InstanceState.INSTANCE_STATE_ACTIVE,
          "it is " + state(rig, instance) + " though one was picked");
    }

    /** A copy on another machine: it sees by itself that it is one. */
    private static void elsewhere(Trial trial) throws Exception {
      if (!Shell.works(trial.folder(), List.of("unshare", "-m", "true"))
          || !Files.isRegularFile(Path.of("/etc/machine-id"))) {
        trial.note("another-machine", "not tried: nothing can be mounted here");
        return;
      }
      Rig rig = Field.coordinator(trial, Field.OPEN_DOOR);
      String instance = rig.enroll(Map.of());
      rig.startAgent();
      Path copy = trial.folder().resolve("elsewhere-" + trial.random().nextInt(1 << 30));
      copy(trial, rig, copy);
      Path id =
          Files.writeString(
              trial.folder().resolve("machine-id"), "0123456789abcdef0123456789abcdef\n");
      Path folder = Files.createTempDirectory(trial.folder(), "log");
      try (Launched other =
          Launched.start(
              folder,
              "holdfast-agent",
              List.of("serve", "--state", copy.toString()),
              new Launched.Around(
                  List.of(
                      "unshare",
                      "-m",
                      "sh",
                      "-c",
                      "mount --bind " + id + " /etc/machine-id && exec \"$@\"",
                      "sh"),
                  Map.of()))) {
        int code = other.awaitEnd(Duration.ofMinutes(1));
        trial.require(
            code == 1 && other.said().contains("another machine"),
            "a copy on another machine ended with " + code + ": " + other.said());
      }
      trial.require(
          state(rig, instance) == InstanceState.INSTANCE_STATE_ACTIVE,
          "a copy that never spoke made it " + state(rig, instance));
      trial.count(Figure.FAULTS, 1);
    }

    private static void copy(Trial trial, Rig rig, Path to) throws Exception {
      Shell.require(trial.folder(), List.of("cp", "-a", rig.state().toString(), to.toString()));
    }

    private static Launched start(Trial trial, Path state) throws Exception {
      Path folder = Files.createTempDirectory(trial.folder(), "twin");
      return Launched.start(
          folder, "holdfast-agent", List.of("serve", "--state", state.toString()));
    }

    private static boolean done(Rig rig, String association) {
      return rig.executions(association).stream()
          .allMatch(each -> AgentCases.over(rig.targets(association, each.getExecutionId())));
    }

    private static boolean waits(List<AssociationExecutionTarget> targets) {
      return targets.size() == 1 && targets.getFirst().getStatus() == RunStatus.RUN_STATUS_PENDING;
    }

    private static boolean succeeded(Rig rig, String association, String execution) {
      var targets = rig.targets(association, execution);
      return targets.size() == 1 && targets.getFirst().getStatus() == RunStatus.RUN_STATUS_SUCCESS;
    }

    private static int count(Path marks) {
      String[] names = marks.toFile().list();
      return names == null ? 0 : names.length;
    }

    private static InstanceInformation info(Rig rig, String instance) {
      return InstanceServiceGrpc.newBlockingStub(rig.channel())
          .withCallCredentials(rig.token())
          .describeInstance(DescribeInstanceRequest.newBuilder().setInstanceId(instance).build())
          .getInstance();
    }

    private static InstanceState state(Rig rig, String instance) {
      return info(rig, instance).getState();
    }

    private static List<String> nonces(Rig rig, String instance) {
      List<String> nonces = new ArrayList<>();
      info(rig, instance)
          .getConditionsList()
          .forEach(
              condition -> {
                Matcher matcher = NONCE.matcher(condition.getMessage());
                while (matcher.find()) {
                  nonces.add(matcher.group(1));
                }
              });
      return nonces;
    }
  }
}
