package dev.holdfast.faults;

import dev.holdfast.system.Launched;
import dev.holdfast.system.Rig;
import dev.holdfast.wire.v1.AssociationExecutionTarget;
import dev.holdfast.wire.v1.OnInterrupt;
import dev.holdfast.wire.v1.RunStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The host is started anew, because a document wants it or because it happens. */
final class RebootCases {
  private static final Duration ENDS = Duration.ofSeconds(60);

  private RebootCases() {}

  static List<Case> all() {
    return List.of(new Asked(), new Unasked());
  }

  /** A host that is started anew when the test says so: the agent alone is, in truth. */
  private static final class Host {
    private final Trial trial;
    private final Marked marked;
    private final Rig rig;
    private final Path log;
    private int boots;

    Host(Trial trial) throws IOException {
      this.trial = trial;
      this.rig = Field.coordinator(trial, Field.OPEN_DOOR);
      this.marked = Marked.enroll(trial, rig);
      this.log = trial.folder().resolve("log-" + System.nanoTime());
    }

    /** The agent starts; on another start of the host, or on the same. */
    void start(boolean anew, Launched.Around around) throws IOException {
      boots += anew ? 1 : 0;
      Launched.Around armed =
          ArmedAgent.within(trial.folder(), List.of(), Optional.of("boot-" + boots));
      Map<String, String> variables = new java.util.HashMap<>(around.environment());
      variables.putAll(armed.environment());
      rig.agentWithin(new Launched.Around(armed.before(), variables));
      rig.startAgent();
    }

    void start(boolean anew) throws IOException {
      start(anew, Launched.Around.NOTHING);
    }

    /** A line of a script that says a word in the log. */
    String says(String word) {
      return "echo " + word + " >> " + log;
    }

    List<String> said() {
      try {
        return Files.exists(log) ? Files.readAllLines(log) : List.of();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    void await(int lines) throws InterruptedException {
      trial.require(
          Field.await(ENDS, () -> said().size() >= lines), "not so far: " + said() + " " + lines);
    }

    /** The agent has it on disk that the step asked for a reboot. */
    void awaitAsked(int times) throws InterruptedException {
      trial.require(
          Field.await(
              ENDS,
              () ->
                  rig.agent()
                          .said()
                          .lines()
                          .filter(line -> line.contains("a document asks for a reboot"))
                          .count()
                      >= times),
          "no reboot was asked for");
    }

    Optional<AssociationExecutionTarget> newest(String association) {
      return rig
          .targets(association, rig.executions(association).getFirst().getExecutionId())
          .stream()
          .findFirst();
    }

    void ends(String association, RunStatus status, String what) throws InterruptedException {
      trial.require(
          Field.await(
              ENDS,
              () ->
                  newest(association)
                      .filter(target -> target.getStatus() == status && !target.getDerived())
                      .isPresent()),
          what + ": " + newest(association));
    }
  }

  /** A script ends with 194. */
  static final class Asked implements Case {
    @Override
    public String id() {
      return "R13";
    }

    @Override
    public String claim() {
      return "after a reboot that a step asked for the same step goes on, five times at most; a"
          + " host that does not reboot fails it";
    }

    @Override
    public void run(Trial trial) throws Exception {
      int times = trial.scale().of(1, 2, 20);
      for (int i = 0; i < times; i++) {
        resumes(trial);
      }
      if (trial.scale() != Scale.SMOKE) {
        tooOften(trial);
        never(trial);
      }
    }

    private static Host host(Trial trial, int enough) throws IOException {
      Host host = new Host(trial);
      Map<String, List<String>> steps = new LinkedHashMap<>();
      steps.put("before", List.of(host.says("before")));
      steps.put(
          "reboot",
          List.of(
              host.says("reboot"),
              "[ $(grep -c reboot " + host.log + ") -gt " + enough + " ] || exit 194"));
      steps.put("after", List.of(host.says("after")));
      host.marked.document("reboots", steps);
      host.start(true);
      return host;
    }

    private static void resumes(Trial trial) throws Exception {
      Host host = host(trial, 1);
      String association = host.marked.associate("reboots", to -> to);
      host.awaitAsked(1);
      host.rig.agent().kill();
      TimeUnit.MILLISECONDS.sleep(trial.random().nextLong(500));
      trial.count(Figure.FAULTS, 1);
      host.start(true);
      host.ends(association, RunStatus.RUN_STATUS_SUCCESS, "it does not go on");
      trial.require(
          host.said().equals(List.of("before", "reboot", "reboot", "after")),
          "what ran: " + host.said());
      trial.count(Figure.STARTED, host.said().size());
    }

    private static void tooOften(Trial trial) throws Exception {
      Host host = host(trial, 100);
      String association = host.marked.associate("reboots", to -> to);
      for (int boots = 1; boots <= 5; boots++) {
        host.awaitAsked(boots);
        host.rig.agent().kill();
        trial.count(Figure.FAULTS, 1);
        host.start(true);
        host.await(2 + boots);
      }
      host.ends(association, RunStatus.RUN_STATUS_FAILED, "it goes on for ever");
      TimeUnit.SECONDS.sleep(1);
      trial.require(host.said().size() == 7, "what ran: " + host.said());
      trial.count(Figure.STARTED, host.said().size());
    }

    /** The host was told and stays up: after ten minutes that is a failure. */
    private static void never(Trial trial) throws Exception {
      boolean quick = FalseTime.possible();
      if (!quick && trial.scale() != Scale.FULL) {
        trial.note("no-reboot", "not-done-without-libfaketime");
        return;
      }
      Host host = host(trial, 100);
      String association = host.marked.associate("reboots", to -> to);
      host.awaitAsked(1);
      host.rig.agent().kill();
      host.start(false);
      TimeUnit.SECONDS.sleep(3);
      trial.require(
          host.newest(association).orElseThrow().getStatus() == RunStatus.RUN_STATUS_IN_PROGRESS,
          "it did not wait: " + host.newest(association));
      if (quick) {
        host.rig.agent().kill();
        FalseTime time = FalseTime.of(trial);
        time.set(Duration.ofMinutes(11));
        host.start(false, time.within());
      } else {
        TimeUnit.MINUTES.sleep(10);
      }
      host.ends(association, RunStatus.RUN_STATUS_FAILED, "it waits for ever");
      trial.require(host.said().equals(List.of("before", "reboot")), "what ran: " + host.said());
      trial.count(Figure.FAULTS, 1);
      trial.count(Figure.STARTED, host.said().size());
    }
  }

  /** The power goes in the middle of a step. */
  static final class Unasked implements Case {
    @Override
    public String id() {
      return "R14";
    }

    @Override
    public String claim() {
      return "a run that a reboot cut off is reported within 60 s as interrupted and not run again,"
          + " unless its association asks for another attempt";
    }

    @Override
    public void run(Trial trial) throws Exception {
      int times = trial.scale().of(1, 3, 30);
      for (OnInterrupt policy :
          List.of(OnInterrupt.ON_INTERRUPT_REPORT, OnInterrupt.ON_INTERRUPT_RERUN)) {
        boolean again = policy == OnInterrupt.ON_INTERRUPT_RERUN;
        Host host = new Host(trial);
        host.rig.createScript("long", List.of(host.marked.mark(), "sleep 300", host.says("past")));
        host.start(true);
        for (int i = 0; i < times; i++) {
          String association = host.marked.associate("long", to -> to.setOnInterrupt(policy));
          int attempts = again ? 3 : 1;
          for (int attempt = 1; attempt <= attempts; attempt++) {
            int begun = i * attempts + attempt;
            trial.require(
                Field.await(ENDS, () -> host.marked.begun() >= begun),
                "attempt " + attempt + " does not begin");
            cut(host);
            trial.count(Figure.FAULTS, 1);
            long began = System.nanoTime();
            host.start(true);
            if (attempt == attempts) {
              host.ends(association, RunStatus.RUN_STATUS_INTERRUPTED, "its end is not told");
              double seconds = (System.nanoTime() - began) / 1e9;
              trial.largest(Figure.RECOVERY, seconds);
              trial.requireInTime(seconds < 60, "told after " + seconds + " s");
            }
          }
          TimeUnit.SECONDS.sleep(1);
          int all = (i + 1) * attempts;
          trial.require(host.marked.begun() == all, host.marked.begun() + " starts and not " + all);
          trial.require(
              host.newest(association).orElseThrow().getAttempt() == attempts,
              "attempts: " + host.newest(association));
          trial.count(Figure.INTERRUPTED, 1);
        }
        trial.count(Figure.STARTED, host.marked.begun());
        trial.require(host.said().isEmpty(), "a script outlived the end of its host");
      }
    }

    /** Everything of the host ends at once. */
    private static void cut(Host host) {
      host.rig.agent().kill();
      PowerCases.endScripts(host.rig.state());
    }
  }
}
