package dev.holdfast.schedule;

import dev.holdfast.document.Problem;
import dev.holdfast.schedule.CronFields.Day;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the fields of a cron expression. Ranges may run backwards over the end, names may have any
 * case.
 */
final class CronReader {
  private static final List<String> MONTHS =
      List.of("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC");
  private static final List<String> WEEKDAYS =
      List.of("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT");
  private static final Pattern WORD = Pattern.compile("\\S+");
  private static final Pattern NUMBER = Pattern.compile("0*\\d{1,4}");
  private static final Pattern STEP = Pattern.compile("\\d{1,4}");
  private static final Pattern NEAREST = Pattern.compile("\\d+W");
  private static final Pattern ITEM = Pattern.compile("([^/-]+)(?:-([^/-]+))?(?:/(.+))?");

  private final List<Problem> errors;

  CronReader(List<Problem> errors) {
    this.errors = errors;
  }

  private record Word(String text, int column) {
    String quoted() {
      return ScheduleReader.quoted(text);
    }
  }

  /** What numbers a field takes, and what they are called. */
  private record Domain(String name, int first, int last, List<String> names, boolean wraps) {
    OptionalInt number(String text) {
      int named = names.indexOf(text.toUpperCase(Locale.ROOT));
      if (named >= 0) {
        return OptionalInt.of(named + 1);
      }
      if (!NUMBER.matcher(text).matches()) {
        return OptionalInt.empty();
      }
      int number = Integer.parseInt(text);
      return number >= first && number <= last ? OptionalInt.of(number) : OptionalInt.empty();
    }

    String allowed() {
      return first
          + " to "
          + last
          + (names.isEmpty() ? "" : " or " + names.getFirst() + " to " + names.getLast());
    }
  }

  private static final Domain MINUTE = new Domain("minutes", 0, 59, List.of(), true);
  private static final Domain HOUR = new Domain("hours", 0, 23, List.of(), true);
  private static final Domain DAY = new Domain("day-of-month", 1, 31, List.of(), true);
  private static final Domain MONTH = new Domain("month", 1, 12, MONTHS, true);
  private static final Domain WEEKDAY = new Domain("day-of-week", 1, 7, WEEKDAYS, true);
  private static final Domain YEAR =
      new Domain("year", CronFields.FIRST_YEAR, CronFields.LAST_YEAR, List.of(), false);

  Optional<CronFields> read(String content, int column) {
    List<Word> words = new ArrayList<>();
    Matcher matcher = WORD.matcher(content);
    while (matcher.find()) {
      words.add(new Word(matcher.group(), column + matcher.start()));
    }
    if (words.size() == 7) {
      Word seconds = words.removeFirst();
      if (!seconds.text.matches("0+")) {
        error(seconds.column, "the seconds field is " + seconds.quoted() + "; it must be 0");
      }
    }
    if (words.size() != 6) {
      error(
          column,
          words.size()
              + " fields; cron takes 6: minutes, hours, day-of-month, month, day-of-week, year");
      return Optional.empty();
    }
    BitSet minutes = numbers(words.get(0), MINUTE);
    BitSet hours = numbers(words.get(1), HOUR);
    BitSet months = numbers(words.get(3), MONTH);
    BitSet years = years(words.get(5));
    List<Day> days = days(words.get(2), words.get(4));
    return errors.isEmpty()
        ? Optional.of(
            new CronFields(
                minutes, hours, everyHour(words.get(1)), MonthDays.of(days), months, years))
        : Optional.empty();
  }

  /** As written, not as it comes out: {@code 0-23} names hours of the clock. */
  private static boolean everyHour(Word hours) {
    return hours.text.equals("*") || hours.text.equals("*/1");
  }

  private List<Day> days(Word ofMonth, Word ofWeek) {
    boolean noMonth = ofMonth.text.equals("?");
    boolean noWeek = ofWeek.text.equals("?");
    if (noMonth == noWeek) {
      error(
          ofMonth.column,
          noMonth
              ? "'?' in both day-of-month and day-of-week; exactly one of them must be '?'"
              : "both day-of-month and day-of-week are given; exactly one of them must be '?'");
    }
    List<Day> days = new ArrayList<>();
    if (!noMonth) {
      for (Word item : items(ofMonth)) {
        dayOfMonth(item).ifPresent(days::add);
      }
    }
    if (!noWeek) {
      for (Word item : items(ofWeek)) {
        dayOfWeek(item).ifPresent(days::add);
      }
    }
    return days;
  }

  private Optional<Day> dayOfMonth(Word item) {
    String text = item.text.toUpperCase(Locale.ROOT);
    if (text.equals("L")) {
      return Optional.of(new Day.Last());
    }
    if (text.equals("LW")) {
      return Optional.of(new Day.LastWorkday());
    }
    if (NEAREST.matcher(text).matches()) {
      OptionalInt day = DAY.number(text.substring(0, text.length() - 1));
      if (day.isPresent()) {
        return Optional.of(new Day.NearestWorkday(day.getAsInt()));
      }
    }
    return Optional.of(new Day.OfMonth(numbersOf(item, DAY)));
  }

  private Optional<Day> dayOfWeek(Word item) {
    String text = item.text.toUpperCase(Locale.ROOT);
    if (text.equals("L")) {
      return Optional.of(new Day.OfWeek(one(7)));
    }
    if (text.contains("#")) {
      String[] parts = text.split("#", 2);
      OptionalInt weekday = WEEKDAY.number(parts[0]);
      if (weekday.isEmpty() || !parts[1].matches("[1-5]")) {
        error(item.column, item.quoted() + "; a weekday, #, and 1 to 5 are allowed");
        return Optional.empty();
      }
      return Optional.of(new Day.NthOfWeek(weekday.getAsInt(), Integer.parseInt(parts[1])));
    }
    if (text.length() > 1 && text.endsWith("L")) {
      OptionalInt weekday = WEEKDAY.number(text.substring(0, text.length() - 1));
      if (weekday.isPresent()) {
        return Optional.of(new Day.LastOfWeek(weekday.getAsInt()));
      }
    }
    return Optional.of(new Day.OfWeek(numbersOf(item, WEEKDAY)));
  }

  private BitSet years(Word word) {
    BitSet years = numbers(word, YEAR);
    BitSet offsets = new BitSet();
    years.stream().forEach(year -> offsets.set(year - CronFields.FIRST_YEAR));
    return offsets;
  }

  private BitSet numbers(Word word, Domain domain) {
    BitSet numbers = new BitSet();
    for (Word item : items(word)) {
      numbers.or(numbersOf(item, domain));
    }
    return numbers;
  }

  private BitSet numbersOf(Word item, Domain domain) {
    BitSet numbers = new BitSet();
    Matcher matcher = ITEM.matcher(item.text);
    if (!matcher.matches()) {
      error(
          item.column, item.quoted() + " in " + domain.name + "; allowed are " + domain.allowed());
      return numbers;
    }
    boolean all = matcher.group(1).equals("*");
    OptionalInt from = all ? OptionalInt.of(domain.first) : domain.number(matcher.group(1));
    OptionalInt to =
        matcher.group(2) == null ? OptionalInt.empty() : domain.number(matcher.group(2));
    if (from.isEmpty() || (matcher.group(2) != null && (all || to.isEmpty()))) {
      error(
          item.column,
          item.quoted() + " is not a " + domain.name + " value; allowed are " + domain.allowed());
      return numbers;
    }
    int size = domain.last - domain.first + 1;
    int step = 1;
    if (matcher.group(3) != null) {
      if (!STEP.matcher(matcher.group(3)).matches() || Integer.parseInt(matcher.group(3)) < 1) {
        error(item.column, item.quoted() + " in " + domain.name + "; a step is a number from 1");
        return numbers;
      }
      step = Integer.parseInt(matcher.group(3));
    }
    int first = from.getAsInt();
    boolean open = all || (matcher.group(3) != null && matcher.group(2) == null);
    int last = open ? domain.last : to.orElse(first);
    if (last < first && !domain.wraps) {
      error(item.column, item.quoted() + " in " + domain.name + " runs backwards");
      return numbers;
    }
    int span = last >= first ? last - first : last + size - first;
    for (int i = 0; i <= span; i += step) {
      numbers.set((first - domain.first + i) % size + domain.first);
    }
    return numbers;
  }

  private List<Word> items(Word word) {
    List<Word> items = new ArrayList<>();
    int start = 0;
    for (String item : word.text.split(",", -1)) {
      items.add(new Word(item, word.column + start));
      start += item.length() + 1;
    }
    return items;
  }

  private void error(int column, String message) {
    errors.add(ScheduleReader.at(column, message));
  }

  private static BitSet one(int number) {
    BitSet set = new BitSet();
    set.set(number);
    return set;
  }
}
