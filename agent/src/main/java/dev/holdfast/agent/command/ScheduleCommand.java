package dev.holdfast.agent.command;

import dev.holdfast.document.JsonText;
import dev.holdfast.document.Problem;
import dev.holdfast.document.Value;
import dev.holdfast.schedule.Schedule;
import dev.holdfast.schedule.ScheduleReader;
import dev.holdfast.schedule.ScheduleReading;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code schedule next}: when an expression fires, as the agent itself computes it. */
@Command(
    name = "schedule",
    mixinStandardHelpOptions = true,
    description = "Says when schedules fire.")
public final class ScheduleCommand implements Runnable {
  private static final int MAX_COUNT = 10_000;
  private static final int MAX_OFFSET_DAYS = 6;
  private static final String STANDARD_INPUT = "-";

  private final InstantSource clock;
  private final InputStream input;

  @Spec private @Nullable CommandSpec spec;

  /**
   * Makes the command.
   *
   * @param clock what is taken as now
   * @param input read if the expression is {@code -}
   */
  public ScheduleCommand(InstantSource clock, InputStream input) {
    this.clock = clock;
    this.input = input;
  }

  /** Without a subcommand it is a usage error. */
  @Override
  public void run() {
    throw new ParameterException(commandLine(), "Missing required subcommand: next");
  }

  /**
   * Prints the next instants, one a line.
   *
   * @return 0, or 1 if an expression is invalid
   * @throws IOException if standard input can't be read
   */
  @Command(
      name = "next",
      mixinStandardHelpOptions = true,
      description = "Prints the next instants, ISO-8601 in UTC, one a line.")
  public int next(
      @Parameters(
              paramLabel = "EXPR",
              description =
                  "cron(...), rate(...) or at(...); - reads one expression a line from standard"
                      + " input and prints a line of JSON for each")
          String expression,
      @Option(
              names = "--after",
              paramLabel = "T",
              description = "strictly after this time, like 2026-11-22T08:00:00Z; default: now")
          @Nullable String after,
      @Option(
              names = "--anchor",
              paramLabel = "T",
              description = "the time that rates count from; default: --after")
          @Nullable String anchor,
      @Option(
              names = "--count",
              paramLabel = "N",
              defaultValue = "5",
              description = "how many, 1 to 10000; default: ${DEFAULT-VALUE}")
          int count,
      @Option(
              names = "--timezone",
              paramLabel = "Z",
              defaultValue = "UTC",
              description = "IANA name of the zone of local times; default: ${DEFAULT-VALUE}")
          String timezone,
      @Option(
              names = "--offset",
              paramLabel = "D",
              defaultValue = "0",
              description = "days after the day that a cron expression names, 0 to 6")
          int offset)
      throws IOException {
    Instant from = after == null ? clock.instant() : time("--after", after);
    Instant base = anchor == null ? from : time("--anchor", anchor);
    ZoneId zone = zone(timezone);
    check(count >= 1 && count <= MAX_COUNT, "--count", count, "1 to " + MAX_COUNT);
    check(offset >= 0 && offset <= MAX_OFFSET_DAYS, "--offset", offset, "0 to " + MAX_OFFSET_DAYS);
    PrintWriter out = commandLine().getOut();
    if (expression.equals(STANDARD_INPUT)) {
      return lines(out, from, base, count, zone, offset);
    }
    ScheduleReading reading = read(expression, zone, offset);
    if (reading.schedule().isEmpty()) {
      commandLine().getErr().println("schedule " + expression + ": " + errors(reading));
      return CommandLine.ExitCode.SOFTWARE;
    }
    instants(reading.schedule().get(), from, base, count).forEach(out::println);
    return CommandLine.ExitCode.OK;
  }

  private int lines(
      PrintWriter out, Instant from, Instant anchor, int count, ZoneId zone, int offset)
      throws IOException {
    int code = CommandLine.ExitCode.OK;
    BufferedReader reader =
        new BufferedReader(new InputStreamReader(input, StandardCharsets.UTF_8));
    for (String line = reader.readLine(); line != null; line = reader.readLine()) {
      ScheduleReading reading = read(line, zone, offset);
      Map<String, Value> fields = new LinkedHashMap<>();
      fields.put("expression", new Value.Text(line));
      fields.put("valid", new Value.Flag(reading.schedule().isPresent()));
      fields.put(
          "error", reading.errors().isEmpty() ? new Value.Null() : new Value.Text(errors(reading)));
      fields.put(
          "next",
          new Value.Items(
              reading.schedule().stream()
                  .flatMap(schedule -> instants(schedule, from, anchor, count).stream())
                  .<Value>map(instant -> new Value.Text(instant.toString()))
                  .toList()));
      out.println(JsonText.canonical(new Value.Fields(fields)));
      if (reading.schedule().isEmpty()) {
        code = CommandLine.ExitCode.SOFTWARE;
      }
    }
    return code;
  }

  private static ScheduleReading read(String expression, ZoneId zone, int offset) {
    ScheduleReading reading = ScheduleReader.read(expression, zone, offset);
    if (offset > 0
        && reading.schedule().isPresent()
        && !(reading.schedule().get() instanceof Schedule.Cron)) {
      return new ScheduleReading(
          Optional.empty(),
          List.of(new Problem(1, 1, "an offset goes with cron expressions only")));
    }
    return reading;
  }

  private static List<Instant> instants(
      Schedule schedule, Instant after, Instant anchor, int count) {
    List<Instant> instants = new ArrayList<>();
    Optional<Instant> next = schedule.next(after, anchor);
    while (next.isPresent() && instants.size() < count) {
      instants.add(next.get());
      next = schedule.next(next.get(), anchor);
    }
    return instants;
  }

  private static String errors(ScheduleReading reading) {
    return reading.errors().stream().map(Problem::text).collect(Collectors.joining("; "));
  }

  private Instant time(String option, String value) {
    try {
      return OffsetDateTime.parse(value).toInstant();
    } catch (DateTimeException e) {
      throw wrong(option, value, "a time with its zone, like 2026-11-22T08:00:00Z");
    }
  }

  private ZoneId zone(String value) {
    return ScheduleReader.zone(value)
        .orElseThrow(() -> wrong("--timezone", value, "an IANA name, like Europe/Berlin"));
  }

  private void check(boolean right, String option, int value, String allowed) {
    if (!right) {
      throw wrong(option, Integer.toString(value), allowed);
    }
  }

  private ParameterException wrong(String option, String value, String allowed) {
    return new ParameterException(
        commandLine(), option + " is '" + value + "'; allowed: " + allowed);
  }

  private CommandLine commandLine() {
    if (spec == null) {
      throw new IllegalStateException("a command runs inside a command line");
    }
    return spec.commandLine();
  }
}
