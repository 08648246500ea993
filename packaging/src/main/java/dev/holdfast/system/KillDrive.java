package dev.holdfast.system;

import com.google.protobuf.util.Timestamps;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.AssociationExecution;
import dev.holdfast.wire.v1.AssociationExecutionTarget;
import dev.holdfast.wire.v1.CreateAssociationRequest;
import dev.holdfast.wire.v1.RunStatus;
import dev.holdfast.wire.v1.StartAssociationsOnceRequest;
import dev.holdfast.wire.v1.Target;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * Kills the coordinator and the agent with SIGKILL at random moments while associations are started
 * by hand without pause, starts them again on what they left on disk, and counts at the end what
 * went wrong: starts that happened twice, acknowledged facts that are gone, runs without an end.
 */
public final class KillDrive {
  private static final int ASSOCIATIONS = 4;
  private static final Duration CALL = Duration.ofSeconds(10);

  /** Starts without an end at a time: what is killed has work, and the rest is soon done after. */
  private static final int OPEN = 40;

  private final Rig rig;
  private final RandomGenerator random;
  private final PrintStream out;
  private final Path marks;
  private final List<String> associations = new ArrayList<>();

  /** Executions whose start the coordinator acknowledged, and of which association. */
  private final Map<String, String> acknowledged = new TreeMap<>();

  /** Those of them that may not have ended, the oldest first. */
  private final Deque<String> open = new ArrayDeque<>();

  /** Ends that the coordinator showed once, by run. */
  private final Map<String, RunStatus> shown = new HashMap<>();

  /**
   * What came of it.
   *
   * @param executions how many starts were acknowledged to the caller
   * @param starts how many times a script began
   * @param startedTwice runs whose script began more than once
   * @param lost acknowledged starts that are gone, and ends that were shown and are gone or changed
   * @param withoutEnd acknowledged starts whose run has no end
   * @param byStatus how the runs ended
   */
  public record Figures(
      int rounds,
      int executions,
      int starts,
      int startedTwice,
      int lost,
      int withoutEnd,
      Map<RunStatus, Integer> byStatus) {
    /** Copies. */
    public Figures {
      byStatus = Map.copyOf(byStatus);
    }

    /** Whether no promise was broken. */
    public boolean clean() {
      return startedTwice == 0 && lost == 0 && withoutEnd == 0;
    }

    @Override
    public String toString() {
      return "rounds %d, acknowledged starts %d, scripts begun %d %s: started twice %d, acknowledged and lost %d, without an end %d"
          .formatted(
              rounds, executions, starts, new TreeMap<>(byStatus), startedTwice, lost, withoutEnd);
    }
  }

  /** Who is killed. */
  public enum Victims {
    /** Now one, now the other, at times both. */
    EITHER,
    /** The agent alone. */
    AGENT
  }

  /** Over a rig that nothing was started in yet. */
  public KillDrive(Rig rig, RandomGenerator random, PrintStream out) {
    this.rig = rig;
    this.random = random;
    this.out = out;
    this.marks = rig.folder().resolve("marks");
  }

  /** Drives so many rounds; progress goes to the given stream, a line a round. */
  public Figures drive(int rounds, Victims victims) throws InterruptedException {
    rig.startCoordinator();
    String instance = rig.enroll(Map.of());
    rig.startAgent();
    define(instance);
    for (int round = 1; round <= rounds; round++) {
      load(Duration.ofMillis(random.nextLong(200, 2_500)));
      boolean coordinator = victims == Victims.EITHER && (round % 2 == 1 || random.nextInt(4) == 0);
      boolean agent = !coordinator || random.nextInt(4) == 0;
      if (agent) {
        rig.agent().kill();
      }
      if (coordinator) {
        rig.coordinator().kill();
      }
      TimeUnit.MILLISECONDS.sleep(random.nextLong(800));
      if (coordinator) {
        rig.startCoordinator();
      }
      if (agent) {
        rig.startAgent();
      }
      out.println(
          "round "
              + round
              + ": killed "
              + (coordinator ? "coordinator " : "")
              + (agent ? "agent " : "")
              + "after "
              + acknowledged.size()
              + " acknowledged starts");
    }
    load(Duration.ofSeconds(1));
    return judge(rounds, settle(Duration.ofMinutes(2)));
  }

  private void define(String instance) {
    try {
      Files.createDirectory(marks);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make the folder of marks", e);
    }
    rig.createScript(
        "drive",
        List.of(
            "mktemp \"" + marks + "/$HOLDFAST_RUN_ID.XXXXXXXX\" > /dev/null",
            "sleep 0.$(( $(date +%N | cut -c1-2 | sed 's/^0//') % 7 ))"));
    for (int i = 0; i < ASSOCIATIONS; i++) {
      associations.add(
          rig.associations()
              .createAssociation(
                  CreateAssociationRequest.newBuilder()
                      .setAssociation(
                          Association.newBuilder()
                              .setName("drive")
                              .setAssociationName("drive-" + i)
                              .addTargets(
                                  Target.newBuilder().setKey("InstanceIds").addValues(instance)))
                      .build())
              .getAssociationDescription()
              .getAssociationId());
    }
  }

  private void load(Duration length) throws InterruptedException {
    long end = System.nanoTime() + length.toNanos();
    while (System.nanoTime() < end) {
      List<String> some = associations.subList(0, 1 + random.nextInt(associations.size()));
      try {
        if (full()) {
          TimeUnit.MILLISECONDS.sleep(50);
          continue;
        }
        List<String> executions =
            rig.associations()
                .withDeadlineAfter(CALL.toMillis(), TimeUnit.MILLISECONDS)
                .withWaitForReady()
                .startAssociationsOnce(
                    StartAssociationsOnceRequest.newBuilder()
                        .addAllAssociationIds(some)
                        .setExpires(Timestamps.fromMillis(System.currentTimeMillis() + 3_600_000))
                        .build())
                .getExecutionIdsList();
        for (int i = 0; i < executions.size(); i++) {
          acknowledged.put(executions.get(i), some.get(i));
          open.add(executions.get(i));
        }
        if (random.nextInt(4) == 0) {
          look();
        }
      } catch (StatusRuntimeException e) {
        out.println("a start was not acknowledged: " + e.getStatus());
      }
      TimeUnit.MILLISECONDS.sleep(random.nextLong(60));
    }
  }

  /** Whether so many have not ended that no more should be started. */
  private boolean full() {
    while (open.size() >= OPEN) {
      String oldest = open.getFirst();
      if (!rig.targets(acknowledged.getOrDefault(oldest, ""), oldest).stream()
          .allMatch(target -> ended(target.getStatus()))) {
        return true;
      }
      open.removeFirst();
    }
    return false;
  }

  /** Remembers ends that the coordinator shows: from here on it may not forget them. */
  private void look() {
    List<String> executions = List.copyOf(acknowledged.keySet());
    String execution = executions.get(random.nextInt(executions.size()));
    for (AssociationExecutionTarget target :
        rig.targets(acknowledged.getOrDefault(execution, ""), execution)) {
      if (ended(target.getStatus()) && !target.getDerived()) {
        shown.put(target.getRunId(), target.getStatus());
      }
    }
  }

  /** Waits until every execution has ended, or the time is up; the targets of all executions. */
  private List<AssociationExecutionTarget> settle(Duration atMost) throws InterruptedException {
    long end = System.nanoTime() + atMost.toNanos();
    while (true) {
      List<AssociationExecutionTarget> targets = new ArrayList<>();
      for (String association : associations) {
        for (AssociationExecution execution : rig.executions(association)) {
          targets.addAll(rig.targets(association, execution.getExecutionId()));
        }
      }
      if (targets.stream().allMatch(target -> ended(target.getStatus()))
          || System.nanoTime() > end) {
        return targets;
      }
      TimeUnit.SECONDS.sleep(1);
    }
  }

  private Figures judge(int rounds, List<AssociationExecutionTarget> targets) {
    Map<String, Integer> begun = Marks.begun(marks);
    Map<String, AssociationExecutionTarget> byExecution = new HashMap<>();
    Map<String, RunStatus> byRun = new HashMap<>();
    Map<RunStatus, Integer> byStatus = new EnumMap<>(RunStatus.class);
    for (AssociationExecutionTarget target : targets) {
      byExecution.put(target.getExecutionId(), target);
      byRun.put(target.getRunId(), target.getStatus());
      byStatus.merge(target.getStatus(), 1, Integer::sum);
    }
    int lost = 0;
    int withoutEnd = 0;
    for (String execution : acknowledged.keySet()) {
      AssociationExecutionTarget target = byExecution.get(execution);
      if (target == null) {
        lost++;
        out.println("lost: execution " + execution);
      } else if (!ended(target.getStatus()) || target.getDerived()) {
        withoutEnd++;
        out.println("without an end: " + target);
      }
    }
    for (Map.Entry<String, RunStatus> end : shown.entrySet()) {
      if (byRun.get(end.getKey()) != end.getValue()) {
        lost++;
        out.println("lost: the end of run " + end.getKey() + ", " + end.getValue());
      }
    }
    for (String run : begun.keySet()) {
      if (!byRun.containsKey(run)) {
        lost++;
        out.println("lost: run " + run + " began on the host and is not known");
      }
    }
    int twice = 0;
    for (Map.Entry<String, Integer> run : begun.entrySet()) {
      if (run.getValue() > 1) {
        twice++;
        out.println("started " + run.getValue() + " times: run " + run.getKey());
      }
    }
    return new Figures(
        rounds,
        acknowledged.size(),
        begun.values().stream().mapToInt(Integer::intValue).sum(),
        twice,
        lost,
        withoutEnd,
        byStatus);
  }

  private static boolean ended(RunStatus status) {
    return switch (status) {
      case RUN_STATUS_SUCCESS,
          RUN_STATUS_FAILED,
          RUN_STATUS_TIMED_OUT,
          RUN_STATUS_CANCELLED,
          RUN_STATUS_SKIPPED,
          RUN_STATUS_INTERRUPTED ->
          true;
      case RUN_STATUS_UNSPECIFIED, RUN_STATUS_PENDING, RUN_STATUS_IN_PROGRESS, UNRECOGNIZED ->
          false;
    };
  }
}
