package dev.holdfast.schedule;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/**
 * A cron expression drawn at random, with its meaning beside it: said a second time, day by day and
 * number by number, with nothing of the engine.
 */
record RandomCron(
    String text,
    Set<Integer> minutes,
    Set<Integer> hours,
    boolean everyHour,
    Predicate<LocalDate> day,
    Set<Integer> months,
    Set<Integer> years) {
  private static final List<String> MONTHS =
      List.of("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC");
  private static final List<String> WEEKDAYS =
      List.of("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT");

  /** How frequent it may be. */
  enum Density {
    /** Anything. */
    ANY,
    /** One time of day, in some years. */
    SPARSE
  }

  /** A part of a field: how it is written, and the numbers that it names. */
  private record Part(String text, Set<Integer> numbers) {}

  /** A part of a day field: how it is written, and the days that it names. */
  private record DayPart(String text, Predicate<LocalDate> fits) {}

  static RandomCron draw(RandomGenerator random, Density density) {
    boolean sparse = density == Density.SPARSE;
    Part minutes = sparse ? single(random, 0, 59) : numbers(random, 0, 59, List.of());
    Part hours = sparse ? single(random, 0, 23) : numbers(random, 0, 23, List.of());
    Part months = numbers(random, 1, 12, MONTHS);
    Part years =
        sparse
            ? numbers(random, 1970, 2199, List.of())
            : new Part("*", new TreeSet<>(range(1970, 2199)));
    boolean byWeek = random.nextBoolean();
    List<DayPart> days = new ArrayList<>();
    int parts = 1 + Math.max(0, random.nextInt(5) - 2);
    for (int i = 0; i < parts; i++) {
      days.add(byWeek ? weekday(random) : monthday(random));
    }
    String day = String.join(",", days.stream().map(DayPart::text).toList());
    return new RandomCron(
        "cron("
            + String.join(
                random.nextInt(9) == 0 ? "  " : " ",
                minutes.text,
                hours.text,
                byWeek ? "?" : day,
                months.text,
                byWeek ? day : "?",
                years.text)
            + ")",
        minutes.numbers,
        hours.numbers,
        hours.text.equals("*") || hours.text.equals("*/1"),
        date -> days.stream().anyMatch(part -> part.fits.test(date)),
        months.numbers,
        years.numbers);
  }

  boolean fits(LocalDateTime local) {
    return local.getSecond() == 0
        && minutes.contains(local.getMinute())
        && hours.contains(local.getHour())
        && fits(local.toLocalDate());
  }

  boolean fits(LocalDate date) {
    return months.contains(date.getMonthValue())
        && years.contains(date.getYear())
        && day.test(date);
  }

  private static Part single(RandomGenerator random, int first, int last) {
    int number = random.nextInt(first, last + 1);
    return new Part(written(random, number, List.of()), Set.of(number));
  }

  private static Part numbers(RandomGenerator random, int first, int last, List<String> names) {
    if (random.nextInt(3) == 0) {
      return new Part("*", new TreeSet<>(range(first, last)));
    }
    List<String> texts = new ArrayList<>();
    Set<Integer> numbers = new TreeSet<>();
    int parts = 1 + Math.max(0, random.nextInt(5) - 2);
    for (int i = 0; i < parts; i++) {
      Part part = part(random, first, last, names);
      texts.add(part.text);
      numbers.addAll(part.numbers);
    }
    return new Part(String.join(",", texts), numbers);
  }

  private static Part part(RandomGenerator random, int first, int last, List<String> names) {
    int a = random.nextInt(first, last + 1);
    int b = random.nextInt(first, last + 1);
    if (first == 1970 && b < a) {
      b = last;
    }
    int step = random.nextInt(1, 16);
    String from = written(random, a, names);
    String to = written(random, b, names);
    return switch (random.nextInt(5)) {
      case 0 -> new Part("*/" + step, every(first, last, first, last, step));
      case 1 -> new Part(from + "/" + step, every(a, last, first, last, step));
      case 2 -> new Part(from + "-" + to, every(a, b, first, last, 1));
      case 3 -> new Part(from + "-" + to + "/" + step, every(a, b, first, last, step));
      default -> new Part(from, Set.of(a));
    };
  }

  /** Every so manieth number from one to another, over the end of the field if need be. */
  private static Set<Integer> every(int from, int to, int first, int last, int step) {
    List<Integer> walked = new ArrayList<>(List.of(from));
    for (int number = from; number != to; ) {
      number = number == last ? first : number + 1;
      walked.add(number);
    }
    Set<Integer> numbers = new TreeSet<>();
    for (int i = 0; i < walked.size(); i += step) {
      numbers.add(walked.get(i));
    }
    return numbers;
  }

  private static DayPart monthday(RandomGenerator random) {
    int n = random.nextInt(1, 32);
    return switch (random.nextInt(6)) {
      case 0 -> new DayPart("L", date -> date.plusDays(1).getDayOfMonth() == 1);
      case 1 ->
          new DayPart(
              "LW",
              date -> {
                LocalDate last = date;
                for (LocalDate other = date;
                    other.getMonth() == date.getMonth();
                    other = other.plusDays(1)) {
                  last = workday(other) ? other : last;
                }
                return workday(date) && last.equals(date);
              });
      case 2 ->
          new DayPart(
              written(random, n, List.of()) + "W",
              date -> {
                if (n > date.lengthOfMonth()) {
                  return false;
                }
                LocalDate best = date;
                int distance = 99;
                for (int day = 1; day <= date.lengthOfMonth(); day++) {
                  LocalDate other = date.withDayOfMonth(day);
                  if (workday(other) && Math.abs(day - n) < distance) {
                    best = other;
                    distance = Math.abs(day - n);
                  }
                }
                return workday(date) && best.equals(date);
              });
      default -> {
        Part part = part(random, 1, 31, List.of());
        yield new DayPart(part.text, date -> part.numbers.contains(date.getDayOfMonth()));
      }
    };
  }

  private static DayPart weekday(RandomGenerator random) {
    int n = random.nextInt(1, 8);
    String name = written(random, n, WEEKDAYS);
    return switch (random.nextInt(7)) {
      case 0 -> {
        int nth = random.nextInt(1, 6);
        yield new DayPart(
            name + "#" + nth,
            date -> {
              int seen = 0;
              for (int day = 1; day <= date.getDayOfMonth(); day++) {
                seen += number(date.withDayOfMonth(day)) == n ? 1 : 0;
              }
              return number(date) == n && seen == nth;
            });
      }
      case 1 ->
          new DayPart(
              name + "L",
              date ->
                  number(date) == n && date.plusDays(7).getMonthValue() != date.getMonthValue());
      case 2 -> new DayPart("L", date -> number(date) == 7);
      case 3 -> new DayPart("*", date -> true);
      default -> {
        Part part = part(random, 1, 7, WEEKDAYS);
        yield new DayPart(part.text, date -> part.numbers.contains(number(date)));
      }
    };
  }

  private static boolean workday(LocalDate date) {
    return number(date) != 1 && number(date) != 7;
  }

  /** 1 is Sunday. */
  private static int number(LocalDate date) {
    return Math.floorMod(date.toEpochDay() + 4, 7) + 1;
  }

  private static String written(RandomGenerator random, int number, List<String> names) {
    if (!names.isEmpty() && random.nextBoolean()) {
      String name = names.get(number - 1);
      return random.nextBoolean()
          ? name
          : name.charAt(0) + name.substring(1).toLowerCase(java.util.Locale.ROOT);
    }
    return random.nextInt(8) == 0 ? "0" + number : Integer.toString(number);
  }

  private static List<Integer> range(int first, int last) {
    List<Integer> numbers = new ArrayList<>();
    for (int number = first; number <= last; number++) {
      numbers.add(number);
    }
    return numbers;
  }
}
