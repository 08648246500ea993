package dev.holdfast.faults;

import dev.holdfast.system.Rig;
import dev.holdfast.task.RunLimits;
import dev.holdfast.wire.v1.CreateDocumentRequest;
import dev.holdfast.wire.v1.DocumentServiceGrpc;
import dev.holdfast.wire.v1.PingStatus;
import dev.holdfast.wire.v1.RunStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Scripts that take all that a host has. */
final class HogCases {
  private HogCases() {}

  static List<Case> all() {
    return List.of(new Hogs());
  }

  /** Processes, memory, processors and files without end, in a part of this machine. */
  static final class Hogs implements Case {
    private static final int TIMEOUT = 5;
    private static final double LONGEST_ANSWER = 30;
    private static final Duration ENDS = Duration.ofMinutes(2);
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final long MIB = 1024L * 1024;

    @Override
    public String id() {
      return "D10";
    }

    @Override
    public String claim() {
      return "whatever a script takes of the host, the agent lives and answers within 30 s, and"
          + " nothing of the script is left";
    }

    @Override
    public void run(Trial trial) throws Exception {
      Fence fence =
          Fence.around(
              trial,
              RunLimits.MAX_SCRIPT_TASKS + 1_024,
              trial.scale().of(768, 1_024, 4_096) * MIB,
              Math.max(1, Runtime.getRuntime().availableProcessors() - 0.5));
      Rig rig = Field.coordinator(trial, Field.OPEN_DOOR);
      String instance = rig.enroll(Map.of());
      rig.agentWithin(fence.within());
      rig.startAgent();
      Set<Long> before = fence.processes();
      trial.require(
          before.contains(rig.agent().pid()), "the agent is not within its bounds: " + before);
      document(rig, "nothing", 60, "true");
      Host host =
          new Host(trial, rig, fence, instance, AgentCases.associate(rig, instance, "nothing"));
      host.answers("at rest");
      host.bomb(trial.scale().of(200, 800, RunLimits.MAX_SCRIPT_TASKS));
      host.takes(
          "memory", 60, "head -c 8G /dev/zero | tail >/dev/null", RunStatus.RUN_STATUS_FAILED);
      host.takes(
          "processors",
          TIMEOUT,
          "for i in 1 2 3 4 5 6 7 8; do (while :; do :; done) & done; wait",
          RunStatus.RUN_STATUS_TIMED_OUT);
      host.takes(
          "files",
          600,
          "i=0; while [ $i -lt %d ]; do : >f$i; i=$((i+1)); done"
              .formatted(trial.scale().of(2_000, 50_000, 1_000_000)),
          RunStatus.RUN_STATUS_SUCCESS);
      host.answers("after all");
      trial.require(
          Field.instances(rig).getFirst().getPingStatus() == PingStatus.PING_STATUS_ONLINE,
          "it is not online: " + Field.instances(rig));
      trial.largest(Figure.PEAK_RSS, Memory.peak(rig.agent().pid()));
    }

    private static void document(Rig rig, String name, int seconds, String script) {
      var _ =
          DocumentServiceGrpc.newBlockingStub(rig.channel())
              .withCallCredentials(rig.token())
              .createDocument(
                  CreateDocumentRequest.newBuilder()
                      .setName(name)
                      .setContent(
                          """
                          schemaVersion: '2.2'
                          mainSteps:
                          - action: aws:runShellScript
                            name: script
                            inputs:
                              timeoutSeconds: %d
                              runCommand:
                              - |
                                %s
                          """
                              .formatted(seconds, script.replace("\n", "\n      ")))
                      .build());
    }

    /** An agent within a fence, and what is done to it. */
    private record Host(Trial trial, Rig rig, Fence fence, String instance, String poke) {

      /** Something else is started by hand, and ends. */
      void answers(String when) throws InterruptedException {
        long began = System.nanoTime();
        String execution = AgentCases.start(rig, poke);
        boolean ended = Field.await(ENDS, () -> AgentCases.over(rig.targets(poke, execution)));
        double seconds = (System.nanoTime() - began) / 1e9;
        trial.require(ended, when + ": a start by hand has no end");
        trial.requireInTime(
            seconds < LONGEST_ANSWER, when + ": a start by hand took " + seconds + " s");
        trial.largest(Figure.RECOVERY, seconds);
      }

      /** As many processes as it may have, once the bound was seen that each script gets. */
      void bomb(int most) throws IOException, InterruptedException {
        Path go = trial.folder().resolve("go");
        // The script itself forks once, before there are any others: then there is no place left.
        String script =
            "until [ -e " + go + " ]; do sleep 0.1; done\nb() { b | b & }\nb &\nexec sleep 300";
        document(rig, "processes", 3 * TIMEOUT, script);
        String association = AgentCases.associate(rig, instance, "processes");
        Optional<Path> group = group();
        if (group.isEmpty()) {
          trial.note("processes", "not tried: nothing here bounds how many a script has");
          return;
        }
        Optional<Integer> bound = Fence.bound(group.get());
        trial.require(
            bound.filter(tasks -> tasks <= RunLimits.MAX_SCRIPT_TASKS).isPresent(),
            "a script may have any number of processes");
        Fence.bound(group.get(), most);
        Files.createFile(go);
        trial.require(
            Field.await(SOON, () -> Fence.tasks(group.get()) > most / 2),
            "the bomb has only " + Fence.tasks(group.get()) + " processes");
        trial.note("processes", Fence.tasks(group.get()));
        ends("processes", association, RunStatus.RUN_STATUS_TIMED_OUT);
      }

      private Optional<Path> group() throws IOException, InterruptedException {
        long end = System.nanoTime() + SOON.toNanos();
        while (System.nanoTime() < end) {
          List<Path> counted = fence.counted();
          if (!counted.isEmpty()) {
            return Optional.of(counted.getFirst());
          }
          Thread.sleep(50);
        }
        return Optional.empty();
      }

      /** Runs a script, to an end that is expected. */
      void takes(String what, int seconds, String script, RunStatus expected)
          throws IOException, InterruptedException {
        document(rig, what, seconds, script);
        ends(what, AgentCases.associate(rig, instance, what), expected);
      }

      private void ends(String what, String association, RunStatus expected)
          throws IOException, InterruptedException {
        trial.count(Figure.FAULTS, 1);
        long began = System.nanoTime();
        String execution = rig.executions(association).getFirst().getExecutionId();
        do {
          answers(what);
        } while (!AgentCases.over(rig.targets(association, execution))
            && System.nanoTime() - began < ENDS.toNanos());
        trial.note(what + "-s", Math.round((System.nanoTime() - began) / 1e9));
        trial.require(
            rig.targets(association, execution).stream()
                .allMatch(target -> target.getStatus() == expected),
            what + " came to " + rig.targets(association, execution));
        trial.require(rig.agent().alive(), what + ": the agent ended: " + rig.agent().said());
        Set<Long> left = new HashSet<>();
        boolean gone =
            Field.await(
                SOON,
                () -> {
                  left.clear();
                  left.addAll(processes());
                  left.remove(rig.agent().pid());
                  return left.isEmpty();
                });
        trial.require(gone, what + " left " + left);
      }

      private Set<Long> processes() {
        try {
          return fence.processes();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }
}
