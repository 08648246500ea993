package dev.holdfast.simulation;

import dev.holdfast.agent.process.Processes;
import dev.holdfast.assignment.Generation;
import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Identity;
import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.store.Executions;
import dev.holdfast.coordinator.store.PermitRows;
import dev.holdfast.coordinator.store.Runs;
import dev.holdfast.coordinator.store.Store;
import dev.holdfast.permit.Permit;
import dev.holdfast.report.Lane;
import dev.holdfast.report.Report;
import dev.holdfast.report.RunStatus;
import dev.holdfast.wire.AssignmentCodec;
import dev.holdfast.wire.PermitCodec;
import dev.holdfast.wire.ReportCodec;
import dev.holdfast.wire.agent.AgentMessage;
import dev.holdfast.wire.agent.CoordinatorMessage;
import dev.holdfast.wire.agent.LanePosition;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Looks at everything that happens, and throws the moment that an invariant does not hold. It knows
 * what each agent promised and what the coordinator acknowledged, whatever either forgets in a
 * crash.
 */
final class Checker {
  private final World world;
  private final Store store;

  /** What each host started: the folder of each process, and the newest of each association. */
  private final Map<InstanceId, Map<String, Path>> newestStart = new HashMap<>();

  private final Map<InstanceId, Set<Path>> starts = new HashMap<>();
  private final Map<String, Integer> attempts = new HashMap<>();
  private final Map<InstanceId, Generation> generations = new HashMap<>();

  /** Ends that are on the disk of a host, by spool and sequence. */
  private final Map<InstanceId, Map<String, TreeMap<Long, Report.Run>>> ends = new HashMap<>();

  /** The one end of each run. */
  private final Map<String, RunStatus> endOf = new HashMap<>();

  /** How many runs of an association may be in progress at once, where that is limited. */
  private static final int CLOSED_FROM = 13;

  private static final int CLOSED_UNTIL = 20;

  /** Associations with a calendar that is closed in the afternoon. */
  private final Set<String> closed = new HashSet<>();

  private final Map<String, Integer> limits = new HashMap<>();

  /** Runs of those associations that have started and not ended. */
  private final Map<String, Set<String>> inProgress = new HashMap<>();

  private final Set<String> refused = new HashSet<>();
  private final Map<String, String> spoolOf = new HashMap<>();

  Checker(World world, Store store) {
    this.world = world;
    this.store = store;
  }

  /** From its creation on, no more runs of an association may be in progress at once. */
  void limit(String association, int atOnce) {
    limits.put(association, atOnce);
  }

  /** From its creation on, nothing of an association starts in the afternoon. */
  void closedAfternoons(String association) {
    closed.add(association);
  }

  /**
   * Nothing begins while the calendar is closed, by the clock of the host; but for what somebody
   * started and an end of the agent cut off.
   */
  private void open(InstanceId instance, Processes.Launch launch, int attempt, Instant hostNow) {
    String association = launch.environment().getOrDefault("HOLDFAST_ASSOCIATION_ID", "");
    String trigger = launch.environment().getOrDefault("HOLDFAST_TRIGGER", "");
    int hour = hostNow.atOffset(ZoneOffset.UTC).getHour();
    require(
        !closed.contains(association)
            || (trigger.startsWith("manual") && attempt > 1)
            || hour < CLOSED_FROM
            || hour >= CLOSED_UNTIL,
        () -> instance + " begins " + trigger + " of " + association + " at " + hostNow);
  }

  /** A run of a limited association has a permit, which is a row, and is not one too many. */
  private void permitted(InstanceId instance, String association, String run) {
    Integer limit = limits.get(association);
    if (limit == null) {
      return;
    }
    AssociationId id = new AssociationId(association);
    boolean row =
        store
            .read(read -> PermitRows.find(read, instance, id))
            .filter(permit -> Identity.runId(instance, id, permit.trigger()).equals(run))
            .isPresent();
    require(row, () -> instance + " starts " + run + " without a permit");
    Set<String> running = inProgress.computeIfAbsent(association, _ -> new HashSet<>());
    running.add(run);
    require(
        running.size() <= limit,
        () -> running.size() + " runs of " + association + " at once, allowed are " + limit);
  }

  /** A permit was given before its execution was stopped, or it was not stopped. */
  private void granted(InstanceId instance, Permit permit) {
    if (permit.verdict() == Permit.Verdict.GRANTED) {
      store.read(
          read -> {
            Optional<PermitRows.Permit> row =
                PermitRows.find(read, instance, permit.association())
                    .filter(one -> one.trigger().equals(permit.trigger()));
            row.flatMap(one -> Executions.find(read, one.execution()))
                .flatMap(execution -> execution.rate().stopped())
                .ifPresent(
                    stopped ->
                        require(
                            !row.orElseThrow().granted().isAfter(stopped),
                            () -> instance + " is granted what was stopped: " + permit));
            return true;
          });
    }
  }

  /** A process is about to start. */
  void starting(
      InstanceId instance, Processes.Launch launch, Processes processes, Instant hostNow) {
    String run = launch.environment().getOrDefault("HOLDFAST_RUN_ID", "");
    String association = launch.environment().getOrDefault("HOLDFAST_ASSOCIATION_ID", "");
    int attempt = Integer.parseInt(launch.environment().getOrDefault("HOLDFAST_ATTEMPT", "0"));
    require(!run.isEmpty() && attempt > 0, instance + " starts something that is no run");
    require(!endOf.containsKey(run), instance + " starts the ended run " + run);
    require(
        starts.computeIfAbsent(instance, _ -> new HashSet<>()).add(launch.folder()),
        instance + " starts twice: " + launch.folder());
    permitted(instance, association, run);
    if (attempts.getOrDefault(run, 0) < attempt) {
      open(instance, launch, attempt, hostNow);
    }
    int before = attempts.merge(run, attempt, Math::max);
    require(before <= attempt, instance + " goes back to attempt " + attempt + " of " + run);
    Path other =
        newestStart
            .computeIfAbsent(instance, _ -> new HashMap<>())
            .put(association, launch.folder());
    require(
        other == null
            || !(processes.find(other, Optional.empty()) instanceof Processes.Found.Running),
        () -> instance + " runs two at once of " + association);
    world.trace(instance + " starts " + run + " " + launch.folder().getFileName());
  }

  /** An agent's report is on its disk. */
  void spooled(InstanceId instance, String spoolEpoch, long sequence, Report report) {
    if (report instanceof Report.Run run && run.status().terminal()) {
      String id = Identity.runId(instance, run.association(), run.trigger());
      world.trace(instance + " ended " + id + " " + run.detailedStatus());
      ends.computeIfAbsent(instance, _ -> new HashMap<>())
          .computeIfAbsent(spoolEpoch, _ -> new TreeMap<>())
          .put(sequence, run);
      inProgress.getOrDefault(run.association().value(), new HashSet<>()).remove(id);
      RunStatus other = endOf.put(id, run.status());
      require(
          other == null || other == run.status(),
          instance + " ends " + id + " as " + other + " and as " + run.status());
    }
  }

  /** An agent sends a message. */
  void sent(InstanceId instance, AgentMessage message) {
    if (message.hasHello()) {
      spoolOf.put(instance.value(), message.getHello().getSpoolEpoch());
      holds(instance, AssignmentCodec.fromProto(message.getHello().getGeneration()));
    } else if (message.hasAdopted()) {
      holds(instance, AssignmentCodec.fromProto(message.getAdopted().getGeneration()));
    }
  }

  /** The coordinator sends a message. */
  void sent(InstanceId instance, CoordinatorMessage message) {
    if (message.hasAck()) {
      for (var refusal : message.getAck().getRefusedList()) {
        refused.add(
            instance
                + spoolOf.getOrDefault(instance.value(), "")
                + refusal.getLane()
                + refusal.getSequence());
        world.trace(instance + " is refused " + refusal.getReason());
      }
      for (LanePosition position : message.getAck().getStoredThroughList()) {
        if (ReportCodec.fromProto(position.getLane()) == Lane.RESULTS) {
          acknowledged(instance, position);
        }
      }
    } else if (message.hasPermit()) {
      granted(instance, PermitCodec.fromProto(message.getPermit()));
    } else if (message.hasSet()) {
      world.trace(
          instance + " is to hold " + AssignmentCodec.fromProto(message.getSet().getGeneration()));
    }
  }

  private void acknowledged(InstanceId instance, LanePosition position) {
    String spool = spoolOf.getOrDefault(instance.value(), "");
    TreeMap<Long, Report.Run> waiting =
        ends.getOrDefault(instance, Map.of()).getOrDefault(spool, new TreeMap<>());
    var through = waiting.headMap(position.getSequence(), true);
    through.forEach(
        (sequence, run) -> {
          String id = Identity.runId(instance, run.association(), run.trigger());
          Optional<Runs.Run> stored = store.read(read -> Runs.find(read, id));
          boolean was =
              refused.contains(instance + spool + position.getLane() + sequence)
                  || stored.filter(row -> row.status().terminal()).isPresent();
          require(was, "acknowledged and not stored: " + id + " of " + instance);
        });
    through.clear();
  }

  private void holds(InstanceId instance, Generation generation) {
    Generation before = generations.put(instance, generation);
    require(
        before == null || before.compareTo(generation) <= 0,
        instance + " goes back from " + before + " to " + generation);
  }

  /** All runs of which a process was started. */
  Set<String> startedRuns() {
    return attempts.keySet();
  }

  /** How each run ended, as its agent promised. */
  Map<String, RunStatus> ends() {
    return Map.copyOf(endOf);
  }

  static void require(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }

  private static void require(boolean holds, java.util.function.Supplier<String> what) {
    if (!holds) {
      throw new AssertionError(what.get());
    }
  }
}
