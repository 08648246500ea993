package dev.holdfast.coordinator.execution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.association.AssociationId;
import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.store.Associations;
import dev.holdfast.coordinator.store.Executions;
import dev.holdfast.coordinator.testing.Estate;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TickKeeperTest {
  @TempDir Path folder;
  private Estate estate;

  @BeforeEach
  void open() {
    estate = new Estate(folder);
  }

  @AfterEach
  void close() {
    estate.close();
  }

  @Test
  void aTickOverManyIdleInstancesWritesOneRow() {
    AssociationId id = estate.addAssociation(1, "cron(0 * * * ? *)");
    estate.enter(
        id, IntStream.range(0, 1_000).mapToObj(Estate::instance).toArray(InstanceId[]::new));
    keep();

    estate.timers.advance(Duration.ofMinutes(59));
    assertEquals(List.of(), ticks(id));
    estate.timers.advance(Duration.ofMinutes(2));

    assertEquals(List.of("2026-11-24T13:00:00Z"), ticks(id));
    Executions.Execution row =
        estate
            .store
            .read(read -> Executions.behind(read, id, Executions.Place.NEWEST, 10))
            .getFirst();
    assertEquals(1_000, row.targetCount());
    assertEquals(Estate.revision(1, 1).hex(), row.revisionSha256());
    assertEquals(Instant.parse("2026-12-25T13:00:00Z"), row.notAfter());
    assertEquals(List.of(), estate.rows("SELECT * FROM run"));
  }

  @Test
  void eachMinuteIsOneWriteAMinute() {
    AssociationId id = estate.addAssociation(1, "rate(1 minute)");
    estate.enter(id, estate.addInstance(1));
    keep();
    estate.timers.advance(Duration.ofSeconds(1));
    long before = estate.store.position();

    estate.timers.advance(Duration.ofMinutes(10));

    assertEquals(10, ticks(id).size());
    assertEquals(before + 10, estate.store.position(), "one event a row and nothing else");
    assertTrue(estate.timers.waiting() <= 1, "it sleeps until the next one");
  }

  @Test
  void membersAreThoseWhoCameBeforeTheTick() {
    AssociationId id = estate.addAssociation(1, "rate(1 hour)");
    estate.enter(id, Estate.instance(1), Estate.instance(2));
    keep();
    estate.timers.advance(Duration.ofMinutes(30));
    estate.leave(id, Estate.instance(1));
    estate.timers.advance(Duration.ofMinutes(29));
    estate.enter(id, Estate.instance(3));

    estate.timers.advance(Duration.ofMinutes(2));

    assertEquals(
        2,
        estate
            .store
            .read(read -> Executions.behind(read, id, Executions.Place.NEWEST, 10))
            .getFirst()
            .targetCount());
  }

  @Test
  void withoutMembersOrWithNothingToExecuteATickIsNoExecution() {
    AssociationId idle = estate.addAssociation(1, "rate(1 minute)");
    AssociationId broken = estate.addAssociation(2, "rate(1 minute)");
    estate.enter(broken, Estate.instance(1));
    estate.store.write(
        write -> {
          Associations.Association row = Associations.find(write.read(), broken).orElseThrow();
          Associations.put(
              write,
              new Associations.Association(
                  row.id(),
                  row.name(),
                  row.version(),
                  row.documentName(),
                  row.created(),
                  row.updated(),
                  row.deleted(),
                  Optional.empty(),
                  row.effectiveFrom(),
                  row.anchor()));
          return true;
        });
    keep();

    estate.timers.advance(Duration.ofMinutes(3));
    estate.enter(idle, Estate.instance(1));
    estate.timers.advance(Duration.ofMinutes(1));

    assertEquals(List.of("2026-11-24T12:04:00Z"), ticks(idle));
    assertEquals(List.of(), ticks(broken));
  }

  @Test
  void aChangeOfTheScheduleIsFollowedAtOnce() {
    AssociationId id = estate.addAssociation(1, "rate(1 day)");
    estate.enter(id, Estate.instance(1));
    keep();
    estate.timers.advance(Duration.ofMinutes(10));

    estate.reschedule(id, "rate(1 hour)");
    estate.timers.advance(Duration.ofMinutes(61));
    assertEquals(List.of("2026-11-24T13:10:00Z"), ticks(id));

    estate.reschedule(id, "");
    estate.timers.advance(Duration.ofDays(2));
    assertEquals(1, ticks(id).size(), "disabled");

    AssociationId other = estate.addAssociation(2, "rate(1 hour)");
    estate.enter(other, Estate.instance(1));
    estate.timers.advance(Duration.ofMinutes(61));
    assertEquals(1, ticks(other).size());
    estate.delete(other);
    estate.timers.advance(Duration.ofDays(1));
    assertEquals(1, ticks(other).size(), "deleted");
    assertEquals(0, estate.timers.waiting(), "nothing to come, nothing waits");
  }

  @Test
  void afterAStartOnlyTheNewestMissedTickGetsARow() {
    AssociationId minutely = estate.addAssociation(1, "rate(1 minute)");
    AssociationId daily = estate.addAssociation(2, "rate(1 day)");
    estate.enter(minutely, Estate.instance(1));
    estate.enter(daily, Estate.instance(1));
    estate.timers.advance(Duration.ofHours(5).plusSeconds(30));

    keep();
    estate.timers.advance(Duration.ZERO);

    assertEquals(List.of("2026-11-24T17:00:00Z"), ticks(minutely));
    assertEquals(List.of(), ticks(daily));

    keep();
    estate.timers.advance(Duration.ofSeconds(1));
    assertEquals(1, ticks(minutely).size(), "a second keeper writes the same rows");
  }

  @Test
  void theVersionIsTheOneThatWasInForceThen() {
    AssociationId id = estate.addAssociation(1, "rate(1 hour)");
    estate.enter(id, Estate.instance(1));
    estate.timers.advance(Duration.ofMinutes(90));
    estate.store.write(
        write -> {
          Associations.Association row = Associations.find(write.read(), id).orElseThrow();
          Associations.addVersion(write, id, 2, new byte[0]);
          Associations.addRevision(
              write, id, new Associations.Revision(Estate.revision(1, 2), 2, 8, 1));
          Associations.put(
              write,
              new Associations.Association(
                  id,
                  row.name(),
                  2,
                  row.documentName(),
                  row.created(),
                  write.now(),
                  row.deleted(),
                  Optional.of(Estate.revision(1, 2)),
                  row.effectiveFrom(),
                  row.anchor()));
          return true;
        });

    keep();
    estate.timers.advance(Duration.ofHours(1));

    List<Executions.Execution> rows =
        estate.store.read(read -> Executions.behind(read, id, Executions.Place.NEWEST, 10));
    assertEquals(
        List.of(2, 1), rows.stream().map(Executions.Execution::associationVersion).toList());
    assertEquals(
        List.of(Estate.revision(1, 2).hex(), Estate.revision(1, 1).hex()),
        rows.stream().map(Executions.Execution::revisionSha256).toList());
  }

  @Test
  void aClockThatStepsIsNoticed() {
    AssociationId id = estate.addAssociation(1, "rate(1 day)");
    estate.enter(id, Estate.instance(1));
    keep();
    estate.timers.advance(Duration.ofMinutes(1));

    estate.timers.step(Duration.ofDays(1));
    estate.timers.advance(TickKeeper.LONGEST_SLEEP);

    assertEquals(List.of("2026-11-25T12:00:00Z"), ticks(id));
  }

  @Test
  void aStoreThatFailsIsTriedAgain() {
    AssociationId id = estate.addAssociation(1, "rate(1 hour)");
    estate.enter(id, Estate.instance(1));
    keep();
    estate.sql(
        "CREATE TRIGGER full BEFORE INSERT ON execution BEGIN SELECT RAISE(ABORT, 'full'); END");
    estate.timers.advance(Duration.ofMinutes(61));
    assertEquals(List.of(), ticks(id));

    estate.sql("DROP TRIGGER full");
    estate.timers.advance(TickKeeper.RETRY);

    assertEquals(List.of("2026-11-24T13:00:00Z"), ticks(id));
  }

  @Test
  void manyAtOnceComeInSeveralTransactions() {
    for (int i = 0; i < TickKeeper.MAX_TICKS_AT_ONCE + 5; i++) {
      estate.enter(estate.addAssociation(i, "rate(1 hour)"), Estate.instance(1));
    }
    keep();

    estate.timers.advance(Duration.ofHours(1));

    assertEquals(
        List.of(Integer.toString(TickKeeper.MAX_TICKS_AT_ONCE + 5)),
        estate.rows("SELECT COUNT(*) FROM execution"));
  }

  private void keep() {
    new TickKeeper(estate.store, estate.timers).start();
    estate.timers.advance(Duration.ZERO);
  }

  private List<String> ticks(AssociationId id) {
    return estate
        .store
        .read(read -> Executions.behind(read, id, Executions.Place.NEWEST, 1_000))
        .stream()
        .map(execution -> execution.time().toString())
        .toList();
  }
}
