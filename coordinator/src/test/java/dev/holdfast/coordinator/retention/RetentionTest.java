package dev.holdfast.coordinator.retention;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Identity;
import dev.holdfast.association.InstanceId;
import dev.holdfast.association.Trigger;
import dev.holdfast.coordinator.execution.TickKeeper;
import dev.holdfast.coordinator.store.EventLog;
import dev.holdfast.coordinator.store.Executions;
import dev.holdfast.coordinator.store.Memberships;
import dev.holdfast.coordinator.store.Runs;
import dev.holdfast.coordinator.testing.Estate;
import dev.holdfast.coordinator.testing.Rows;
import dev.holdfast.report.Report;
import dev.holdfast.report.RunStatus;
import dev.holdfast.task.RetentionLimits;
import dev.holdfast.testing.ManualTimers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What late reports, repeats and readers meet after rows have gone. */
final class RetentionTest {
  @SuppressWarnings("NullAway.Init") // set before each test
  @TempDir
  private Path folder;

  @SuppressWarnings("NullAway.Init") // set before each test
  private OldEstate past;

  private InstanceId one = Estate.instance(1);
  private InstanceId two = Estate.instance(2);
  private AssociationId association = Estate.association(1);
  private long started;

  @BeforeEach
  void open() {
    past = new OldEstate(folder);
    one = past.estate.addInstance(1);
    two = past.estate.addInstance(2);
    association = past.estate.addAssociation(1, "rate(1 hour)");
    past.estate.enter(association, one, two);
  }

  @AfterEach
  void close() {
    past.close();
  }

  private static Trigger tick(int hour) {
    return new Trigger.Tick(Estate.START.plus(Duration.ofHours(hour)));
  }

  private void report(InstanceId instance, Trigger trigger, RunStatus status) {
    past.send(instance, OldEstate.report(1, trigger, ++started, status));
  }

  /** Ticks of hours, each with a success on one instance. */
  private void hours(int first, int last) {
    for (int hour = first; hour <= last; hour++) {
      past.estate.timers.advance(
          Duration.between(past.estate.timers.now(), Estate.START.plus(Duration.ofHours(hour))));
      report(one, tick(hour), RunStatus.SUCCESS);
    }
  }

  private List<String> facts() {
    List<String> dump = new ArrayList<>(past.estate.dump());
    dump.removeIf(row -> row.startsWith("lane:"));
    return dump;
  }

  @Test
  void runsBeyondTheNewestGoAndOutputGoesBefore() {
    hours(1, 10);
    for (int hour = 1; hour <= 10; hour++) {
      report(two, tick(hour), RunStatus.SUCCESS);
    }
    past.estate.timers.advance(Duration.ofHours(2));
    past.round();

    for (InstanceId instance : List.of(one, two)) {
      for (int hour = 1; hour <= 10; hour++) {
        assertEquals(
            hour <= 4 ? Optional.empty() : Optional.of(hour > 8),
            past.output(instance, association, tick(hour)),
            instance + " " + hour);
      }
    }
    assertEquals(8, past.count("ended_run"));
    past.send(two, OldEstate.report(1, tick(12), 99, RunStatus.SUCCESS));
    past.round();
    assertEquals(Optional.of(false), past.output(two, association, tick(9)));
  }

  @Test
  void whoWatchesAnExecutionMissesNothing() {
    hours(1, 20);
    past.estate.timers.advance(Duration.ofDays(6));
    past.round();
    String execution = Identity.executionId(association, tick(1));
    List<Runs.Changed> told = past.estate.store.read(read -> Runs.changed(read, execution, 0, 10));

    report(two, tick(1), RunStatus.SUCCESS);

    assertEquals(1, told.size(), "the run that was written last stays, since one has not told");
    assertEquals(
        List.of(two),
        past
            .estate
            .store
            .read(read -> Runs.changed(read, execution, told.getLast().change(), 10))
            .stream()
            .map(changed -> changed.run().instance())
            .toList());
  }

  @Test
  void aTargetReadsTheSameWhenItsRunIsGone() {
    hours(1, 10);
    report(two, tick(1), RunStatus.FAILED);
    report(two, tick(10), RunStatus.FAILED);
    Map<InstanceId, String> before = past.targets(association, tick(1));
    past.estate.timers.advance(Duration.ofDays(6));
    past.round();

    assertEquals(Optional.empty(), past.output(one, association, tick(1)));
    assertEquals(Map.of(one, "SUCCESS false", two, "FAILED false"), before);
    assertEquals(before, past.targets(association, tick(1)));
  }

  @Test
  void whatIsToldAgainOfARunThatIsGoneChangesNothing() {
    hours(1, 10);
    report(two, tick(1), RunStatus.SUCCESS);
    past.estate.timers.advance(Duration.ofDays(6));
    past.round();
    assertEquals(Optional.empty(), past.output(one, association, tick(1)));
    List<String> before = facts();

    for (RunStatus status : RunStatus.values()) {
      past.send(
          one, OldEstate.report(1, tick(1), 1, status), OldEstate.report(1, tick(1), 999, status));
    }

    assertEquals(List.of(), past.refused);
    assertEquals(before, facts());
  }

  @Test
  void whatIsToldOfAnExecutionThatIsGoneIsAcknowledgedAndNothingElse() {
    past.estate.timers.advance(Duration.ofHours(1));
    Trigger change = past.estate.change(association);
    Trigger manual =
        past.estate.start(association, "11111111-1111-4111-8111-111111111111", Set.of());
    hours(2, 3);
    report(one, change, RunStatus.SUCCESS);
    report(one, manual, RunStatus.SUCCESS);
    past.estate.timers.advance(Duration.ofDays(30));
    Trigger newer = past.estate.change(association);
    hours(31 * 24, 31 * 24 + 8);
    report(two, newer, RunStatus.SUCCESS);
    past.estate.timers.advance(Duration.ofDays(20));
    past.round();
    for (Trigger gone : List.of(change, manual, tick(2), tick(3))) {
      assertFalse(past.hasExecution(association, gone), gone.text());
    }
    assertTrue(past.hasExecution(association, newer), "the newest change");
    assertTrue(past.hasExecution(association, tick(31 * 24 + 8)), "the newest tick");
    assertEquals(0, past.count("ended_run WHERE execution_id NOT IN (SELECT id FROM execution)"));
    List<String> before = facts();

    for (Trigger gone : List.of(change, manual, tick(1), tick(2), tick(3))) {
      past.send(one, OldEstate.report(1, gone, 1, RunStatus.SUCCESS));
      past.send(two, OldEstate.report(1, gone, 2, RunStatus.FAILED));
      past.send(two, OldEstate.report(1, gone, 3, RunStatus.IN_PROGRESS));
    }

    assertEquals(List.of(), past.refused);
    assertEquals(before, facts());
  }

  @Test
  void whatNeverWasIsRefusedAsBefore() {
    past.send(one, OldEstate.report(1, new Trigger.Change(1, 777), 1, RunStatus.SUCCESS));
    past.send(one, OldEstate.report(1, new Trigger.Tick(Instant.EPOCH), 1, RunStatus.SUCCESS));
    past.send(
        one,
        OldEstate.report(
            1, new Trigger.Manual("22222222-2222-4222-8222-222222222222"), 1, RunStatus.SUCCESS));

    assertEquals(3, past.refused.size(), past.refused.toString());
  }

  @Test
  void whatHasNotEndedAndWhatMayStillStartStays() {
    Trigger manual =
        past.estate.start(association, "33333333-3333-4333-8333-333333333333", Set.of());
    hours(1, 9);
    report(two, tick(1), RunStatus.IN_PROGRESS);
    report(two, tick(9), RunStatus.SUCCESS);
    report(one, manual, RunStatus.SUCCESS);
    report(two, manual, RunStatus.SUCCESS);
    hours(10, 20);
    past.estate.timers.advance(Duration.ofDays(20));
    past.round();

    assertTrue(past.output(one, association, manual).isPresent(), "sets rest on it");
    past.estate.timers.advance(Duration.ofDays(60));
    past.round();

    assertTrue(past.output(two, association, tick(1)).isPresent(), "it has not ended");
    assertTrue(past.hasExecution(association, tick(1)), "nor has this");
    assertFalse(past.hasExecution(association, tick(2)));
    assertFalse(past.hasExecution(association, manual));
    assertEquals(Optional.empty(), past.output(one, association, manual));
  }

  @Test
  void whatSaysHowThingsStandStaysForEver() {
    hours(1, 3);
    report(one, tick(2), RunStatus.SUCCESS);
    past.estate.timers.advance(Duration.ofHours(1));
    report(one, tick(4), RunStatus.FAILED);
    past.estate.timers.advance(Duration.ofHours(1));
    report(one, tick(5), RunStatus.SKIPPED);
    past.estate.timers.advance(Duration.ofDays(400));
    past.round();
    past.round();

    assertTrue(past.output(one, association, tick(5)).isPresent(), "the newest");
    assertEquals(Optional.of(true), past.output(one, association, tick(4)), "the last failure");
    assertTrue(past.output(one, association, tick(3)).isPresent(), "the last success");
    assertFalse(past.hasExecution(association, tick(3)));
    Optional<Runs.Current> current =
        past.estate.store.read(read -> Runs.current(read, one, association));
    assertEquals(RunStatus.SKIPPED, current.orElseThrow().status());
    assertTrue(current.get().lastSuccess().isPresent());
  }

  @Test
  void theNewestTickIsNotMadeAnew() {
    past.estate.reschedule(association, "at(2026-11-24T14:00:00)");
    new TickKeeper(past.estate.store, past.estate.timers).start();
    past.estate.timers.advance(Duration.ofHours(4));
    report(one, tick(2), RunStatus.SUCCESS);
    past.estate.timers.advance(Duration.ofDays(400));
    past.round();
    List<String> before = past.estate.rows("SELECT id FROM execution");

    new TickKeeper(past.estate.store, past.estate.timers).start();
    past.estate.timers.advance(Duration.ofHours(1));

    assertEquals(before, past.estate.rows("SELECT id FROM execution"));
    assertTrue(before.contains(Identity.executionId(association, tick(2))), before.toString());
  }

  @Test
  void anEnterStaysForAMemberThatHasNotComeBackYet() throws IOException {
    try (Rows rows = new Rows(Files.createDirectory(folder.resolve("other")))) {
      InstanceId away = rows.instance(1);
      InstanceId left = rows.instance(2);
      AssociationId id = rows.create(1);
      rows.enter(id, away);
      rows.enter(id, left);
      rows.leave(id, left);
      rows.edit(id, Rows.Shape.PLAIN);
      rows.timers.advance(Duration.ofDays(100));
      ManualTimers own = new ManualTimers(rows.timers.now());
      new Retention(rows.store, UUID::randomUUID, own, rows.timers::now, OldEstate.KEPT).start();
      own.advance(Duration.ofMinutes(59));

      assertEquals(
          List.of("Change", "Enter"),
          rows.store.read(read -> Executions.made(read, id, Instant.EPOCH)).stream()
              .map(execution -> execution.trigger().getClass().getSimpleName())
              .toList());
      assertEquals(
          List.of(away),
          rows.store.read(read -> Memberships.everOf(read, id)).stream()
              .map(Memberships.Membership::instance)
              .toList());
    }
  }

  @Test
  void ofAnAssociationThatWasDeletedEverythingGoesButItsRow() {
    hours(1, 5);
    past.estate.delete(association);
    past.estate.timers.advance(Duration.ofDays(31));
    past.round();
    assertTrue(past.hasExecution(association, tick(5)));
    assertTrue(past.count("association_version") > 0);

    past.estate.timers.advance(Duration.ofDays(70));
    past.round();
    past.round();

    for (String table :
        List.of(
            "run",
            "execution",
            "ended_run",
            "membership",
            "current_run",
            "association_version",
            "schedule_in_force",
            "revision")) {
      assertEquals(0, past.count(table), table);
    }
    assertEquals(1, past.count("association"));
    List<String> before = facts();
    past.send(one, OldEstate.report(1, tick(1_000), 77, RunStatus.SUCCESS));
    assertEquals(List.of(), past.refused);
    assertEquals(before, facts());
  }

  @Test
  void whoLeftLongAgoIsForgottenAndWhoIsThereIsNot() {
    hours(1, 2);
    past.estate.leave(association, two);
    past.estate.timers.advance(Duration.ofDays(31));
    past.round();
    assertEquals(2, past.count("membership"));

    past.estate.timers.advance(Duration.ofDays(2));
    past.round();

    assertEquals(List.of(one.value()), past.estate.rows("SELECT instance_id FROM membership"));
  }

  @Test
  void eventsGoByTheirAgeButNotTheNewestNorWhatAWebhookIsStillToGet() {
    hours(1, 30);
    long newest = past.estate.store.position();
    past.estate.timers.advance(Duration.ofDays(8));
    past.round();
    assertEquals(1, oldest());

    webhook("OK", 7);
    past.estate.timers.advance(Duration.ofDays(4));
    past.round();
    assertEquals(8, oldest());

    webhook("GIVEN_UP", 7);
    past.round();
    assertEquals(newest, oldest());
    past.crash();
    assertEquals(newest, past.estate.store.position());
  }

  private long oldest() {
    return past.estate.store.read(EventLog::oldest);
  }

  private void webhook(String condition, long position) {
    past.estate.sql(
        "INSERT OR REPLACE INTO webhook VALUES ('hook', 'https://h.example', '[]', '', x'', 1, "
            + position
            + ", '"
            + condition
            + "', '', 0, 0, NULL)");
  }

  @Test
  void freezesGoByTheirEndButNotTheNewest() {
    past.estate.sql(
        "INSERT INTO freeze VALUES (1, 0, 5, 'over by itself', 'a', NULL)",
        "INSERT INTO freeze VALUES (2, 0, NULL, 'ended', 'a', 6)",
        "INSERT INTO freeze VALUES (3, 0, 9999999999999, 'lasts', 'a', NULL)",
        "INSERT INTO freeze VALUES (4, 0, 7, 'the newest', 'a', NULL)");
    past.round();

    assertEquals(List.of("3", "4"), past.estate.rows("SELECT position FROM freeze"));
  }

  @Test
  void manyGoInSmallTransactionsAndACrashBetweenTwoOfThemLosesNothing() {
    List<Report.Run> reports = new ArrayList<>();
    for (int hour = 1; hour <= 2_300; hour++) {
      reports.add(
          OldEstate.report(
              1, tick(hour), hour, hour % 500 == 0 ? RunStatus.FAILED : RunStatus.SUCCESS));
    }
    past.estate.timers.advance(Duration.ofHours(2_300));
    for (InstanceId instance : List.of(one, two)) {
      for (int from = 0; from < reports.size(); from += 100) {
        past.send(instance, reports.subList(from, from + 100).toArray(Report.Run[]::new));
      }
    }
    past.estate.timers.advance(Duration.ofDays(6));
    List<Integer> gone = new ArrayList<>();
    long rows = past.count("run");
    for (int crash = 0; crash < 40 && past.count("run") > 4; crash++) {
      var own = new ManualTimers(past.estate.timers.now());
      past.retention(own).start();
      for (int step = 0; step <= crash % 4; step++) {
        own.advance(RetentionLimits.PAUSE);
        long left = past.count("run");
        gone.add(Math.toIntExact(rows - left));
        rows = left;
        assertEquals(
            0,
            past.count(
                "execution AS e WHERE e.reported <> (SELECT COUNT(*) FROM run WHERE execution_id ="
                    + " e.id) + (SELECT COUNT(*) FROM ended_run WHERE execution_id = e.id)"));
      }
      past.crash();
    }

    assertTrue(gone.stream().allMatch(count -> count <= 1_000), gone.toString());
    assertTrue(gone.stream().filter(count -> count > 0).count() > 4, gone.toString());
    past.round();
    for (InstanceId instance : List.of(one, two)) {
      assertEquals(Optional.of(true), past.output(instance, association, tick(2_300)));
      assertEquals(Optional.of(true), past.output(instance, association, tick(2_000)));
    }
    assertEquals(4, past.count("run"));
  }
}
