package dev.holdfast.coordinator.ingest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.holdfast.association.AssociationId;
import dev.holdfast.association.InstanceId;
import dev.holdfast.association.Trigger;
import dev.holdfast.compliance.Status;
import dev.holdfast.coordinator.compliance.FreshnessSweep;
import dev.holdfast.coordinator.compliance.Verdicts;
import dev.holdfast.coordinator.inventory.InventoryDesk;
import dev.holdfast.coordinator.inventory.Stock;
import dev.holdfast.coordinator.store.Compliance;
import dev.holdfast.coordinator.store.Compliance.Item;
import dev.holdfast.coordinator.store.Memberships;
import dev.holdfast.coordinator.store.Runs;
import dev.holdfast.coordinator.testing.Estate;
import dev.holdfast.inventory.Items;
import dev.holdfast.report.Lane;
import dev.holdfast.report.RunStatus;
import dev.holdfast.testing.Cases;
import dev.holdfast.wire.ReportCodec;
import dev.holdfast.wire.agent.Report;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** However reports come, the rows are the same, and what is kept follows from the runs. */
final class IngestPropertyTest {
  private static final int INSTANCES = 3;
  private static final int ASSOCIATIONS = 2;
  private static final RunStatus[] ENDS = {
    RunStatus.SUCCESS,
    RunStatus.SUCCESS,
    RunStatus.SUCCESS,
    RunStatus.FAILED,
    RunStatus.TIMED_OUT,
    RunStatus.INTERRUPTED,
    RunStatus.SKIPPED,
    RunStatus.CANCELLED
  };

  @TempDir Path folder;

  @Test
  void anyOrderRepetitionAndBatchingOfReportsGivesTheSameRows() {
    try (Estate estate = new Estate(folder)) {
      Cases.check(
          12,
          random -> {
            List<Delivery.Spool> spools = spools(random);
            estate.clear();
            furnish(estate);
            inOrder(estate, spools);
            List<String> wanted = comparable(estate);

            estate.clear();
            furnish(estate);
            new Delivery(estate, random, spools).all();

            same(wanted, comparable(estate), "");
          });
    }
  }

  @Test
  void aTransactionThatFailsAnywhereLeavesNothingAndLosesNothing() {
    try (Estate estate = new Estate(folder)) {
      List<String> tables =
          List.of("run", "execution", "current_run", "compliance_item", "lane", "log", "inventory");
      Cases.check(
          10,
          random -> {
            List<Delivery.Spool> spools = spools(random);
            estate.clear();
            furnish(estate);
            inOrder(estate, spools);
            List<String> wanted = comparable(estate);

            estate.clear();
            furnish(estate);
            Delivery delivery = new Delivery(estate, random, spools);
            delivery.some(random.nextInt(10));
            String table = tables.get(random.nextInt(tables.size()));
            String when = random.nextBoolean() ? "INSERT" : "UPDATE";
            estate.sql(
                "CREATE TRIGGER fault BEFORE "
                    + when
                    + " ON "
                    + table
                    + " BEGIN SELECT RAISE(ABORT, 'fault'); END");
            try {
              delivery.some(10);
            } finally {
              estate.sql("DROP TRIGGER fault");
            }
            delivery.checkAcknowledged();
            delivery.all();

            same(wanted, comparable(estate), when + " " + table);
          });
    }
  }

  @Test
  void whatIsKeptEqualsWhatIsRecomputedFromTheRuns() {
    try (Estate estate = new Estate(folder)) {
      new FreshnessSweep(estate.store, estate.timers).start();
      Cases.check(
          8,
          random -> {
            estate.clear();
            furnish(estate);
            Delivery delivery = new Delivery(estate, random, spools(random));
            for (int i = 0; i < 12; i++) {
              delivery.some(4);
              estate.timers.advance(Duration.ofMinutes(random.nextInt(180)));
              if (random.nextInt(6) == 0) {
                estate.leave(
                    Estate.association(random.nextInt(ASSOCIATIONS)),
                    Estate.instance(random.nextInt(INSTANCES)));
              }
              recomputed(estate);
            }
          });
    }
  }

  private static void recomputed(Estate estate) {
    for (int i = 0; i < INSTANCES; i++) {
      for (int a = 0; a < ASSOCIATIONS; a++) {
        InstanceId instance = Estate.instance(i);
        AssociationId association = Estate.association(a);
        List<Runs.Run> runs =
            estate
                .rows(
                    "SELECT id FROM run WHERE instance_id = '"
                        + instance
                        + "' AND association_id = '"
                        + association
                        + "'")
                .stream()
                .map(id -> estate.store.read(read -> Runs.find(read, id)).orElseThrow())
                .sorted(
                    Comparator.comparingLong(Runs.Run::spoolEpochNumber)
                        .thenComparingLong(Runs.Run::startNumber))
                .toList();
        Optional<Runs.Current> current =
            estate.store.read(read -> Runs.current(read, instance, association));
        assertEquals(
            runs.isEmpty() ? Optional.empty() : Optional.of(runs.getLast().id()),
            current.map(Runs.Current::runId));
        assertEquals(
            runs.isEmpty() ? Optional.empty() : Optional.of(runs.getLast().status()),
            current.map(Runs.Current::status));
        assertEquals(
            runs.stream()
                .filter(run -> run.status() == RunStatus.SUCCESS)
                .flatMap(run -> run.ended().stream())
                .max(Comparator.naturalOrder()),
            current.flatMap(Runs.Current::lastSuccess));
        verdict(estate, instance, association, runs);
      }
    }
  }

  private static void verdict(
      Estate estate, InstanceId instance, AssociationId association, List<Runs.Run> runs) {
    boolean member =
        estate.store.read(read -> Memberships.between(read, instance, association)).stream()
            .anyMatch(m -> m.leftPosition().isEmpty());
    Optional<Runs.Run> decides =
        runs.stream()
            .filter(run -> Verdicts.status(run.status(), false, false).isPresent())
            .reduce((_, last) -> last)
            .filter(_ -> member);
    Optional<Item> item =
        estate.store.read(
            read -> Compliance.find(read, instance, "Association", association.value()));
    assertEquals(decides.map(Runs.Run::id), item.map(Item::executionId));
    item.ifPresent(
        kept -> {
          boolean stale =
              kept.freshUntil().map(until -> !until.isAfter(estate.timers.now())).orElse(false);
          Status told = Verdicts.status(decides.orElseThrow().status(), false, false).orElseThrow();
          assertEquals(stale ? Status.UNKNOWN : told, kept.status());
        });
  }

  private static void same(List<String> wanted, List<String> actual, String message) {
    List<String> missing = new ArrayList<>(wanted);
    actual.forEach(missing::remove);
    List<String> more = new ArrayList<>(actual);
    wanted.forEach(more::remove);
    assertEquals(String.join("\n", missing), String.join("\n", more), message);
  }

  /** What does not tell in which order reports came. */
  private static List<String> comparable(Estate estate) {
    return Stream.of(
            "SELECT id, execution_id, association_id, instance_id, trigger, attempt, start_number,"
                + " spool_epoch_number, status, detailed_status, association_version,"
                + " document_version, revision_sha256, scheduled, started, ended, caught_up,"
                + " missed_ticks, steps, received, reason FROM run ORDER BY id",
            "SELECT id, association_id, association_version, trigger, time, revision_sha256,"
                + " target_count, reported, ended FROM execution ORDER BY id",
            "SELECT * FROM current_run ORDER BY instance_id, association_id",
            "SELECT * FROM compliance_item ORDER BY instance_id, id",
            "SELECT * FROM lane ORDER BY instance_id, lane",
            "SELECT instance_id, type, schema_version, captured, content_hash FROM inventory ORDER"
                + " BY instance_id, type",
            "SELECT type, resources, detail FROM log ORDER BY 1, 2, 3")
        .flatMap(sql -> estate.rows(sql).stream())
        .toList();
  }

  private static void furnish(Estate estate) {
    // Positions of a change are part of its name: every furnishing begins at the same one.
    for (int i = 0; i < INSTANCES; i++) {
      estate.addInstance(i);
    }
    for (int a = 0; a < ASSOCIATIONS; a++) {
      estate.addAssociation(a, "rate(1 hour)");
      for (int i = 0; i < INSTANCES; i++) {
        // The last instance never was a member of the last association.
        if (i + a < INSTANCES + ASSOCIATIONS - 2) {
          estate.enter(Estate.association(a), Estate.instance(i));
        }
      }
      estate.start(Estate.association(a), "a", Set.of());
    }
  }

  /** Reports as agents would write them: each run's progress and end, some runs without an end. */
  private List<Delivery.Spool> spools(RandomGenerator random) {
    Instant began = START_OF_TICKS;
    List<Delivery.Spool> spools = new ArrayList<>();
    for (int i = 0; i < INSTANCES; i++) {
      Map<Lane, List<Report>> lanes = new EnumMap<>(Lane.class);
      for (Lane lane : Lane.values()) {
        lanes.put(lane, new ArrayList<>());
      }
      Map<Integer, Long> numbers = new HashMap<>();
      Set<String> started = new HashSet<>();
      for (int n = 0; n < 14; n++) {
        int association = random.nextInt(ASSOCIATIONS);
        Trigger trigger =
            switch (random.nextInt(8)) {
              case 0 -> new Trigger.Manual("a");
              case 1 -> new Trigger.Manual("b");
              case 2 -> new Trigger.Tick(began.plusSeconds(1 + random.nextInt(3_000)));
              default -> new Trigger.Tick(began.plus(Duration.ofHours(1L + random.nextInt(8))));
            };
        if (!started.add(association + trigger.text())) {
          continue; // no trigger starts twice on an instance
        }
        long number = numbers.merge(association, 1L, Long::sum);
        int form = random.nextInt(5);
        if (form > 0) {
          add(lanes, Estate.report(association, trigger, number, RunStatus.IN_PROGRESS));
        }
        if (form < 4) {
          RunStatus end = ENDS[random.nextInt(ENDS.length)];
          add(lanes, Estate.report(association, trigger, number, end));
        }
        if (random.nextInt(4) == 0) {
          add(
              lanes,
              new dev.holdfast.report.Report.Inventory(
                  "AWS:Application",
                  "1.0",
                  began,
                  Items.hash(List.of(Map.of("Name", "n" + n))),
                  List.of(Map.of("Name", "n" + n))));
        }
      }
      spools.add(new Delivery.Spool(Estate.instance(i), lanes));
    }
    return spools;
  }

  private static final Instant START_OF_TICKS = Estate.START;

  private static void add(Map<Lane, List<Report>> lanes, dev.holdfast.report.Report report) {
    List<Report> lane = lanes.getOrDefault(report.lane(), new ArrayList<>());
    lane.add(ReportCodec.toProto(lane.size() + 1L, report));
  }

  /** One report after the other, each in a transaction of its own. */
  private static void inOrder(Estate estate, List<Delivery.Spool> spools) {
    Ingest ingest =
        new Ingest(estate.store, new InventoryDesk(new Stock()), Runnable::run, (_, _) -> {});
    for (Delivery.Spool spool : spools) {
      ingest.opened(spool.instance(), "spool", _ -> {});
      spool
          .lanes()
          .values()
          .forEach(
              lane ->
                  lane.forEach(
                      report ->
                          ingest.received(spool.instance(), "spool", List.of(report), _ -> {})));
    }
  }
}
