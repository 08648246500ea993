package dev.holdfast.calendar;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.YearMonth;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The local times that a recurrence rule gives (RFC 5545 section 3.3.10), from its start to the end
 * of {@link CalendarLimits#LAST_YEAR}. Whatever part of it is asked for, the search begins there,
 * and looks at each period of the rule once: its cost doesn't depend on how long ago the rule
 * started, nor on how seldom it fits.
 */
final class Recurrence {
  /** After it nothing recurs. */
  static final LocalDateTime END = LocalDateTime.of(CalendarLimits.LAST_YEAR, 12, 31, 23, 59, 59);

  private static final int KINDS_OF_YEARS = 14;

  /** How long a period of a rule is. */
  enum Frequency {
    /** A day. */
    DAILY,
    /** Seven days from the first day of the week on. */
    WEEKLY,
    /** A month. */
    MONTHLY,
    /** A year. */
    YEARLY
  }

  /**
   * A day of the week.
   *
   * @param nth which one of the month or year, counted from the end if negative; 0: each
   */
  record Weekday(int nth, DayOfWeek day) {}

  /**
   * What is chosen from each period; an empty set chooses all.
   *
   * @param months 1 to 12
   * @param monthDays 1 to 31, or -1 to -31 from the end
   * @param yearDays 1 to 366, or -1 to -366 from the end
   * @param times of each day, in order; at least one
   * @param positions which ones of a period's, 1 the first, -1 the last
   */
  record Choice(
      Set<Integer> months,
      Set<Integer> monthDays,
      Set<Integer> yearDays,
      List<Weekday> weekdays,
      List<LocalTime> times,
      Set<Integer> positions) {}

  private final LocalDateTime start;
  private final Frequency frequency;
  private final int interval;
  private final DayOfWeek firstOfWeek;
  private final Choice choice;
  private final LocalDateTime until;
  private final LocalDate begin;

  /** For each kind of year and month the days that fit, bits 1 to 31; filled when asked for. */
  private final int[] masks = new int[KINDS_OF_YEARS * 12];

  /**
   * A rule.
   *
   * @param start nothing is before it
   * @param interval how many periods from one to the next, at least 1
   * @param until the last that may be
   * @param count how many there are, or 0 for no such bound
   */
  Recurrence(
      LocalDateTime start,
      Frequency frequency,
      int interval,
      DayOfWeek firstOfWeek,
      Choice choice,
      @Nullable LocalDateTime until,
      int count) {
    this.start = start;
    this.frequency = frequency;
    this.interval = interval;
    this.firstOfWeek = firstOfWeek;
    this.choice = choice;
    this.begin = begin(0);
    LocalDateTime end = until == null || until.isAfter(END) ? END : until;
    this.until = count == 0 ? end : last(end, count);
  }

  /** Shows those from one local time to another, both included, in order, until told to stop. */
  void visit(LocalDateTime from, LocalDateTime to, Predicate<LocalDateTime> visitor) {
    visit(from, to, until, visitor);
  }

  private LocalDateTime last(LocalDateTime end, int count) {
    LocalDateTime[] last = {start.minusSeconds(1)};
    int[] left = {count};
    visit(
        start,
        end,
        end,
        time -> {
          last[0] = time;
          return --left[0] > 0;
        });
    return last[0];
  }

  private void visit(
      LocalDateTime from, LocalDateTime to, LocalDateTime until, Predicate<LocalDateTime> visitor) {
    LocalDateTime first = from.isBefore(start) ? start : from;
    LocalDateTime last = to.isAfter(until) ? until : to;
    if (choice.positions.isEmpty()) {
      visitMonths(first, last, visitor);
    } else {
      visitPeriods(first, last, visitor);
    }
  }

  /** Without positions a period is nothing but a condition on its days. */
  private void visitMonths(
      LocalDateTime first, LocalDateTime last, Predicate<LocalDateTime> visitor) {
    for (int year = first.getYear(); year <= last.getYear(); year++) {
      int kind = kind(year);
      int lastMonth = year == last.getYear() ? last.getMonthValue() : 12;
      for (int month = year == first.getYear() ? first.getMonthValue() : 1;
          month <= lastMonth;
          month++) {
        int days = mask(kind, year, month);
        days = days == 0 || interval == 1 ? days : inPeriods(days, year, month);
        while (days != 0) {
          LocalDate date = LocalDate.of(year, month, Integer.numberOfTrailingZeros(days));
          for (LocalTime time : choice.times) {
            LocalDateTime at = date.atTime(time);
            if (!at.isBefore(first) && (at.isAfter(last) || !visitor.test(at))) {
              return;
            }
          }
          days &= days - 1;
        }
      }
    }
  }

  /** Those of the days of a month, bits 1 to 31, that lie in periods of the rule. */
  private int inPeriods(int days, int year, int month) {
    int months = (year - start.getYear()) * 12 + month - start.getMonthValue();
    return switch (frequency) {
      case YEARLY -> (year - start.getYear()) % interval == 0 ? days : 0;
      case MONTHLY -> months % interval == 0 ? days : 0;
      case WEEKLY -> repeated(days, year, month, interval * 7, 7);
      case DAILY -> repeated(days, year, month, interval, 1);
    };
  }

  /** Those that are among the first so many days of each so many since the first period began. */
  private int repeated(int days, int year, int month, int each, int first) {
    long since = LocalDate.of(year, month, 1).toEpochDay() - begin.toEpochDay();
    int repeated = 0;
    for (int left = days; left != 0; left &= left - 1) {
      int day = Integer.numberOfTrailingZeros(left);
      repeated |= Math.floorMod(since + day - 1, each) < first ? 1 << day : 0;
    }
    return repeated;
  }

  private void visitPeriods(
      LocalDateTime first, LocalDateTime last, Predicate<LocalDateTime> visitor) {
    long period = Math.max(0, periods(first.toLocalDate()) / interval - 1);
    List<LocalDate> dates = new ArrayList<>();
    while (true) {
      LocalDate day = begin(period * interval);
      if (day.isAfter(last.toLocalDate())) {
        return;
      }
      LocalDate next = end(day).plusDays(1);
      if (frequency == Frequency.WEEKLY && nothingIn(day) && nothingIn(next)) {
        LocalDate month = next.withDayOfMonth(1).plusMonths(1);
        period = Math.max(period + 1, periods(month) / interval);
        continue;
      }
      dates.clear();
      addDates(day, end(day), dates);
      for (LocalDateTime time : chosen(dates)) {
        if (time.isAfter(last)) {
          return;
        }
        if (!time.isBefore(first) && !visitor.test(time)) {
          return;
        }
      }
      period++;
    }
  }

  /** How many periods lie between the start's and that of a later date. */
  private long periods(LocalDate date) {
    return switch (frequency) {
      case DAILY -> ChronoUnit.DAYS.between(begin, date);
      case WEEKLY -> ChronoUnit.WEEKS.between(begin, date);
      case MONTHLY -> ChronoUnit.MONTHS.between(begin, date);
      case YEARLY -> ChronoUnit.YEARS.between(begin, date);
    };
  }

  private LocalDate begin(long periods) {
    LocalDate date = start.toLocalDate();
    return switch (frequency) {
      case DAILY -> date.plusDays(periods);
      case WEEKLY -> date.with(TemporalAdjusters.previousOrSame(firstOfWeek)).plusWeeks(periods);
      case MONTHLY -> date.withDayOfMonth(1).plusMonths(periods);
      case YEARLY -> date.withDayOfYear(1).plusYears(periods);
    };
  }

  private LocalDate end(LocalDate day) {
    return switch (frequency) {
      case DAILY -> day;
      case WEEKLY -> day.plusDays(6);
      case MONTHLY -> day.plusMonths(1).minusDays(1);
      case YEARLY -> day.plusYears(1).minusDays(1);
    };
  }

  private void addDates(LocalDate first, LocalDate end, List<LocalDate> dates) {
    for (YearMonth month = YearMonth.from(first);
        !month.atDay(1).isAfter(end);
        month = month.plusMonths(1)) {
      int days = mask(kind(month.getYear()), month.getYear(), month.getMonthValue());
      while (days != 0) {
        LocalDate date = month.atDay(Integer.numberOfTrailingZeros(days));
        if (!date.isBefore(first) && !date.isAfter(end)) {
          dates.add(date);
        }
        days &= days - 1;
      }
    }
  }

  private Collection<LocalDateTime> chosen(List<LocalDate> dates) {
    int each = choice.times.size();
    int size = dates.size() * each;
    Collection<LocalDateTime> chosen = new TreeSet<>();
    for (int position : choice.positions) {
      int index = position > 0 ? position - 1 : size + position;
      if (index >= 0 && index < size) {
        chosen.add(dates.get(index / each).atTime(choice.times.get(index % each)));
      }
    }
    return chosen;
  }

  private boolean nothingIn(LocalDate month) {
    return mask(kind(month.getYear()), month.getYear(), month.getMonthValue()) == 0;
  }

  /** Which days fit depends on the weekday of 1 January and on whether it is a leap year. */
  private static int kind(int year) {
    LocalDate newYear = LocalDate.of(year, 1, 1);
    return (newYear.isLeapYear() ? 7 : 0) + newYear.getDayOfWeek().getValue() - 1;
  }

  private int mask(int kind, int year, int month) {
    int index = kind * 12 + month - 1;
    // Bit 0 says that the mask is there. Two threads at once write the same.
    if (masks[index] == 0) {
      YearMonth of = YearMonth.of(year, month);
      int mask = 1;
      for (int day = 1; day <= of.lengthOfMonth(); day++) {
        mask |= fits(of.atDay(day)) ? 1 << day : 0;
      }
      masks[index] = mask;
    }
    return masks[index] & ~1;
  }

  private boolean fits(LocalDate date) {
    int day = date.getDayOfMonth();
    int month = date.lengthOfMonth();
    int ofYear = date.getDayOfYear();
    int year = date.lengthOfYear();
    return (choice.months.isEmpty() || choice.months.contains(date.getMonthValue()))
        && (choice.monthDays.isEmpty()
            || choice.monthDays.contains(day)
            || choice.monthDays.contains(day - month - 1))
        && (choice.yearDays.isEmpty()
            || choice.yearDays.contains(ofYear)
            || choice.yearDays.contains(ofYear - year - 1))
        && (choice.weekdays.isEmpty() || weekday(date));
  }

  private boolean weekday(LocalDate date) {
    return (frequency == Frequency.YEARLY && choice.months.isEmpty())
        ? weekday(date.getDayOfWeek(), date.getDayOfYear(), date.lengthOfYear())
        : weekday(date.getDayOfWeek(), date.getDayOfMonth(), date.lengthOfMonth());
  }

  private boolean weekday(DayOfWeek day, int number, int of) {
    for (Weekday wanted : choice.weekdays) {
      if (wanted.day == day
          && (wanted.nth == 0
              || wanted.nth == (number - 1) / 7 + 1
              || wanted.nth == -((of - number) / 7 + 1))) {
        return true;
      }
    }
    return false;
  }
}
