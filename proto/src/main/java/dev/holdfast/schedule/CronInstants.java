package dev.holdfast.schedule;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.Optional;

/**
 * The instants of a cron expression. A local time that a change of clocks skips stands for the
 * first valid instant after the gap; one that it doubles fires once, in the first pass. With {@code
 * *} in the hours field the schedule follows the hours that really pass instead.
 */
final class CronInstants {
  /** No gap or overlap of any zone is longer. */
  private static final Duration LONGEST_TRANSITION = Duration.ofHours(25);

  private CronInstants() {}

  static Optional<Instant> next(CronFields fields, ZoneId zone, Instant after) {
    return fields.everyHour() ? nextReal(fields, zone, after) : nextLocal(fields, zone, after);
  }

  /** The instant of a local time: after a gap, or in the first pass. */
  static Instant resolve(LocalDateTime local, ZoneId zone) {
    ZoneRules rules = zone.getRules();
    ZoneOffsetTransition transition = rules.getTransition(local);
    if (transition == null) {
      return local.toInstant(rules.getOffset(local));
    }
    return transition.isGap()
        ? transition.getInstant()
        : local.toInstant(transition.getOffsetBefore());
  }

  private static Optional<Instant> nextLocal(CronFields fields, ZoneId zone, Instant after) {
    LocalDateTime local = LocalDateTime.ofInstant(after, zone);
    // Near a change of clocks earlier local times may stand for later instants, so the search
    // begins before it.
    ZoneOffsetTransition previous = zone.getRules().previousTransition(after.plusNanos(1));
    if (previous != null && previous.getInstant().isAfter(after.minus(LONGEST_TRANSITION))) {
      local = local.minus(LONGEST_TRANSITION);
    }
    Optional<LocalDateTime> next = following(fields, local);
    while (next.isPresent()) {
      Instant instant = resolve(next.get(), zone);
      if (instant.isAfter(after)) {
        return Optional.of(instant);
      }
      next = following(fields, next.get());
    }
    return Optional.empty();
  }

  private static Optional<Instant> nextReal(CronFields fields, ZoneId zone, Instant after) {
    ZoneRules rules = zone.getRules();
    Instant from = after;
    while (true) {
      ZoneOffset offset = rules.getOffset(from);
      Optional<LocalDateTime> next = following(fields, LocalDateTime.ofInstant(from, offset));
      if (next.isEmpty()) {
        return Optional.empty();
      }
      Instant instant = next.get().toInstant(offset);
      ZoneOffsetTransition transition = rules.nextTransition(from);
      if (transition == null || instant.isBefore(transition.getInstant())) {
        return Optional.of(instant);
      }
      LocalDateTime first =
          LocalDateTime.ofInstant(transition.getInstant(), transition.getOffsetAfter());
      if (matches(fields, first) && transition.getInstant().isAfter(after)) {
        return Optional.of(transition.getInstant());
      }
      from = transition.getInstant();
    }
  }

  private static boolean matches(CronFields fields, LocalDateTime local) {
    return local.getSecond() == 0
        && local.getNano() == 0
        && fields.minutes().get(local.getMinute())
        && fields.hours().get(local.getHour())
        && fits(fields, YearMonth.from(local))
        && fields.fits(local.toLocalDate());
  }

  /** The first local time strictly after another that fits, by the calendar alone. */
  private static Optional<LocalDateTime> following(CronFields fields, LocalDateTime after) {
    LocalDateTime start = after.truncatedTo(ChronoUnit.MINUTES).plusMinutes(1);
    LocalDate date = start.toLocalDate();
    LocalTime from = start.toLocalTime();
    if (date.getYear() < CronFields.FIRST_YEAR) {
      date = LocalDate.of(CronFields.FIRST_YEAR, 1, 1);
      from = LocalTime.MIN;
    }
    while (date.getYear() <= CronFields.LAST_YEAR) {
      YearMonth month = YearMonth.from(date);
      if (!fits(fields, month)) {
        date = month.plusMonths(1).atDay(1);
        from = LocalTime.MIN;
        continue;
      }
      if (fields.fits(date)) {
        Optional<LocalTime> time = timeFrom(fields, from);
        if (time.isPresent()) {
          return Optional.of(date.atTime(time.get()));
        }
      }
      date = date.plusDays(1);
      from = LocalTime.MIN;
    }
    return Optional.empty();
  }

  private static boolean fits(CronFields fields, YearMonth month) {
    return month.getYear() >= CronFields.FIRST_YEAR && fields.fits(month);
  }

  private static Optional<LocalTime> timeFrom(CronFields fields, LocalTime from) {
    int hour = from.getHour();
    if (fields.hours().get(hour)) {
      int minute = fields.minutes().nextSetBit(from.getMinute());
      if (minute >= 0) {
        return Optional.of(LocalTime.of(hour, minute));
      }
    }
    int next = fields.hours().nextSetBit(hour + 1);
    return next < 0
        ? Optional.empty()
        : Optional.of(LocalTime.of(next, fields.minutes().nextSetBit(0)));
  }
}
