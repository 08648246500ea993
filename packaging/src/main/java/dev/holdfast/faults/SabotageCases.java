package dev.holdfast.faults;

import dev.holdfast.system.Rig;
import dev.holdfast.wire.v1.AssociationExecution;
import dev.holdfast.wire.v1.AssociationExecutionTarget;
import dev.holdfast.wire.v1.RunStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Scripts that turn against the agent that runs them; they are root, as it is. */
final class SabotageCases {
  private static final Duration ENDS = Duration.ofSeconds(60);

  private SabotageCases() {}

  static List<Case> all() {
    return List.of(new AgainstItsAgent());
  }

  /** One agent, and a supervisor that starts it again whenever it has ended: the case. */
  static final class AgainstItsAgent implements Case {
    @Override
    public String id() {
      return "D13";
    }

    @Override
    public String claim() {
      return "a script that kills its agent, deletes its spool or its own folder, fills its disk or"
          + " sets its clock is reported as any other, others run after it; the agent says what was"
          + " lost, and only what was deleted is";
    }

    /**
     * What a script does to its agent.
     *
     * @param ends whether the agent has to end by it
     * @param loses whether something is deleted that may have had reports in it
     */
    private record Harm(String name, boolean ends, boolean loses, List<String> lines) {}

    @Override
    public void run(Trial trial) throws Exception {
      boolean mountable = Volume.possible(trial.folder());
      Path state = Files.createTempDirectory(trial.folder(), "state");
      if (mountable) {
        var _ = trial.closing(Volume.small(trial.folder(), state, "size=136m"));
      }
      Rig rig = trial.closing(Rig.withState(state));
      rig.configure(Field.OPEN_DOOR);
      rig.startCoordinator();
      Marked marked = Marked.enroll(trial, rig);
      Supervisor supervisor = new Supervisor(trial, rig);
      supervisor.start();
      marked.document("honest", Map.of("step", List.of(marked.mark())));
      String honest = marked.associate("honest", to -> to);
      trial.require(Field.await(ENDS, () -> ended(rig, honest)), "it never worked");
      for (int i = 0; i < trial.scale().of(1, 1, 20); i++) {
        for (Harm harm : harms(trial.scale(), supervisor.pid, state)) {
          done(trial, marked, supervisor, harm, i);
          trial.require(runs(rig, supervisor, honest), "after " + harm.name + " nothing else runs");
        }
        if (mountable) {
          full(trial, marked, supervisor, state, i);
          trial.require(runs(rig, supervisor, honest), "after a full disk nothing else runs");
        }
      }
      offline(trial, marked, supervisor, state);
      // The machine's clock is not ours to set; without libfaketime there is none that is.
      if (trial.scale() != Scale.SMOKE && FalseTime.possible()) {
        clock(trial, marked, supervisor, honest);
      } else {
        trial.note("clock", "not-set");
      }
      marked.judge(trial);
      trial.largest(Figure.PEAK_RSS, Memory.peak(rig.agent().pid()));
      trial.note("agent-ended", supervisor.ended);
      if (trial.result().broken().isEmpty()) {
        trial.needs(mountable, "all held but for a full disk: nothing can be mounted here");
      }
    }

    private static List<Harm> harms(Scale scale, Path pid, Path state) {
      String kill = "kill -9 $(cat " + pid + ")";
      String spool = "rm -rf " + state.resolve("spool");
      String own = "rm -rf \"$(dirname \"$0\")\"";
      Harm alone = new Harm("kill", true, false, List.of(kill, "sleep 1", "echo after"));
      List<Harm> harms = new ArrayList<>();
      harms.add(new Harm("spool", false, true, List.of(spool, "echo after")));
      harms.add(new Harm("own-folder", false, false, List.of(own, "echo after")));
      if (scale == Scale.SMOKE) {
        harms.add(alone);
        return harms;
      }
      harms.add(
          new Harm("kill-and-spool", true, true, List.of(kill, spool, "sleep 1", "echo after")));
      harms.add(
          new Harm("kill-and-own-folder", true, false, List.of(kill, own, "sleep 1; exit 0")));
      if (scale == Scale.FULL) {
        harms.add(alone);
        harms.add(
            new Harm("spool-in-the-middle", false, true, List.of(spool, "sleep 3", "echo after")));
        harms.add(
            new Harm(
                "folders-of-all-runs",
                false,
                false,
                List.of("rm -rf " + state.resolve("runs"), "exit 0")));
      }
      return harms;
    }

    private static void done(Trial trial, Marked marked, Supervisor supervisor, Harm harm, int turn)
        throws Exception {
      Rig rig = marked.rig();
      List<String> lines = new ArrayList<>(List.of(marked.mark()));
      lines.addAll(harm.lines);
      String name = harm.name + "-" + turn;
      marked.document(name, Map.of("step", lines));
      int endedBefore = supervisor.ended;
      long said = supervisor.said("new epoch");
      long began = System.nanoTime();
      String association = marked.associate(name, to -> to);
      trial.count(Figure.FAULTS, 1);
      boolean over =
          Field.await(
              ENDS,
              () -> {
                supervisor.look();
                return ended(rig, association);
              });
      trial.largest(Figure.RECOVERY, (System.nanoTime() - began) / 1e9);
      trial.require(over, harm.name + ": its run has no end");
      for (AssociationExecutionTarget target : targets(rig, association)) {
        trial.require(
            target.getStatus() == RunStatus.RUN_STATUS_SUCCESS,
            harm.name
                + " came to "
                + target.getStatus()
                + " "
                + target.getDetailedStatus()
                + " "
                + target.getReason());
      }
      trial.require(
          !harm.ends || supervisor.ended > endedBefore, harm.name + ": the agent did not end");
      supervisor.look();
      trial.require(
          !harm.loses || supervisor.said("new epoch") > said,
          harm.name + ": nothing is said of what was lost");
    }

    /** The spool goes while its reports wait in it: what is told after that is not lost with it. */
    private static void offline(Trial trial, Marked marked, Supervisor supervisor, Path state)
        throws Exception {
      Rig rig = marked.rig();
      Path go = trial.folder().resolve("go");
      Path gone = trial.folder().resolve("gone");
      marked.document(
          "offline",
          Map.of(
              "step",
              List.of(
                  marked.mark(),
                  "until [ -e " + go + " ]; do sleep 0.1; done",
                  "rm -rf " + state.resolve("spool"),
                  "touch " + gone)));
      int before = marked.begun();
      String association = marked.associate("offline", to -> to);
      trial.count(Figure.FAULTS, 1);
      trial.require(Field.await(ENDS, () -> marked.begun() > before), "it does not begin");
      rig.coordinator().kill();
      Files.createFile(go);
      trial.require(Field.await(ENDS, () -> Files.exists(gone)), "the spool was not deleted");
      // Its end is told, to a spool that is not there; who ends by that is started again, and not
      // before it finds its coordinator: it would wait for long.
      TimeUnit.SECONDS.sleep(2);
      rig.startCoordinator();
      long began = System.nanoTime();
      trial.require(
          Field.await(
              ENDS.multipliedBy(2),
              () -> {
                supervisor.look();
                return ended(rig, association);
              }),
          "what ended after its spool was deleted has no end");
      trial.largest(Figure.RECOVERY, (System.nanoTime() - began) / 1e9);
      trial.require(succeeded(rig, association), "what deleted the spool did not succeed");
    }

    /** No room is left where the agent keeps its state, until somebody makes some. */
    private static void full(
        Trial trial, Marked marked, Supervisor supervisor, Path state, int turn) throws Exception {
      Rig rig = marked.rig();
      Path filler = state.resolve("filler");
      Path filled = trial.folder().resolve("filled-" + turn);
      String name = "fill-" + turn;
      marked.document(
          name,
          Map.of(
              "step",
              List.of(
                  marked.mark(),
                  "dd if=/dev/zero of=" + filler + " bs=64k 2>/dev/null",
                  "echo full",
                  "touch " + filled)));
      String association = marked.associate(name, to -> to);
      trial.count(Figure.FAULTS, 1);
      trial.require(Field.await(ENDS, () -> Files.exists(filled)), "the disk was not filled");
      TimeUnit.SECONDS.sleep(3);
      trial.require(rig.agent().alive(), "the agent ended when its disk was full");
      Files.deleteIfExists(filler);
      long began = System.nanoTime();
      trial.require(
          Field.await(
              ENDS,
              () -> {
                supervisor.look();
                return ended(rig, association);
              }),
          "the run that filled the disk has no end");
      trial.largest(Figure.RECOVERY, (System.nanoTime() - began) / 1e9);
      trial.require(succeeded(rig, association), "the run that filled the disk did not succeed");
    }

    /** The agent's own clock: that of the machine stays. */
    private static void clock(Trial trial, Marked marked, Supervisor supervisor, String honest)
        throws Exception {
      Rig rig = marked.rig();
      FalseTime time = FalseTime.of(trial);
      trial.require(rig.agent().stop() == 0, "it does not stop");
      rig.agentWithin(time.within());
      supervisor.start();
      for (String off : List.of("+7200", "-7200")) {
        String name = "clock" + off.replace('+', 'p').replace('-', 'm');
        marked.document(
            name,
            Map.of(
                "step",
                List.of(
                    marked.mark(),
                    "echo " + off + " > " + time.file() + ".new",
                    "mv " + time.file() + ".new " + time.file(),
                    "sleep 1")));
        String association = marked.associate(name, to -> to);
        trial.count(Figure.FAULTS, 1);
        trial.require(
            Field.await(ENDS, () -> ended(rig, association)), off + " s: its run has no end");
        trial.require(succeeded(rig, association), off + " s: its run did not succeed");
        trial.require(rig.agent().alive(), off + " s: the agent ended");
        trial.require(runs(rig, supervisor, honest), off + " s: nothing else runs");
      }
    }

    private static boolean runs(Rig rig, Supervisor supervisor, String association)
        throws InterruptedException {
      String execution = AgentCases.start(rig, association);
      return Field.await(
          ENDS,
          () -> {
            supervisor.look();
            return AgentCases.over(rig.targets(association, execution));
          });
    }

    private static boolean ended(Rig rig, String association) {
      List<AssociationExecutionTarget> targets = targets(rig, association);
      return !targets.isEmpty() && AgentCases.over(targets);
    }

    private static boolean succeeded(Rig rig, String association) {
      return targets(rig, association).stream()
          .allMatch(target -> target.getStatus() == RunStatus.RUN_STATUS_SUCCESS);
    }

    private static List<AssociationExecutionTarget> targets(Rig rig, String association) {
      List<AssociationExecutionTarget> targets = new ArrayList<>();
      for (AssociationExecution execution : rig.executions(association)) {
        targets.addAll(rig.targets(association, execution.getExecutionId()));
      }
      return targets;
    }
  }

  /** Starts the agent again when it has ended, as a service manager would. */
  private static final class Supervisor {
    private final Rig rig;

    /** Where a script finds the number of the agent's process. */
    private final Path pid;

    private int ended;

    Supervisor(Trial trial, Rig rig) {
      this.rig = rig;
      this.pid = trial.folder().resolve("pid");
    }

    void start() throws IOException {
      rig.startAgent();
      Files.writeString(pid, rig.agent().pid() + "\n");
    }

    /** Starts it if it is down. */
    void look() {
      if (!rig.agent().alive()) {
        ended++;
        try {
          start();
        } catch (IOException e) {
          throw new java.io.UncheckedIOException("cannot write " + pid, e);
        }
      }
    }

    /** How many lines of its log have these words, of all its lives. */
    long said(String words) {
      return rig.agent().said().lines().filter(line -> line.contains(words)).count();
    }
  }
}
