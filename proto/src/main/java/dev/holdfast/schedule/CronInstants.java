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
import org.jspecify.annotations.Nullable;

/**
 * The instants of a cron expression. A local time that a change of clocks skips stands for the
 * first valid instant after the gap; one that it doubles fires once, in the first pass. With {@code
 * *} in the hours field the schedule follows the hours that really pass instead.
 *
 * <p>Both never go back: a later local time never stands for an earlier instant. So the local time
 * of a moment is where the search for what comes after it can begin.
 */
final class CronInstants {
  /** No gap or overlap of any zone is longer. */
  private static final Duration LONGEST_TRANSITION = Duration.ofHours(25);

  /** Before the first local time of the first year in any zone. */
  private static final Instant EARLIEST = Instant.parse("1969-12-20T00:00:00Z");

  /** After the last local time of the last year in any zone, with any offset. */
  private static final Instant LATEST = Instant.parse("2200-01-10T00:00:00Z");

  private final CronFields fields;
  private final ZoneId zone;
  private final int offsetDays;

  CronInstants(CronFields fields, ZoneId zone, int offsetDays) {
    this.fields = fields;
    this.zone = zone;
    this.offsetDays = offsetDays;
  }

  /**
   * The first one strictly after a moment.
   *
   * @param anchor with an offset, only local times after that of the anchor count as a base
   */
  Optional<Instant> next(Instant after, Instant anchor) {
    if (after.isAfter(LATEST) || (offsetDays > 0 && anchor.isAfter(LATEST))) {
      return Optional.empty();
    }
    Instant from = after.isBefore(EARLIEST) ? EARLIEST : after;
    LocalDateTime earliestBase = LocalDateTime.MIN;
    if (offsetDays > 0 && anchor.isAfter(EARLIEST)) {
      earliestBase = LocalDateTime.ofInstant(anchor, zone);
    }
    return fields.everyHour() ? nextReal(from, earliestBase) : nextLocal(from, earliestBase);
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

  private Optional<Instant> nextLocal(Instant after, LocalDateTime earliestBase) {
    LocalDateTime base = LocalDateTime.ofInstant(after, zone).minusDays(offsetDays);
    LocalDateTime next = following(base.isBefore(earliestBase) ? earliestBase : base);
    while (next != null) {
      Instant instant = resolve(next.plusDays(offsetDays), zone);
      if (instant.isAfter(after)) {
        return Optional.of(instant);
      }
      // In the second pass: those of the first are over.
      next = following(next);
    }
    return Optional.empty();
  }

  private Optional<Instant> nextReal(Instant after, LocalDateTime earliestBase) {
    ZoneRules rules = zone.getRules();
    Instant from = after;
    if (!earliestBase.equals(LocalDateTime.MIN)) {
      Instant earliest = resolve(earliestBase.plusDays(offsetDays), zone);
      from = from.isBefore(earliest) ? earliest : from;
    }
    Instant near = from.plus(LONGEST_TRANSITION);
    while (true) {
      ZoneOffset offset = rules.getOffset(from);
      LocalDateTime start = LocalDateTime.ofInstant(from, offset).minusDays(offsetDays);
      LocalDateTime next = following(start.isBefore(earliestBase) ? earliestBase : start);
      Instant instant = next == null ? null : next.plusDays(offsetDays).toInstant(offset);
      ZoneOffsetTransition transition = rules.nextTransition(from);
      if (transition == null || (instant != null && instant.isBefore(transition.getInstant()))) {
        return Optional.ofNullable(instant);
      }
      // A change sets the clock back to before where it stood only if it is near; the others on the
      // way to the next local time that fits change nothing, however many they are.
      if (transition.getInstant().isAfter(near)) {
        if (instant == null) {
          return Optional.empty();
        }
        Instant close = instant.minus(LONGEST_TRANSITION).minus(LONGEST_TRANSITION);
        if (close.isAfter(transition.getInstant())) {
          from = close;
          continue;
        }
      }
      LocalDateTime base = transition.getDateTimeAfter().minusDays(offsetDays);
      if (matches(base) && base.isAfter(earliestBase)) {
        return Optional.of(transition.getInstant());
      }
      from = transition.getInstant();
    }
  }

  private boolean matches(LocalDateTime local) {
    return local.getSecond() == 0
        && fields.minutes().get(local.getMinute())
        && fields.hours().get(local.getHour())
        && local.getYear() >= CronFields.FIRST_YEAR
        && fields.years().get(local.getYear() - CronFields.FIRST_YEAR)
        && fields.months().get(local.getMonthValue())
        && (fields.days().in(YearMonth.from(local)) & 1 << local.getDayOfMonth()) != 0;
  }

  /** The first local time strictly after another that fits, by the calendar alone. */
  private @Nullable LocalDateTime following(LocalDateTime after) {
    LocalDateTime start = after.truncatedTo(ChronoUnit.MINUTES).plusMinutes(1);
    if (start.getYear() < CronFields.FIRST_YEAR) {
      start = LocalDate.of(CronFields.FIRST_YEAR, 1, 1).atStartOfDay();
    }
    LocalDate today = start.toLocalDate();
    LocalTime first = LocalTime.of(fields.hours().nextSetBit(0), fields.minutes().nextSetBit(0));
    int startYear = start.getYear() - CronFields.FIRST_YEAR;
    for (int year = fields.years().nextSetBit(startYear);
        year >= 0;
        year = fields.years().nextSetBit(year + 1)) {
      int startMonth = year == startYear ? start.getMonthValue() : 1;
      for (int month = fields.months().nextSetBit(startMonth);
          month >= 0;
          month = fields.months().nextSetBit(month + 1)) {
        YearMonth in = YearMonth.of(CronFields.FIRST_YEAR + year, month);
        boolean startsHere = year == startYear && month == start.getMonthValue();
        int days = fields.days().in(in) & (startsHere ? -1 << start.getDayOfMonth() : -1);
        while (days != 0) {
          LocalDate date = in.atDay(Integer.numberOfTrailingZeros(days));
          LocalTime time = date.equals(today) ? timeFrom(start.toLocalTime()) : first;
          if (time != null) {
            return date.atTime(time);
          }
          days &= days - 1;
        }
      }
    }
    return null;
  }

  private @Nullable LocalTime timeFrom(LocalTime from) {
    int hour = from.getHour();
    if (fields.hours().get(hour)) {
      int minute = fields.minutes().nextSetBit(from.getMinute());
      if (minute >= 0) {
        return LocalTime.of(hour, minute);
      }
    }
    int next = fields.hours().nextSetBit(hour + 1);
    return next < 0 ? null : LocalTime.of(next, fields.minutes().nextSetBit(0));
  }
}
