package dev.holdfast.system;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import dev.holdfast.task.Limits;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.AssociationExecution;
import dev.holdfast.wire.v1.AssociationExecutionTarget;
import dev.holdfast.wire.v1.CreateAssociationRequest;
import dev.holdfast.wire.v1.EventServiceGrpc;
import dev.holdfast.wire.v1.RunStatus;
import dev.holdfast.wire.v1.Target;
import dev.holdfast.wire.v1.WatchRequest;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * An execution of many agents of which two may run at once and one may fail, while the coordinator
 * is killed every ten seconds.
 */
public final class RateDrive {
  /** How many agents there are. */
  public static final int AGENTS = 40;

  /** How many of them may run at once. */
  public static final int AT_ONCE = 2;

  /** How many may fail before nothing more starts. */
  public static final int ERRORS = 1;

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration BETWEEN_KILLS = Duration.ofSeconds(10);

  /** On a busy machine agents find a coordinator that lives so short too seldom to get on. */
  private static final int MOST_KILLS = 6;

  /** An agent that was refused again and again waits this long before it tries once more. */
  private static final Duration END = Limits.RECONNECT_LONGEST.multipliedBy(2).plus(PATIENCE);

  private final Rig rig;

  /** On a rig in which nothing was started yet. */
  public RateDrive(Rig rig) {
    this.rig = rig;
  }

  /**
   * What came of it.
   *
   * @param targets all of the execution
   * @param kills how many times the coordinator was killed
   * @param over whether all had ended in time
   * @param stopped when the coordinator had heard of one error too many
   */
  public record Outcome(
      List<AssociationExecutionTarget> targets, int kills, boolean over, Timestamp stopped) {
    /** Copies. */
    public Outcome {
      targets = List.copyOf(targets);
    }

    /** Those that ran. */
    public List<AssociationExecutionTarget> ran() {
      return targets.stream().filter(AssociationExecutionTarget::hasStartTime).toList();
    }

    /** Those of them that failed, in the order of their ends. */
    public List<AssociationExecutionTarget> failed() {
      return ran().stream()
          .filter(target -> target.getStatus() == RunStatus.RUN_STATUS_FAILED)
          .sorted(
              Comparator.comparing(AssociationExecutionTarget::getEndTime, Timestamps.comparator()))
          .toList();
    }

    /** Those that started after a moment. */
    public List<AssociationExecutionTarget> startedAfter(Timestamp moment) {
      return ran().stream()
          .filter(target -> Timestamps.compare(target.getStartTime(), moment) > 0)
          .toList();
    }

    /** Those that were skipped because of the errors. */
    public long skipped() {
      return targets.stream()
          .filter(target -> target.getStatus() == RunStatus.RUN_STATUS_SKIPPED)
          .filter(target -> target.getDetailedStatus().equals("ErrorLimit"))
          .count();
    }

    /** How many were in progress at the same moment, at most. */
    public long atOnce() {
      return ran().stream()
          .mapToLong(
              one ->
                  ran().stream()
                      .filter(
                          other ->
                              Timestamps.compare(other.getStartTime(), one.getStartTime()) <= 0
                                  && Timestamps.compare(other.getEndTime(), one.getStartTime()) > 0)
                      .count())
          .max()
          .orElse(0);
    }
  }

  /** Drives one execution to its end. */
  public Outcome drive() throws InterruptedException {
    rig.configure(Rig.MANY_AGENTS);
    rig.startCoordinator();
    // They take a second and a half each, and on every tenth agent they fail: about twenty have
    // run when the second one has, while the coordinator was killed at least once.
    rig.startAgents(AGENTS, List.of("--run-millis", "1500", "--fail-every", "10"), PATIENCE);
    rig.createScript("careful", List.of("true"));
    String association =
        rig.associations()
            .createAssociation(
                CreateAssociationRequest.newBuilder()
                    .setAssociation(
                        Association.newBuilder()
                            .setName("careful")
                            .setMaxConcurrency(Integer.toString(AT_ONCE))
                            .setMaxErrors(Integer.toString(ERRORS))
                            .addTargets(Target.newBuilder().setKey("InstanceIds").addValues("*")))
                    .build())
            .getAssociationDescription()
            .getAssociationId();
    return killAndWait(association);
  }

  /** Kills the coordinator again and again and waits until all targets have ended. */
  private Outcome killAndWait(String association) throws InterruptedException {
    long end = System.nanoTime() + END.toNanos();
    long nextKill = System.nanoTime() + BETWEEN_KILLS.toNanos();
    int kills = 0;
    while (true) {
      TimeUnit.MILLISECONDS.sleep(500);
      if (System.nanoTime() > nextKill && kills < MOST_KILLS) {
        rig.coordinator().kill();
        rig.startCoordinator();
        kills++;
        nextKill = System.nanoTime() + BETWEEN_KILLS.toNanos();
      }
      List<AssociationExecutionTarget> targets = new ArrayList<>();
      try {
        for (AssociationExecution execution : rig.executions(association)) {
          targets.addAll(rig.targets(association, execution.getExecutionId()));
        }
      } catch (StatusRuntimeException e) {
        continue; // its connection is not there yet
      }
      boolean over =
          !targets.isEmpty() && targets.stream().allMatch(target -> ended(target.getStatus()));
      if ((over && kills > 0) || System.nanoTime() > end) {
        return new Outcome(targets, kills, over, stopped());
      }
    }
  }

  /** When the coordinator had heard of one error too many. A permit may be on its way then. */
  private Timestamp stopped() {
    return EventServiceGrpc.newBlockingStub(rig.channel())
        .withCallCredentials(rig.token())
        .withDeadlineAfter(PATIENCE.toSeconds(), TimeUnit.SECONDS)
        .watch(WatchRequest.newBuilder().addTypes("ExecutionStopped").build())
        .next()
        .getTime();
  }

  private static boolean ended(RunStatus status) {
    return status != RunStatus.RUN_STATUS_PENDING && status != RunStatus.RUN_STATUS_IN_PROGRESS;
  }
}
