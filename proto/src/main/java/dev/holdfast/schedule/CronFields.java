package dev.holdfast.schedule;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.temporal.TemporalAdjusters;
import java.util.BitSet;

/**
 * What the fields of a cron expression allow.
 *
 * @param minutes 0 to 59
 * @param hours 0 to 23
 * @param everyHour whether the hours field is {@code *}: then the schedule follows the hours that
 *     really pass
 * @param days of each month
 * @param months 1 to 12
 * @param years 1970 to 2199, as offsets from 1970
 */
record CronFields(
    BitSet minutes, BitSet hours, boolean everyHour, MonthDays days, BitSet months, BitSet years) {
  static final int FIRST_YEAR = 1970;
  static final int LAST_YEAR = 2199;

  /** Copies. */
  public CronFields {
    minutes = (BitSet) minutes.clone();
    hours = (BitSet) hours.clone();
    months = (BitSet) months.clone();
    years = (BitSet) years.clone();
  }

  /** One form in which a day can be named. */
  sealed interface Day {

    /** Whether the date is such a day. */
    boolean fits(LocalDate date);

    /** Days of the month by number. */
    record OfMonth(BitSet numbers) implements Day {
      @Override
      public boolean fits(LocalDate date) {
        return numbers.get(date.getDayOfMonth());
      }
    }

    /** {@code L}: the last day of the month. */
    record Last() implements Day {
      @Override
      public boolean fits(LocalDate date) {
        return date.getDayOfMonth() == date.lengthOfMonth();
      }
    }

    /** {@code LW}: the last day of the month that is Monday to Friday. */
    record LastWorkday() implements Day {
      @Override
      public boolean fits(LocalDate date) {
        return date.equals(nearestWorkday(YearMonth.from(date).atEndOfMonth()));
      }
    }

    /**
     * {@code nW}: the day Monday to Friday nearest to the n-th, in the same month; a month without
     * the n-th has none.
     */
    record NearestWorkday(int day) implements Day {
      @Override
      public boolean fits(LocalDate date) {
        YearMonth month = YearMonth.from(date);
        return month.isValidDay(day) && date.equals(nearestWorkday(month.atDay(day)));
      }
    }

    /** Days of the week, 1 is Sunday. */
    record OfWeek(BitSet numbers) implements Day {
      @Override
      public boolean fits(LocalDate date) {
        return numbers.get(number(date.getDayOfWeek()));
      }
    }

    /** {@code nL}: the last such weekday of the month. */
    record LastOfWeek(int weekday) implements Day {
      @Override
      public boolean fits(LocalDate date) {
        return date.equals(date.with(TemporalAdjusters.lastInMonth(day(weekday))));
      }
    }

    /** {@code n#k}: the k-th such weekday of the month. */
    record NthOfWeek(int weekday, int nth) implements Day {
      @Override
      public boolean fits(LocalDate date) {
        return date.getDayOfWeek() == day(weekday) && (date.getDayOfMonth() - 1) / 7 + 1 == nth;
      }
    }

    private static LocalDate nearestWorkday(LocalDate date) {
      return switch (date.getDayOfWeek()) {
        case SATURDAY -> date.getDayOfMonth() == 1 ? date.plusDays(2) : date.minusDays(1);
        case SUNDAY ->
            date.getDayOfMonth() == date.lengthOfMonth() ? date.minusDays(2) : date.plusDays(1);
        case MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY -> date;
      };
    }

    private static int number(DayOfWeek day) {
      return day.getValue() % 7 + 1;
    }

    private static DayOfWeek day(int number) {
      return number == 1 ? DayOfWeek.SUNDAY : DayOfWeek.of(number - 1);
    }
  }
}
