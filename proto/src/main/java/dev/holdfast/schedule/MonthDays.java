package dev.holdfast.schedule;

import dev.holdfast.schedule.CronFields.Day;
import java.time.YearMonth;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The days of each month that a cron expression allows. Every form in which a day can be named
 * depends on two things alone, the length of the month and the weekday of its first: there are 28
 * kinds of month, and a search over centuries is a look-up a month. A kind is looked at when it is
 * first asked for: most expressions are read for one tick.
 */
final class MonthDays {
  private static final int SHORTEST = 28;
  private static final int WEEKDAYS = 7;
  private static final List<YearMonth> ONE_OF_EACH_KIND = oneOfEachKind();

  /** Set in the mask of a kind that was looked at; no day is number 0. */
  private static final int KNOWN = 1;

  private final List<Day> days;

  /** Two threads may find the same at once; that does no harm. */
  private final int[] masks = new int[ONE_OF_EACH_KIND.size()];

  private MonthDays(List<Day> days) {
    this.days = days;
  }

  /** The days that at least one of the forms names. */
  static MonthDays of(Collection<Day> days) {
    return new MonthDays(List.copyOf(days));
  }

  /** The days of a month as bits 1 to 31. */
  int in(YearMonth month) {
    return ofKind(kind(month)) & ~KNOWN;
  }

  private int ofKind(int kind) {
    int known = masks[kind];
    if (known != 0) {
      return known;
    }
    YearMonth month = ONE_OF_EACH_KIND.get(kind);
    int mask = KNOWN;
    for (int day = 1; day <= month.lengthOfMonth(); day++) {
      for (Day form : days) {
        if (form.fits(month.atDay(day))) {
          mask |= 1 << day;
          break;
        }
      }
    }
    masks[kind] = mask;
    return mask;
  }

  private int[] all() {
    return IntStream.range(0, masks.length).map(this::ofKind).toArray();
  }

  private static int kind(YearMonth month) {
    int first = month.atDay(1).getDayOfWeek().getValue() - 1;
    return (month.lengthOfMonth() - SHORTEST) * WEEKDAYS + first;
  }

  private static List<YearMonth> oneOfEachKind() {
    YearMonth[] found = new YearMonth[4 * WEEKDAYS];
    // Within 28 years a 29 February falls on each weekday once.
    for (int i = 0; i < 28 * 12; i++) {
      YearMonth month = YearMonth.of(2000, 1).plusMonths(i);
      found[kind(month)] = month;
    }
    return List.of(found);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof MonthDays others && Arrays.equals(all(), others.all());
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(all());
  }
}
