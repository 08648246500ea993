package dev.holdfast.calendar;

import dev.holdfast.calendar.Component.Property;
import dev.holdfast.calendar.Recurrence.Choice;
import dev.holdfast.calendar.Recurrence.Frequency;
import dev.holdfast.calendar.Recurrence.Weekday;
import java.time.DayOfWeek;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads one RRULE. What the rule leaves out comes from the start, as RFC 5545 says. Periods shorter
 * than a day and weeks by number are refused: no calendar program makes such rules for events.
 */
final class RuleReader {
  private static final Set<String> PARTS =
      Set.of(
          "FREQ",
          "INTERVAL",
          "COUNT",
          "UNTIL",
          "WKST",
          "BYMONTH",
          "BYMONTHDAY",
          "BYYEARDAY",
          "BYDAY",
          "BYHOUR",
          "BYMINUTE",
          "BYSECOND",
          "BYSETPOS");

  private static final Map<String, DayOfWeek> WEEKDAYS =
      Map.of(
          "MO", DayOfWeek.MONDAY,
          "TU", DayOfWeek.TUESDAY,
          "WE", DayOfWeek.WEDNESDAY,
          "TH", DayOfWeek.THURSDAY,
          "FR", DayOfWeek.FRIDAY,
          "SA", DayOfWeek.SATURDAY,
          "SU", DayOfWeek.SUNDAY);

  private static final Pattern WEEKDAY = Pattern.compile("([+-]?\\d{1,2})?([A-Z]{2})");
  private static final Pattern NUMBER = Pattern.compile("[+-]?\\d{1,6}");

  private final Property property;
  private final Moment start;
  private final ZoneRules zone;
  private final Findings findings;
  private final Map<String, String> parts = new HashMap<>();
  private boolean right = true;

  private RuleReader(Property property, Moment start, ZoneRules zone, Findings findings) {
    this.property = property;
    this.start = start;
    this.zone = zone;
    this.findings = findings;
  }

  /** The rule; empty if it is wrong, which is told. */
  static Optional<Recurrence> read(
      Property property, Moment start, ZoneRules zone, Findings findings) {
    return new RuleReader(property, start, zone, findings).read();
  }

  private Optional<Recurrence> read() {
    split();
    Frequency frequency = frequency();
    if (frequency == null) {
      return Optional.empty();
    }
    int interval = number("INTERVAL", 1);
    int count = number("COUNT", 0);
    if (parts.containsKey("COUNT") && parts.containsKey("UNTIL")) {
      wrong("has COUNT and UNTIL; one of them is allowed");
    }
    LocalDateTime until = until();
    DayOfWeek firstOfWeek = WEEKDAYS.get(parts.getOrDefault("WKST", "MO"));
    if (firstOfWeek == null) {
      wrong("has the WKST " + Findings.quoted(parts.getOrDefault("WKST", "")) + "; MO to SU");
    }
    if (start.kind() == Moment.Kind.DATE) {
      for (String part : List.of("BYHOUR", "BYMINUTE", "BYSECOND")) {
        if (parts.containsKey(part)) {
          wrong("has " + part + ", but its event has no time of day");
        }
      }
    }
    Choice choice = choice(frequency);
    return right && firstOfWeek != null
        ? Optional.of(
            new Recurrence(start.local(), frequency, interval, firstOfWeek, choice, until, count))
        : Optional.empty();
  }

  private void split() {
    for (String part : property.value().strip().toUpperCase(Locale.ROOT).split(";", -1)) {
      if (part.isEmpty()) {
        continue;
      }
      int equals = part.indexOf('=');
      String name = equals < 0 ? part : part.substring(0, equals);
      if (!PARTS.contains(name) || equals < 0) {
        wrong(
            "has "
                + Findings.quoted(part)
                + "; supported are "
                + String.join(", ", new TreeSet<>(PARTS)));
      } else if (parts.put(name, part.substring(equals + 1)) != null) {
        wrong("has " + name + " twice");
      }
    }
  }

  private @Nullable Frequency frequency() {
    String name = parts.getOrDefault("FREQ", "");
    for (Frequency frequency : Frequency.values()) {
      if (frequency.name().equals(name)) {
        return frequency;
      }
    }
    wrong(
        "has the FREQ " + Findings.quoted(name) + "; supported are DAILY, WEEKLY, MONTHLY, YEARLY");
    return null;
  }

  private int number(String part, int byDefault) {
    String text = parts.get(part);
    if (text == null) {
      return byDefault;
    }
    if (NUMBER.matcher(text).matches()) {
      int number = Integer.parseInt(text);
      if (number >= 1 && number <= CalendarLimits.MAX_RULE_NUMBER) {
        return number;
      }
    }
    wrong(
        "has the "
            + part
            + " "
            + Findings.quoted(text)
            + "; allowed are 1 to "
            + CalendarLimits.MAX_RULE_NUMBER);
    return 1;
  }

  private @Nullable LocalDateTime until() {
    String text = parts.get("UNTIL");
    if (text == null) {
      return null;
    }
    Optional<Moment> until = Moment.read(text);
    if (until.isEmpty()) {
      wrong("has the UNTIL " + Findings.quoted(text) + "; a time is like 20261231T220000Z");
      return null;
    }
    return switch (until.get().kind()) {
      // All of that day.
      case DATE -> until.get().local().plusDays(1).minusSeconds(1);
      case LOCAL -> until.get().local();
      case UTC ->
          LocalDateTime.ofInstant(
              until.get().local().toInstant(ZoneOffset.UTC),
              zone.getOffset(until.get().local().toInstant(ZoneOffset.UTC)));
    };
  }

  private Choice choice(Frequency frequency) {
    Set<Integer> months = numbers("BYMONTH", 1, 12, false);
    Set<Integer> monthDays = numbers("BYMONTHDAY", 1, 31, true);
    Set<Integer> yearDays = numbers("BYYEARDAY", 1, 366, true);
    List<Weekday> weekdays = weekdays();
    Set<Integer> positions = numbers("BYSETPOS", 1, 366 * 24, true);
    boolean yearly = frequency == Frequency.YEARLY;
    if (!yearly && !yearDays.isEmpty()) {
      wrong("has BYYEARDAY, which goes with YEARLY only");
    }
    if (frequency == Frequency.WEEKLY && !monthDays.isEmpty()) {
      wrong("has BYMONTHDAY, which does not go with WEEKLY");
    }
    if (!yearly
        && frequency != Frequency.MONTHLY
        && weekdays.stream().anyMatch(weekday -> weekday.nth() != 0)) {
      wrong("has a BYDAY with a number, which goes with MONTHLY and YEARLY only");
    }
    if (!positions.isEmpty()
        && parts.keySet().stream().noneMatch(part -> part.matches("BY(?!SETPOS).*"))) {
      wrong("has BYSETPOS alone; it chooses from what another BY... gives");
    }
    if (yearly && !monthDays.isEmpty() && months.isEmpty()) {
      findings.warn(
          property.line(),
          "BYMONTHDAY without BYMONTH in a YEARLY rule means the days of each month");
    }
    boolean noDay = monthDays.isEmpty() && yearDays.isEmpty() && weekdays.isEmpty();
    LocalDateTime local = start.local();
    if (frequency == Frequency.WEEKLY && weekdays.isEmpty()) {
      weekdays = List.of(new Weekday(0, local.getDayOfWeek()));
    } else if (noDay && (yearly || frequency == Frequency.MONTHLY)) {
      monthDays = Set.of(local.getDayOfMonth());
      months = yearly && months.isEmpty() ? Set.of(local.getMonthValue()) : months;
    }
    List<LocalTime> times = times();
    int most = times.size() * weekdays.size();
    if (frequency == Frequency.WEEKLY
        && !positions.isEmpty()
        && positions.stream().allMatch(position -> Math.abs(position) > most)) {
      wrong("has a BYSETPOS beyond the " + most + " times of a week");
    }
    if (frequency == Frequency.DAILY && !positions.isEmpty()) {
      // Each day is chosen from alike.
      times = chosen(times, positions);
      positions = Set.of();
    }
    return new Choice(months, monthDays, yearDays, weekdays, times, positions);
  }

  private List<LocalTime> chosen(List<LocalTime> times, Set<Integer> positions) {
    List<LocalTime> chosen = new ArrayList<>();
    for (int i = 0; i < times.size(); i++) {
      if (positions.contains(i + 1) || positions.contains(i - times.size())) {
        chosen.add(times.get(i));
      }
    }
    if (chosen.isEmpty()) {
      wrong("has a BYSETPOS beyond the " + times.size() + " times of a day");
    }
    return chosen;
  }

  private List<LocalTime> times() {
    LocalTime time = start.local().toLocalTime();
    List<LocalTime> times = new ArrayList<>();
    for (int hour : orElse(numbers("BYHOUR", 0, 23, false), time.getHour())) {
      for (int minute : orElse(numbers("BYMINUTE", 0, 59, false), time.getMinute())) {
        for (int second : orElse(numbers("BYSECOND", 0, 59, false), time.getSecond())) {
          times.add(LocalTime.of(hour, minute, second));
        }
      }
    }
    if (times.size() > CalendarLimits.MAX_TIMES_A_DAY) {
      wrong(
          "begins "
              + times.size()
              + " times a day; at most "
              + CalendarLimits.MAX_TIMES_A_DAY
              + " are allowed");
      return List.of(time);
    }
    times.sort(Comparator.naturalOrder());
    return times;
  }

  private static Set<Integer> orElse(Set<Integer> numbers, int otherwise) {
    return numbers.isEmpty() ? Set.of(otherwise) : numbers;
  }

  private List<Weekday> weekdays() {
    List<Weekday> weekdays = new ArrayList<>();
    for (String item : items("BYDAY")) {
      Matcher form = WEEKDAY.matcher(item);
      DayOfWeek day = form.matches() ? WEEKDAYS.get(form.group(2)) : null;
      int nth = day == null || form.group(1) == null ? 0 : Integer.parseInt(form.group(1));
      if (day == null || Math.abs(nth) > 53 || (nth == 0 && form.group(1) != null)) {
        wrong("has the BYDAY " + Findings.quoted(item) + "; allowed are MO to SU, and like -1MO");
      } else {
        weekdays.add(new Weekday(nth, day));
      }
    }
    return weekdays;
  }

  private Set<Integer> numbers(String part, int first, int last, boolean fromEnd) {
    Set<Integer> numbers = new TreeSet<>();
    for (String item : items(part)) {
      int number = NUMBER.matcher(item).matches() ? Integer.parseInt(item) : Integer.MAX_VALUE;
      int magnitude = fromEnd ? Math.abs(number) : number;
      if (magnitude < first || magnitude > last) {
        wrong(
            "has the "
                + part
                + " "
                + Findings.quoted(item)
                + "; allowed are "
                + first
                + " to "
                + last
                + (fromEnd ? ", or negative from the end" : ""));
      } else {
        numbers.add(number);
      }
    }
    return numbers;
  }

  private List<String> items(String part) {
    String text = parts.get(part);
    if (text == null) {
      return List.of();
    }
    List<String> items = List.of(text.split(",", -1));
    if (items.size() > CalendarLimits.MAX_PART_ITEMS) {
      wrong(
          "has "
              + items.size()
              + " items in "
              + part
              + "; at most "
              + CalendarLimits.MAX_PART_ITEMS
              + " are allowed");
      return List.of();
    }
    return items;
  }

  private void wrong(String what) {
    right = false;
    findings.error(property.line(), property.name() + " " + what);
  }
}
