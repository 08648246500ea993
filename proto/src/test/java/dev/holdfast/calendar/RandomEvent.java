package dev.holdfast.calendar;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/**
 * An event drawn at random, with the intervals that it stands for beside it: expanded a period at a
 * time, a day at a time, from its start on, with nothing of the reader or its rules.
 *
 * @param text its lines
 * @param rule the value of its RRULE; empty if it has none
 * @param start its DTSTART
 * @param starts the local times that rule gives
 */
record RandomEvent(
    String text,
    String rule,
    LocalDateTime start,
    List<LocalDateTime> starts,
    List<Interval> intervals) {
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss");
  private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("uuuuMMdd");
  private static final List<String> ZONES =
      List.of(
          "UTC",
          "Europe/Berlin",
          "America/New_York",
          "Australia/Lord_Howe",
          "America/Havana",
          "Asia/Kolkata");
  private static final List<String> DAYS = List.of("MO", "TU", "WE", "TH", "FR", "SA", "SU");

  /** A rule as text, and what it gives. */
  private record Rule(String text, List<LocalDateTime> times) {}

  static RandomEvent draw(RandomGenerator random, String uid, LocalDate last) {
    boolean allDay = random.nextInt(3) == 0;
    LocalDateTime start =
        LocalDate.of(2020, 1, 1)
            .plusDays(random.nextInt(1500))
            .atTime(allDay ? LocalTime.MIN : LocalTime.of(random.nextInt(24), random.nextInt(60)));
    ZoneId zone = allDay ? ZoneOffset.UTC : ZoneId.of(ZONES.get(random.nextInt(ZONES.size())));
    StringBuilder text = new StringBuilder("BEGIN:VEVENT\r\nUID:" + uid + "\r\n");
    text.append("DTSTART").append(time(start, zone, allDay)).append("\r\n");
    int days = random.nextInt(4);
    int minutes = allDay ? 0 : random.nextInt(1, 2000);
    boolean byEnd = random.nextBoolean();
    days = allDay ? days + 1 : byEnd ? 0 : days;
    Duration exact = Duration.ofMinutes(minutes);
    if (byEnd && allDay) {
      text.append("DTEND").append(time(start.plusDays(days), zone, true)).append("\r\n");
    } else if (byEnd) {
      LocalDateTime end = LocalDateTime.ofInstant(instant(start, zone).plus(exact), zone);
      if (instant(end, zone).isAfter(instant(start, zone))) {
        exact = Duration.between(instant(start, zone), instant(end, zone));
        text.append("DTEND").append(time(end, zone, false)).append("\r\n");
      } else {
        text.append("DURATION:PT").append(exact.toMinutes()).append("M\r\n");
      }
    } else {
      text.append("DURATION:P").append(days).append("D");
      text.append(allDay ? "" : "T" + minutes / 60 + "H" + minutes % 60 + "M").append("\r\n");
    }

    Rule rule =
        random.nextInt(5) == 0 ? new Rule("", List.of()) : rule(random, start, allDay, last);
    Set<LocalDateTime> starts = new LinkedHashSet<>(List.of(start));
    starts.addAll(rule.times);
    if (!rule.text.isEmpty()) {
      text.append("RRULE:").append(rule.text).append("\r\n");
    }
    if (random.nextInt(4) == 0) {
      LocalDateTime more = start.plusDays(random.nextInt(1, 300));
      starts.add(more);
      text.append("RDATE").append(time(more, zone, allDay)).append("\r\n");
    }
    List<LocalDateTime> left = new ArrayList<>(starts);
    List<Interval> intervals = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0 && left.size() > 1; i--) {
      LocalDateTime out = left.remove(random.nextInt(left.size()));
      if (random.nextBoolean()) {
        text.append("EXDATE").append(time(out, zone, allDay)).append("\r\n");
      } else {
        LocalDateTime other = out.plusDays(random.nextInt(-9, 10));
        text.append("END:VEVENT\r\nBEGIN:VEVENT\r\nUID:" + uid + "\r\n")
            .append("RECURRENCE-ID")
            .append(time(out, zone, allDay))
            .append("\r\nDTSTART")
            .append(time(other, zone, allDay))
            .append("\r\nDURATION:P2D\r\n");
        intervals.add(new Interval(instant(other, zone), instant(other.plusDays(2), zone)));
        // What follows belongs to the event itself again; its exceptions are drawn no more.
        break;
      }
    }
    text.append("END:VEVENT\r\n");
    for (LocalDateTime local : left) {
      intervals.add(
          new Interval(
              instant(local, zone),
              (days == 0 ? instant(local, zone) : instant(local.plusDays(days), zone))
                  .plus(exact)));
    }
    return new RandomEvent(text.toString(), rule.text, start, rule.times, intervals);
  }

  private static Rule rule(
      RandomGenerator random, LocalDateTime start, boolean allDay, LocalDate last) {
    List<String> parts = new ArrayList<>();
    String frequency = List.of("DAILY", "WEEKLY", "MONTHLY", "YEARLY").get(random.nextInt(4));
    parts.add("FREQ=" + frequency);
    int interval = random.nextInt(2) == 0 ? 1 : random.nextInt(1, 8);
    if (interval > 1) {
      parts.add("INTERVAL=" + interval);
    }
    DayOfWeek weekStart = DayOfWeek.MONDAY;
    if (random.nextInt(4) == 0) {
      weekStart = DayOfWeek.of(random.nextInt(1, 8));
      parts.add("WKST=" + DAYS.get(weekStart.getValue() - 1));
    }
    boolean month = frequency.equals("MONTHLY");
    boolean year = frequency.equals("YEARLY");
    Set<Integer> months = new TreeSet<>();
    Set<Integer> monthDays = new TreeSet<>();
    Set<Integer> yearDays = new TreeSet<>();
    Set<String> weekdays = new TreeSet<>();
    Set<Integer> hours = new TreeSet<>();
    Set<Integer> positions = new TreeSet<>();
    if (random.nextInt(3) == 0) {
      for (int i = random.nextInt(1, 4); i > 0; i--) {
        months.add(random.nextInt(1, 13));
      }
      parts.add("BYMONTH=" + joined(months));
    }
    if (!frequency.equals("WEEKLY") && random.nextInt(3) == 0) {
      for (int i = random.nextInt(1, 4); i > 0; i--) {
        monthDays.add(random.nextInt(4) == 0 ? -random.nextInt(1, 32) : random.nextInt(1, 32));
      }
      parts.add("BYMONTHDAY=" + joined(monthDays));
    }
    if (year && monthDays.isEmpty() && months.isEmpty() && random.nextInt(4) == 0) {
      for (int i = random.nextInt(1, 4); i > 0; i--) {
        yearDays.add(random.nextInt(4) == 0 ? -random.nextInt(1, 367) : random.nextInt(1, 367));
      }
      parts.add("BYYEARDAY=" + joined(yearDays));
    }
    if (yearDays.isEmpty() && random.nextInt(2) == 0) {
      boolean numbered = (month || year) && monthDays.isEmpty() && random.nextBoolean();
      for (int i = random.nextInt(1, 4); i > 0; i--) {
        int nth = random.nextInt(1, year && months.isEmpty() ? 53 : 6);
        weekdays.add(
            (numbered ? (random.nextBoolean() ? "-" : "") + nth : "")
                + DAYS.get(random.nextInt(7)));
      }
      parts.add("BYDAY=" + String.join(",", weekdays));
    }
    if (!allDay && random.nextInt(5) == 0) {
      for (int i = random.nextInt(1, 4); i > 0; i--) {
        hours.add(random.nextInt(24));
      }
      parts.add("BYHOUR=" + joined(hours));
    }
    boolean any = parts.stream().anyMatch(part -> part.startsWith("BY"));
    if (any && random.nextInt(4) == 0) {
      int most =
          switch (frequency) {
            case "DAILY" -> Math.max(1, hours.size());
            case "WEEKLY" -> Math.max(1, hours.size()) * Math.max(1, weekdays.size());
            default -> 3;
          };
      int position = random.nextInt(1, Math.min(3, most) + 1);
      positions.add(random.nextBoolean() ? -position : position);
      parts.add("BYSETPOS=" + joined(positions));
    }
    int count = 0;
    LocalDateTime until = null;
    int bound = random.nextInt(4);
    if (bound == 0) {
      count = random.nextInt(1, 60);
      parts.add("COUNT=" + count);
    } else if (bound == 1) {
      until = start.plusDays(random.nextInt(800));
      parts.add("UNTIL=" + (allDay ? DATE.format(until) : TIME.format(until)));
    }

    List<LocalDateTime> times = new ArrayList<>();
    for (int period = 0; ; period += interval) {
      LocalDate begin;
      LocalDate end;
      LocalDate first = start.toLocalDate();
      switch (frequency) {
        case "DAILY" -> {
          begin = first.plusDays(period);
          end = begin.plusDays(1);
        }
        case "WEEKLY" -> {
          LocalDate monday = first;
          while (monday.getDayOfWeek() != weekStart) {
            monday = monday.minusDays(1);
          }
          begin = monday.plusDays(7L * period);
          end = begin.plusDays(7);
        }
        case "MONTHLY" -> {
          begin = first.withDayOfMonth(1).plusMonths(period);
          end = begin.plusMonths(1);
        }
        default -> {
          begin = LocalDate.of(first.getYear() + period, 1, 1);
          end = begin.plusYears(1);
        }
      }
      if (begin.isAfter(last)) {
        return new Rule(String.join(";", parts), times);
      }
      List<LocalDateTime> set = new ArrayList<>();
      for (LocalDate day = begin; day.isBefore(end); day = day.plusDays(1)) {
        boolean in =
            (months.isEmpty() || months.contains(day.getMonthValue()))
                && (yearDays.isEmpty() || counts(yearDays, day, day.withDayOfYear(1), 1))
                && (monthDays.isEmpty() || counts(monthDays, day, day.withDayOfMonth(1), 0))
                && (weekdays.isEmpty() || named(weekdays, day, year && months.isEmpty()));
        if (weekdays.isEmpty() && frequency.equals("WEEKLY")) {
          in &= day.getDayOfWeek() == start.getDayOfWeek();
        }
        if (weekdays.isEmpty() && monthDays.isEmpty() && yearDays.isEmpty() && (month || year)) {
          in &= day.getDayOfMonth() == start.getDayOfMonth();
          in &= month || !months.isEmpty() || day.getMonth() == start.getMonth();
        }
        if (in) {
          if (hours.isEmpty()) {
            set.add(day.atTime(start.toLocalTime()));
          }
          for (int hour : hours) {
            set.add(day.atTime(hour, start.getMinute(), start.getSecond()));
          }
        }
      }
      List<LocalDateTime> kept = new ArrayList<>();
      for (int i = 0; i < set.size(); i++) {
        if (positions.isEmpty()
            || positions.contains(i + 1)
            || positions.contains(i - set.size())) {
          kept.add(set.get(i));
        }
      }
      for (LocalDateTime time : kept) {
        boolean over = until != null && time.isAfter(until);
        if (!time.isBefore(start) && !over && (count == 0 || times.size() < count)) {
          times.add(time);
        }
      }
    }
  }

  /** Whether the day is one of the numbers, counted from the first or back from the end. */
  private static boolean counts(Set<Integer> numbers, LocalDate day, LocalDate first, int years) {
    LocalDate end = years == 1 ? first.plusYears(1) : first.plusMonths(1);
    for (int number : numbers) {
      LocalDate meant = number > 0 ? first.plusDays(number - 1) : end.plusDays(number);
      if (meant.equals(day) && !meant.isBefore(first) && meant.isBefore(end)) {
        return true;
      }
    }
    return false;
  }

  private static boolean named(Set<String> weekdays, LocalDate day, boolean ofYear) {
    String name = DAYS.get(day.getDayOfWeek().getValue() - 1);
    if (weekdays.contains(name) || weekdays.stream().allMatch(DAYS::contains)) {
      return weekdays.contains(name);
    }
    LocalDate first = ofYear ? day.withDayOfYear(1) : day.withDayOfMonth(1);
    LocalDate end = ofYear ? first.plusYears(1) : first.plusMonths(1);
    int before = 0;
    for (LocalDate other = day; !other.isBefore(first); other = other.minusDays(7)) {
      before++;
    }
    int after = 0;
    for (LocalDate other = day; other.isBefore(end); other = other.plusDays(7)) {
      after++;
    }
    return weekdays.contains(before + name) || weekdays.contains("-" + after + name);
  }

  private static String joined(Set<Integer> numbers) {
    return String.join(",", numbers.stream().map(String::valueOf).toList());
  }

  private static String time(LocalDateTime time, ZoneId zone, boolean allDay) {
    if (allDay) {
      return ";VALUE=DATE:" + DATE.format(time);
    }
    return zone.getId().equals("UTC")
        ? ":" + TIME.format(time) + "Z"
        : ";TZID=" + zone + ":" + TIME.format(time);
  }

  /** As java.time reads a local time, which is how RFC 5545 does. */
  private static Instant instant(LocalDateTime local, ZoneId zone) {
    return local.atZone(zone).toInstant();
  }
}
