package dev.holdfast.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.cronutils.model.definition.CronDefinition;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import dev.holdfast.testing.Cases;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Compares cron expressions, in UTC, with a library that knows the same dialect, where it is right;
 * and lists where it isn't.
 */
final class CronUtilsTest {
  private static final CronParser PARSER = new CronParser(aws());

  @Test
  void firesWhenTheLibraryDoesWhereThatOneIsRight() {
    int[] firings = new int[1];
    Cases.check(
        1_000,
        random -> {
          String cron = expression(random);
          Instant after = Instant.ofEpochSecond(random.nextLong(1_000_000_000L, 3_000_000_000L));

          String ours = ours(cron, after, 20);

          assertEquals(theirs(cron, after, 20), ours, () -> cron + " after " + after);
          firings[0] += ours.isEmpty() ? 0 : ours.split(" ").length;
        });

    System.out.println("schedules: " + firings[0] + " firings equal to the library's");
    if (System.getProperty("cases.seed") == null) {
      assertTrue(firings[0] > 15_000, "only " + firings[0] + " firings were compared");
    }
  }

  /** What the random expressions leave out. If one of these fails, the library was mended. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "0 0 30W * ? *   | it throws once the search meets February | 2055-01-29 2055-03-30",
        "0 0 31W * ? *   | it throws in a month of 30 days          | 2055-01-29 2055-03-31",
        "0 0 28W 2 ? *   | it takes the Sunday that ends the month  | 2055-02-26 2056-02-28",
        "0 0 5,L * ? *   | in a list it forgets the L               | 2055-01-31 2055-02-05",
        "0 0 15,LW * ? * | in a list it forgets the LW              | 2055-01-15 2055-01-29",
        "0 0 25-5 * ? *  | over the end it takes only the first     | 2055-01-25 2055-01-26",
        "0 0 1 NOV-FEB ? * | over the end it takes only the first   | 2055-02-01 2055-11-01",
        "0 0 1 1/13 ? *  | a step beyond the field it refuses       | 2056-01-01 2057-01-01",
        "0 0 ? * FRI-TUE/2 * | steps over the end it refuses        | 2055-01-12 2055-01-15",
        "0 0 L-3 * ? *   | it takes what is no AWS expression       | ",
        "0 0 0 1 1 ? 2056 | it has no field of seconds              | 2056-01-01",
      })
  void isRightWhereTheLibraryIsNot(String fields, String reason, String expected) {
    String cron = "cron(" + fields + ")";
    Instant after = Instant.parse("2055-01-10T00:00:00Z");
    List<String> days = expected == null ? List.of() : List.of(expected.split(" "));
    String instants = String.join(" ", days.stream().map(day -> day + "T00:00:00Z").toList());

    String theirs = theirs(cron, after, 2);
    String ours =
        ScheduleReader.read(cron, ZoneOffset.UTC, 0).schedule().isEmpty()
            ? ""
            : ours(cron, after, 2);

    assertEquals(instants, ours);
    assertNotEquals(instants, theirs, "the library is right now: not any more that " + reason);
  }

  private static String expression(RandomGenerator random) {
    boolean byWeek = random.nextBoolean();
    String day = byWeek ? weekday(random) : monthday(random);
    return "cron("
        + String.join(
            " ",
            numbers(random, 0, 59),
            numbers(random, 0, 23),
            byWeek ? "?" : day,
            month(random),
            byWeek ? day : "?",
            random.nextInt(4) == 0 ? numbers(random, 2000, 2070) : "*")
        + ")";
  }

  private static String numbers(RandomGenerator random, int first, int last) {
    int a = random.nextInt(first, last + 1);
    int b = random.nextInt(a, last + 1);
    int step = random.nextInt(1, Math.min(last - first, 15));
    return switch (random.nextInt(7)) {
      case 0 -> "*";
      case 1 -> a + "-" + b;
      case 2 -> "*/" + step;
      case 3 -> a + "/" + step;
      case 4 -> a + "-" + b + "/" + step;
      case 5 -> a + "," + b + "," + random.nextInt(first, last + 1);
      default -> Integer.toString(a);
    };
  }

  private static String month(RandomGenerator random) {
    return switch (random.nextInt(4)) {
      case 0 -> "*";
      case 1 -> "JAN,may,12";
      case 2 -> "FEB-JUN";
      default -> numbers(random, 1, 12);
    };
  }

  private static String monthday(RandomGenerator random) {
    return switch (random.nextInt(5)) {
      case 0 -> "L";
      case 1 -> "LW";
      case 2 -> random.nextInt(1, 28) + "W";
      default -> numbers(random, 1, 31);
    };
  }

  private static String weekday(RandomGenerator random) {
    int a = random.nextInt(1, 8);
    int b = random.nextInt(1, 8);
    return switch (random.nextInt(8)) {
      case 0 -> "L";
      case 1 -> a + "L";
      case 2 -> a + "#" + random.nextInt(1, 6);
      case 3 -> a + "-" + b;
      case 4 -> "MON-FRI";
      case 5 -> "fri-MON";
      case 6 -> "TUE#" + random.nextInt(1, 6);
      default -> a + "," + b;
    };
  }

  static String ours(String expression, Instant after, int count) {
    Schedule schedule = ScheduleTest.read(expression, "UTC", 0);
    List<String> instants = new ArrayList<>();
    Optional<Instant> next = schedule.next(after, after);
    while (next.isPresent() && instants.size() < count) {
      instants.add(next.get().toString());
      next = schedule.next(next.get(), after);
    }
    return String.join(" ", instants);
  }

  static String theirs(String expression, Instant after, int count) {
    try {
      ExecutionTime time =
          ExecutionTime.forCron(PARSER.parse(expression.substring(5, expression.length() - 1)));
      List<String> instants = new ArrayList<>();
      Optional<ZonedDateTime> next = time.nextExecution(after.atZone(ZoneOffset.UTC));
      while (next.isPresent() && instants.size() < count) {
        instants.add(next.get().toInstant().toString());
        next = time.nextExecution(next.get());
      }
      return String.join(" ", instants);
    } catch (RuntimeException e) {
      return e.getClass().getSimpleName() + ": " + e.getMessage();
    }
  }

  private static CronDefinition aws() {
    return CronDefinitionBuilder.defineCron()
        .withMinutes()
        .and()
        .withHours()
        .and()
        .withDayOfMonth()
        .withValidRange(1, 31)
        .supportsL()
        .supportsW()
        .supportsLW()
        .supportsQuestionMark()
        .and()
        .withMonth()
        .and()
        .withDayOfWeek()
        .withValidRange(1, 7)
        .withMondayDoWValue(2)
        .supportsHash()
        .supportsL()
        .supportsQuestionMark()
        .and()
        .withYear()
        .withValidRange(1970, 2199)
        .and()
        .instance();
  }
}
