package dev.holdfast.coordinator.ingest;

import dev.holdfast.association.Identity;
import dev.holdfast.association.Trigger;
import dev.holdfast.coordinator.store.Associations;
import dev.holdfast.coordinator.store.Executions;
import dev.holdfast.coordinator.store.Memberships.Membership;
import dev.holdfast.coordinator.store.RateControl;
import dev.holdfast.coordinator.store.Runs;
import dev.holdfast.coordinator.testing.Estate;
import dev.holdfast.wire.v1.Association;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** What the rows say of a run's report: everything right, and what may be wrong with it. */
final class RunFacts {
  static final Instant CREATED = Instant.parse("2026-11-24T10:00:00Z");
  static final Instant ENTERED = Instant.parse("2026-11-24T10:15:00Z");
  static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
  static final Trigger TICK = new Trigger.Tick(Instant.parse("2026-11-24T11:00:00Z"));
  static final Trigger CHANGE = new Trigger.Change(1, 20);
  static final Associations.InForce HOURLY =
      new Associations.InForce(CREATED, "rate(1 hour)", "", 0, CREATED);
  static final Membership MEMBER =
      new Membership(
          Estate.instance(1),
          Estate.association(1),
          10,
          ENTERED,
          OptionalLong.empty(),
          Optional.empty());

  /** What the rows say, with everything right. */
  static final RunCheck.Facts RIGHT =
      new RunCheck.Facts(
          Estate.instance(1),
          Optional.of(Estate.row(1, Association.getDefaultInstance(), CREATED, CREATED)),
          List.of(MEMBER),
          List.of(HOURLY),
          Identity.executionId(Estate.association(1), TICK),
          Optional.empty(),
          Optional.of(new Associations.Revision(Estate.revision(1, 1), 3, 7, 1)),
          Optional.empty(),
          2,
          Forgotten.NOTHING,
          NOW);

  static final RunCheck.Facts NOTHING =
      new RunCheck.Facts(
          RIGHT.instance(),
          Optional.empty(),
          List.of(),
          List.of(),
          RIGHT.executionId(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          2,
          Forgotten.NOTHING,
          NOW);

  static Membership member(long position, Instant entered) {
    return new Membership(
        Estate.instance(1),
        Estate.association(1),
        position,
        entered,
        OptionalLong.empty(),
        Optional.empty());
  }

  static RunCheck.Facts own(Membership... own) {
    return facts(
        List.of(own), RIGHT.schedules(), Optional.empty(), RIGHT.revision(), Optional.empty());
  }

  /** An instance that came in a month later, when the schedule was set, by our clock. */
  static RunCheck.Facts aMonthLater() {
    Instant later = CREATED.plus(Duration.ofDays(30));
    return facts(
        List.of(member(1, later)),
        List.of(new Associations.InForce(later, "cron(0 * * * ? *)", "", 0, later)),
        Optional.empty(),
        RIGHT.revision(),
        Optional.empty());
  }

  static RunCheck.Facts withoutRevision() {
    return facts(
        RIGHT.own(), RIGHT.schedules(), Optional.empty(), Optional.empty(), Optional.empty());
  }

  static RunCheck.Facts schedules(Associations.InForce... schedules) {
    return facts(
        RIGHT.own(), List.of(schedules), Optional.empty(), RIGHT.revision(), Optional.empty());
  }

  static RunCheck.Facts before(Runs.Run before) {
    return facts(
        RIGHT.own(), RIGHT.schedules(), Optional.empty(), RIGHT.revision(), Optional.of(before));
  }

  static RunCheck.Facts execution(Trigger trigger, long position, Set<String> instances) {
    return facts(
        RIGHT.own(),
        RIGHT.schedules(),
        Optional.of(
            new Executions.Execution(
                Identity.executionId(Estate.association(1), trigger),
                Estate.association(1),
                1,
                trigger,
                "",
                NOW,
                position,
                "",
                instances,
                NOW,
                1,
                NOW,
                Optional.empty(),
                false,
                Optional.empty(),
                false,
                Optional.empty(),
                RateControl.NONE)),
        RIGHT.revision(),
        Optional.empty());
  }

  static RunCheck.Facts facts(
      List<Membership> own,
      List<Associations.InForce> schedules,
      Optional<Executions.Execution> execution,
      Optional<Associations.Revision> revision,
      Optional<Runs.Run> before) {
    return new RunCheck.Facts(
        RIGHT.instance(),
        RIGHT.association(),
        own,
        schedules,
        RIGHT.executionId(),
        execution,
        revision,
        before,
        2,
        Forgotten.NOTHING,
        NOW);
  }

  private RunFacts() {}
}
