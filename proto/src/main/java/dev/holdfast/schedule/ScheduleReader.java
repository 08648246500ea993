package dev.holdfast.schedule;

import dev.holdfast.document.Problem;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.time.zone.ZoneRulesProvider;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads {@code cron(...)}, {@code rate(...)} and {@code at(...)} expressions (spec.md section 3.4).
 */
public final class ScheduleReader {
  /** Characters of an expression. */
  public static final int MAX_LENGTH = 128;

  /** The longest period of a rate. */
  public static final Duration MAX_RATE = Duration.ofDays(366);

  private static final Pattern FORM = Pattern.compile("([A-Za-z]+)\\((.*)\\)", Pattern.DOTALL);
  private static final Pattern RATE =
      Pattern.compile("(\\d+) (minute|minutes|hour|hours|day|days)");
  private static final DateTimeFormatter AT =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss", Locale.ROOT)
          .withResolverStyle(ResolverStyle.STRICT);

  private ScheduleReader() {}

  /**
   * The time zone of an IANA name, like {@code Europe/Berlin} or {@code UTC}.
   *
   * @return empty for anything else: a bare offset like {@code +02:00} names no rules
   */
  public static Optional<ZoneId> zone(String name) {
    return ZoneRulesProvider.getAvailableZoneIds().contains(name)
        ? Optional.of(ZoneId.of(name))
        : Optional.empty();
  }

  /**
   * Reads an expression whose local times are those of a zone.
   *
   * @param offsetDays of a cron expression, 0 to 6; other expressions have none
   */
  public static ScheduleReading read(String expression, ZoneId zone, int offsetDays) {
    List<Problem> errors = new ArrayList<>();
    Optional<Schedule> schedule = read(expression, zone, offsetDays, errors);
    errors.sort(Comparator.comparingInt(Problem::column));
    return new ScheduleReading(errors.isEmpty() ? schedule : Optional.empty(), errors);
  }

  private static Optional<Schedule> read(
      String expression, ZoneId zone, int offsetDays, List<Problem> errors) {
    if (expression.length() > MAX_LENGTH) {
      errors.add(
          at(
              1,
              "an expression of "
                  + expression.length()
                  + " characters; at most "
                  + MAX_LENGTH
                  + " are allowed"));
      return Optional.empty();
    }
    Matcher form = FORM.matcher(expression);
    if (!form.matches()) {
      errors.add(at(1, quoted(expression) + "; allowed are cron(...), rate(...) and at(...)"));
      return Optional.empty();
    }
    String content = form.group(2);
    int column = form.start(2) + 1;
    return switch (kind(form.group(1))) {
      case "cron" ->
          new CronReader(errors)
              .read(content, column)
              .map(fields -> new Schedule.Cron(fields, zone, offsetDays));
      case "rate" -> rate(content, column, errors);
      case "at" -> once(content, column, zone, errors);
      default -> {
        errors.add(
            at(1, "'" + form.group(1) + "(...)'; allowed are cron(...), rate(...) and at(...)"));
        yield Optional.empty();
      }
    };
  }

  /** In any case, but for a rate: its words are lower case, all of them. */
  private static String kind(String written) {
    String lower = written.toLowerCase(Locale.ROOT);
    return lower.equals("rate") ? written : lower;
  }

  private static Optional<Schedule> rate(String content, int column, List<Problem> errors) {
    Matcher matcher = RATE.matcher(content);
    if (!matcher.matches()) {
      errors.add(
          at(
              column,
              quoted(content)
                  + "; a rate is a whole number, a blank, and minute, minutes, hour, hours, day or"
                  + " days"));
      return Optional.empty();
    }
    BigInteger number = new BigInteger(matcher.group(1));
    String unit = matcher.group(2);
    boolean one = number.equals(BigInteger.ONE);
    if (number.signum() == 0) {
      errors.add(at(column, "a rate of 0; at least 1 is needed"));
      return Optional.empty();
    }
    if (one == unit.endsWith("s")) {
      errors.add(
          at(
              column + matcher.start(2),
              "'"
                  + unit
                  + "' after "
                  + number
                  + "; minute, hour and day go with 1, minutes, hours and days with the rest"));
      return Optional.empty();
    }
    Duration each =
        unit.startsWith("minute")
            ? Duration.ofMinutes(1)
            : unit.startsWith("hour") ? Duration.ofHours(1) : Duration.ofDays(1);
    if (number.compareTo(BigInteger.valueOf(MAX_RATE.toSeconds() / each.toSeconds())) > 0) {
      errors.add(at(column, "a rate of " + number + " " + unit + "; at most 366 days are allowed"));
      return Optional.empty();
    }
    return Optional.of(new Schedule.Rate(each.multipliedBy(number.longValueExact())));
  }

  private static Optional<Schedule> once(
      String content, int column, ZoneId zone, List<Problem> errors) {
    try {
      LocalDateTime local = LocalDateTime.parse(content, AT);
      if (local.getYear() >= CronFields.FIRST_YEAR && local.getYear() <= CronFields.LAST_YEAR) {
        return Optional.of(new Schedule.At(CronInstants.resolve(local, zone)));
      }
      errors.add(at(column, "the year " + local.getYear() + "; allowed are 1970 to 2199"));
    } catch (DateTimeException e) {
      errors.add(at(column, quoted(content) + "; a time is yyyy-mm-ddThh:mm:ss, without a zone"));
    }
    return Optional.empty();
  }

  /** What somebody wrote, on one line. */
  static String quoted(String text) {
    return "'" + text.replaceAll("\\p{Cntrl}", "?") + "'";
  }

  static Problem at(int column, String message) {
    return new Problem(1, column, message);
  }
}
