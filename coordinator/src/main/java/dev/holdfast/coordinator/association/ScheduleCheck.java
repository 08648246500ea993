package dev.holdfast.coordinator.association;

import dev.holdfast.coordinator.admin.Findings;
import dev.holdfast.document.Problem;
import dev.holdfast.schedule.Schedule;
import dev.holdfast.schedule.ScheduleReader;
import dev.holdfast.schedule.ScheduleReading;
import dev.holdfast.schedule.Splay;
import dev.holdfast.wire.v1.Association;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Checks when an association recurs: everything that is wrong, at once. */
final class ScheduleCheck {
  /** Days after the day that a cron expression names. */
  static final int MAX_OFFSET_DAYS = 6;

  /** How many ticks ahead the smallest gap is looked for. */
  static final int TICKS_AHEAD = 100;

  private final BiConsumer<String, String> find;
  private final Instant now;
  private final boolean fires;

  private ScheduleCheck(BiConsumer<String, String> find, Instant now, boolean fires) {
    this.find = find;
    this.now = now;
    this.fires = fires;
  }

  /**
   * Tells what is wrong.
   *
   * @param find takes a field of the association, and what is wrong with it
   * @param fires whether the schedule has to fire again: not one that was there before
   */
  static void check(
      Association association, Instant now, boolean fires, BiConsumer<String, String> find) {
    new ScheduleCheck(find, now, fires).check(association);
  }

  private void check(Association association) {
    Optional<ZoneId> zone = zone(association.getScheduleTimezone());
    int offset = association.getScheduleOffset();
    boolean offsetFits = offset >= 0 && offset <= MAX_OFFSET_DAYS;
    if (!offsetFits) {
      find.accept("schedule_offset", "is " + offset + "; allowed are 0 to " + MAX_OFFSET_DAYS);
    }
    int splay = association.getScheduleSplaySeconds();
    boolean splayFits = splay >= 0 && splay <= Splay.MAX_SECONDS;
    if (!splayFits) {
      find.accept(
          "schedule_splay_seconds", "is " + splay + "; allowed are 0 to " + Splay.MAX_SECONDS);
    }
    if (association.getScheduleExpression().isEmpty()) {
      if (association.getApplyOnlyAtCronInterval()) {
        find.accept(
            "apply_only_at_cron_interval", "needs a schedule_expression: it would never run");
      }
      if (offset > 0) {
        find.accept("schedule_offset", "needs a cron expression");
      }
      return;
    }
    ScheduleReading reading =
        ScheduleReader.read(
            association.getScheduleExpression(),
            zone.orElse(ZoneOffset.UTC),
            offsetFits ? offset : 0);
    for (Problem error : reading.errors()) {
      find.accept("schedule_expression", error.text());
    }
    reading.schedule().ifPresent(schedule -> ticks(schedule, offset, splayFits ? splay : 0));
  }

  private Optional<ZoneId> zone(String name) {
    Optional<ZoneId> zone =
        name.isEmpty() ? Optional.of(ZoneOffset.UTC) : ScheduleReader.zone(name);
    if (zone.isEmpty()) {
      find.accept(
          "schedule_timezone",
          "'" + Findings.printable(name) + "' is no IANA time zone, like Europe/Berlin");
    }
    return zone;
  }

  private void ticks(Schedule schedule, int offset, int splay) {
    if (offset > 0 && !(schedule instanceof Schedule.Cron)) {
      find.accept("schedule_offset", "needs a cron expression");
    }
    Optional<Instant> tick = schedule.next(now, now);
    if (tick.isEmpty()) {
      if (fires) {
        find.accept("schedule_expression", "never fires again");
      }
      return;
    }
    for (int i = 0; i < TICKS_AHEAD && splay > 0; i++) {
      Optional<Instant> following = schedule.next(tick.get(), now);
      if (following.isEmpty()) {
        return;
      }
      long gap = Duration.between(tick.get(), following.get()).toSeconds();
      if (gap <= splay) {
        find.accept(
            "schedule_splay_seconds",
            "is " + splay + "; it must be below the smallest gap of the schedule, " + gap + " s");
        return;
      }
      tick = following;
    }
  }
}
