package dev.holdfast.coordinator.retention;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Identity;
import dev.holdfast.association.InstanceId;
import dev.holdfast.association.Trigger;
import dev.holdfast.coordinator.execution.TickKeeper;
import dev.holdfast.coordinator.store.Executions;
import dev.holdfast.coordinator.store.Executions.Execution;
import dev.holdfast.coordinator.store.Runs;
import dev.holdfast.coordinator.store.Runs.Run;
import dev.holdfast.coordinator.testing.Estate;
import dev.holdfast.report.RunStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random histories of some months, in which rows go all the time: what is there is compared with
 * all that ever was. This knows what was told, and nothing of how the rows are looked through.
 */
final class RetentionPropertyTest {
  private static final Duration LONG = Duration.ofDays(64);
  private static final List<RunStatus> ENDS =
      List.of(
          RunStatus.SUCCESS,
          RunStatus.SUCCESS,
          RunStatus.FAILED,
          RunStatus.SKIPPED,
          RunStatus.CANCELLED,
          RunStatus.TIMED_OUT,
          RunStatus.INTERRUPTED);

  @SuppressWarnings("NullAway.Init") // set before each test
  @TempDir
  private Path folder;

  @SuppressWarnings("NullAway.Init") // set before each test
  private OldEstate past;

  private final Map<String, Run> told = new HashMap<>();
  private final Map<String, Execution> made = new HashMap<>();
  private final List<Trigger> asked = new ArrayList<>();
  private final Set<Trigger> ofFirst = new HashSet<>();
  private final List<Long> skipped = new ArrayList<>();
  private Random random = new Random(0);
  private boolean deleted;
  private long number;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 5})
  void whatIsThereIsWhatIsToStay(long seed) {
    random = new Random(seed);
    past = new OldEstate(folder);
    try (OldEstate closed = past) {
      for (int i = 1; i <= 3; i++) {
        closed.estate.addInstance(i);
      }
      past.estate.addAssociation(1, "rate(6 hours)");
      past.estate.addAssociation(2, "");
      enter(1);
      enter(2);
      new TickKeeper(past.estate.store, past.estate.timers).start();
      int steps = 0;
      while (now().isBefore(Estate.START.plus(LONG))) {
        past.estate.timers.advance(Duration.ofMinutes(1 + random.nextInt(14 * 60)));
        live();
        if (random.nextInt(4) == 0) {
          past.round();
        }
        if (++steps % 24 == 0) {
          past.round();
          check();
        }
      }
      assertTrue(past.count("run") * 2 < told.size(), told.size() + " were told of");
      assertEquals(List.of(), past.refused.stream().filter(r -> !r.contains("final")).toList());
    }
  }

  private Instant now() {
    return past.estate.timers.now();
  }

  private void enter(int association) {
    for (int i = 1; i <= 3; i++) {
      past.estate.enter(Estate.association(association), Estate.instance(i));
    }
  }

  private void live() {
    int chance = random.nextInt(100);
    if (chance < 8) {
      int association = 1 + random.nextInt(2);
      if (association == 1 || !deleted) {
        Trigger trigger =
            chance < 4
                ? past.estate.change(Estate.association(association))
                : past.estate.start(
                    Estate.association(association),
                    new UUID(random.nextLong(), random.nextLong()).toString(),
                    Set.of());
        asked.add(trigger);
        if (association == 1) {
          ofFirst.add(trigger);
        }
      }
    } else if (chance < 10) {
      past.newSpool(Estate.instance(1 + random.nextInt(3)));
    } else if (chance == 10 && !deleted && now().isAfter(Estate.START.plus(Duration.ofDays(20)))) {
      past.estate.delete(Estate.association(2));
      deleted = true;
    }
    for (int i = random.nextInt(6); i > 0; i--) {
      report();
    }
    remember();
  }

  /** Something that is due, or was long ago; often what was told before. */
  private void report() {
    InstanceId instance = Estate.instance(1 + random.nextInt(3));
    long ticks = Duration.between(Estate.START, now()).toHours() / 6;
    int association = 1;
    Trigger trigger;
    if (random.nextInt(4) == 0 && !asked.isEmpty()) {
      trigger = asked.get(random.nextInt(asked.size()));
      association = of(trigger);
    } else {
      long back = random.nextInt(3) == 0 ? random.nextLong(ticks + 1) : random.nextInt(4);
      long tick = Math.max(1, ticks - back);
      trigger = new Trigger.Tick(Estate.START.plus(Duration.ofHours(6 * tick)));
    }
    String id = Identity.runId(instance, Estate.association(association), trigger);
    Optional<Run> before = Optional.ofNullable(told.get(id));
    boolean ended = before.filter(run -> run.status().terminal()).isPresent();
    String rows = ended ? rows() : "";
    RunStatus status =
        random.nextInt(12) == 0 ? RunStatus.IN_PROGRESS : ENDS.get(random.nextInt(ENDS.size()));
    past.send(
        instance,
        OldEstate.report(
            association, trigger, before.map(Run::startNumber).orElseGet(this::next), status));
    if (ended) {
      assertEquals(rows, rows(), "told again: " + trigger.text());
    }
    Optional<Run> row = past.estate.store.read(read -> Runs.find(read, id));
    if (!ended) {
      row.ifPresent(run -> told.put(id, run));
    }
  }

  private int of(Trigger trigger) {
    return ofFirst.contains(trigger) ? 1 : 2;
  }

  private long next() {
    number++;
    if (random.nextInt(10) == 0) {
      skipped.add(number++);
    }
    return skipped.isEmpty() || random.nextInt(10) > 0
        ? number
        : skipped.remove(random.nextInt(skipped.size()));
  }

  private String rows() {
    return past.estate
            .rows(
                "SELECT (SELECT COUNT(*) FROM run), (SELECT COUNT(*) FROM execution), (SELECT"
                    + " COUNT(*) FROM ended_run), (SELECT COUNT(*) FROM current_run)")
            .getFirst()
        + past.estate.store.position();
  }

  private void remember() {
    for (String id : past.estate.rows("SELECT id FROM execution")) {
      past.estate.store.read(read -> Executions.find(read, id)).ifPresent(row -> made.put(id, row));
    }
  }

  private void check() {
    Instant forgotten = now().minus(OldEstate.KEPT.executions());
    Map<String, List<Run>> pairs =
        told.values().stream()
            .collect(Collectors.groupingBy(run -> run.instance() + " " + run.association()));
    boolean over =
        deleted
            && Long.parseLong(
                    past.estate
                        .rows("SELECT deleted FROM association WHERE deleted IS NOT NULL")
                        .getFirst())
                < forgotten.toEpochMilli();
    for (List<Run> pair : pairs.values()) {
      if (!(over && pair.getFirst().association().equals(Estate.association(2)))) {
        pair.sort(
            Comparator.comparingLong(Run::spoolEpochNumber)
                .thenComparingLong(Run::startNumber)
                .reversed());
        stays(pair);
        goes(pair);
      }
    }
    executions(forgotten, over);
  }

  private void stays(List<Run> pair) {
    Set<Run> stay = new HashSet<>(pair.stream().filter(run -> !run.status().terminal()).toList());
    stay.add(pair.getFirst());
    List<Predicate<Run>> newest =
        List.of(
            run -> run.status().terminal(),
            run -> run.status() == RunStatus.SUCCESS,
            run -> run.status().error());
    newest.forEach(which -> pair.stream().filter(which).findFirst().ifPresent(stay::add));
    pair.stream()
        .limit(OldEstate.KEPT.runsEach())
        .filter(run -> !run.received().isBefore(now().minus(OldEstate.KEPT.runs())))
        .forEach(stay::add);
    pair.stream()
        .filter(run -> !run.received().isBefore(now().minus(Duration.ofHours(1))))
        .forEach(stay::add);
    stay.forEach(run -> assertTrue(stored(run).isPresent(), () -> "it went: " + run));
    List<Run> shown = new ArrayList<>(pair.stream().limit(OldEstate.KEPT.outputs()).toList());
    pair.stream().filter(newest.getLast()).findFirst().ifPresent(shown::add);
    shown.forEach(
        run -> stored(run).ifPresent(row -> assertEquals(run.steps(), row.steps(), "output")));
    Run first = pair.getFirst();
    if (deleted && first.association().equals(Estate.association(2))) {
      return; // what comes after that says nothing of how things stand
    }
    assertEquals(first.id(), current(first).orElseThrow());
  }

  private Optional<String> current(Run of) {
    return past.estate
        .store
        .read(read -> Runs.current(read, of.instance(), of.association()))
        .map(Runs.Current::runId);
  }

  private Optional<Run> stored(Run run) {
    return past.estate.store.read(read -> Runs.find(read, run.id()));
  }

  /** What is there has a reason to be there, or its execution has one. */
  private void goes(List<Run> pair) {
    List<Run> there = pair.stream().filter(run -> stored(run).isPresent()).toList();
    Set<Object> seen = new HashSet<>();
    for (int i = 0; i < there.size(); i++) {
      Run run = there.get(i);
      Set<Object> says = new HashSet<>();
      if (run.status().terminal()) {
        says.add("ended");
        says.add(run.status().error() ? "failure" : run.status());
      }
      says.removeAll(List.of(RunStatus.SKIPPED, RunStatus.CANCELLED));
      says.removeAll(seen);
      seen.addAll(says);
      Instant since = i < OldEstate.KEPT.runsEach() ? now().minus(OldEstate.KEPT.runs()) : now();
      boolean own =
          i == 0
              || !says.isEmpty()
              || current(run).filter(run.id()::equals).isPresent()
              || !run.status().terminal()
              || !run.received().isBefore(since)
              || !run.received().isBefore(now().minus(Duration.ofHours(1)));
      Optional<Execution> execution =
          past.estate.store.read(read -> Executions.find(read, run.executionId()));
      boolean waits =
          execution
              .filter(row -> !(row.trigger() instanceof Trigger.Tick))
              .filter(row -> !row.notAfter().isBefore(now()))
              .isPresent();
      boolean watched =
          execution.filter(row -> row.ended().isEmpty()).isPresent()
              && past.estate
                  .rows(
                      "SELECT id FROM run WHERE execution_id = '"
                          + run.executionId()
                          + "' ORDER BY change DESC LIMIT 1")
                  .getFirst()
                  .equals(run.id());
      assertTrue(
          own || waits || watched,
          () ->
              "it is still there: "
                  + run.trigger()
                  + " at "
                  + now()
                  + " of "
                  + there.stream()
                      .map(
                          r ->
                              "%d.%d %s %s"
                                  .formatted(
                                      r.spoolEpochNumber(),
                                      r.startNumber(),
                                      r.status(),
                                      r.received()))
                      .toList());
    }
  }

  private void executions(Instant forgotten, boolean over) {
    Map<AssociationId, Execution> newest = new HashMap<>();
    for (Execution row : made.values()) {
      newest.merge(
          row.association(),
          row,
          (a, b) -> Executions.Place.of(a).time().isAfter(b.time()) ? a : b);
    }
    for (Execution row : made.values()) {
      boolean there = past.hasExecution(row.association(), row.trigger());
      List<Run> own =
          told.values().stream().filter(run -> run.executionId().equals(row.id())).toList();
      boolean open = own.stream().anyMatch(run -> !run.status().terminal());
      boolean old =
          row.time().isBefore(forgotten)
              && row.created().isBefore(forgotten)
              && row.notAfter().isBefore(now())
              && !open;
      assertTrue(there || old, () -> "it went: " + row);
      if (!there) {
        assertEquals(0, past.count("ended_run WHERE execution_id = '" + row.id() + "'"));
        continue;
      }
      boolean last =
          row.equals(newest.get(row.association()))
              || made.values().stream()
                  .filter(other -> other.association().equals(row.association()))
                  .filter(other -> other.trigger().getClass() == row.trigger().getClass())
                  .noneMatch(other -> other.time().isAfter(row.time()));
      boolean gone = over && row.association().equals(Estate.association(2));
      assertTrue(!old || (last && !gone), () -> "it is still there: " + row);
      if (random.nextInt(3) == 0) {
        targets(row, own);
      }
    }
  }

  private void targets(Execution row, List<Run> own) {
    Map<InstanceId, String> targets = past.targets(row.association(), row.id());
    for (Run run : own) {
      if (run.status().terminal()) {
        assertEquals(
            run.status() + " false",
            Objects.requireNonNull(targets.get(run.instance())),
            () -> "of " + row.trigger().text());
      }
    }
    assertEquals(
        own.stream().filter(run -> run.status().terminal()).count(),
        Long.parseLong(
            past.estate
                .rows("SELECT reported FROM execution WHERE id = '" + row.id() + "'")
                .getFirst()));
  }
}
