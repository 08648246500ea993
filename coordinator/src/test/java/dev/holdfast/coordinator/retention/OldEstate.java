package dev.holdfast.coordinator.retention;

import com.google.protobuf.ByteString;
import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Identity;
import dev.holdfast.association.InstanceId;
import dev.holdfast.association.Trigger;
import dev.holdfast.coordinator.execution.Targets;
import dev.holdfast.coordinator.ingest.Ingest;
import dev.holdfast.coordinator.inventory.InventoryDesk;
import dev.holdfast.coordinator.inventory.Stock;
import dev.holdfast.coordinator.link.Intake;
import dev.holdfast.coordinator.store.Associations;
import dev.holdfast.coordinator.store.Executions;
import dev.holdfast.coordinator.store.Runs;
import dev.holdfast.coordinator.testing.Estate;
import dev.holdfast.report.Output;
import dev.holdfast.report.Report;
import dev.holdfast.report.RunStatus;
import dev.holdfast.report.StepResult;
import dev.holdfast.testing.ManualTimers;
import dev.holdfast.wire.ReportCodec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/** An estate whose instances report, and whose old rows go when that is asked for. */
final class OldEstate implements AutoCloseable {
  static final Kept KEPT =
      new Kept(
          Duration.ofDays(5), 6, 2, Duration.ofDays(32), Duration.ofDays(10), Duration.ofDays(400));

  private static final String TEXT = "what the script said";

  final List<String> refused = new ArrayList<>();
  private final Set<InstanceId> greeted = new HashSet<>();
  private final Map<InstanceId, Long> sequences = new HashMap<>();
  private final Map<InstanceId, String> spools = new HashMap<>();
  private final Path folder;
  Estate estate;
  private Ingest ingest;

  OldEstate(Path folder) {
    this.folder = folder;
    this.estate = new Estate(folder);
    this.ingest = ingest();
  }

  private Ingest ingest() {
    return new Ingest(
        estate.store,
        new InventoryDesk(new Stock()),
        Runnable::run,
        (id, reason) -> refused.add(id + ": " + reason));
  }

  /** All at once, as a round does it. */
  Retention round() {
    ManualTimers own = new ManualTimers(estate.timers.now());
    Retention retention = retention(own);
    retention.start();
    own.advance(Duration.ofMinutes(59));
    return retention;
  }

  /** One step each time that its timers go on by a pause. */
  Retention retention(ManualTimers own) {
    return new Retention(estate.store, UUID::randomUUID, own, estate.timers::now, KEPT);
  }

  /** The program ends at once, and another one opens what is on the disk, where time went on. */
  void crash() {
    Duration since = Duration.between(Estate.START, estate.timers.now());
    estate.close();
    estate = new Estate(folder);
    estate.timers.advance(since);
    ingest = ingest();
    greeted.clear();
  }

  /** The host was set up anew: its reports come from another spool. */
  void newSpool(InstanceId instance) {
    spools.merge(instance, "spool-0-0", (old, _) -> old + "0");
    sequences.remove(instance);
    greeted.remove(instance);
  }

  /** Sends reports of an instance; those that were refused are noted. */
  void send(InstanceId instance, Report.Run... reports) {
    String spool = spools.computeIfAbsent(instance, _ -> "spool-0");
    if (greeted.add(instance)) {
      ingest.opened(instance, spool, _ -> {});
    }
    List<dev.holdfast.wire.agent.Report> messages = new ArrayList<>();
    for (Report.Run report : reports) {
      long sequence = sequences.merge(instance, 1L, Long::sum);
      messages.add(ReportCodec.toProto(sequence, report));
    }
    List<Intake.Stored> answers = new ArrayList<>();
    ingest.received(instance, spool, messages, answers::add);
    if (answers.isEmpty()) {
      throw new IllegalStateException("not stored: " + refused);
    }
    answers.getFirst().refused().forEach(one -> refused.add(instance + ": " + one.reason()));
  }

  /** A report with a step that put something out. */
  static Report.Run report(int association, Trigger trigger, long number, RunStatus status) {
    StepResult step =
        new StepResult(
            "step",
            "aws:runShellScript",
            status,
            0,
            1,
            Optional.empty(),
            Optional.empty(),
            false,
            List.of(),
            new Output(ByteString.copyFromUtf8(TEXT), ByteString.EMPTY, TEXT.length()),
            Output.NONE,
            "");
    return Estate.report(association, trigger, number, status, step);
  }

  /** Whether the run of a trigger has a row, and what it put out. */
  Optional<Boolean> output(InstanceId instance, AssociationId association, Trigger trigger) {
    return estate
        .store
        .read(read -> Runs.find(read, Identity.runId(instance, association, trigger)))
        .map(run -> run.steps().toStringUtf8().contains(TEXT));
  }

  boolean hasExecution(AssociationId association, Trigger trigger) {
    String id = Identity.executionId(association, trigger);
    return estate.store.read(read -> Executions.find(read, id)).isPresent();
  }

  /** What the targets of an execution read. */
  Map<InstanceId, String> targets(AssociationId association, Trigger trigger) {
    return targets(association, Identity.executionId(association, trigger));
  }

  Map<InstanceId, String> targets(AssociationId association, String execution) {
    Map<InstanceId, String> statuses = new TreeMap<>(Comparator.comparing(InstanceId::value));
    estate.store.read(
        read -> {
          Associations.Association row = Associations.find(read, association).orElseThrow();
          Targets.of(read, row, _ -> false, estate.timers.now())
              .of(Executions.find(read, execution).orElseThrow())
              .forEach(
                  target ->
                      statuses.put(target.instance(), target.status() + " " + target.derived()));
          return true;
        });
    return statuses;
  }

  long count(String table) {
    return Long.parseLong(estate.rows("SELECT COUNT(*) FROM " + table).getFirst());
  }

  @Override
  public void close() {
    estate.close();
  }
}
