package dev.holdfast.agent.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.document.DocumentReader;
import dev.holdfast.document.Problem;
import dev.holdfast.document.Value;
import dev.holdfast.testing.Shared;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

final class ScheduleCommandTest {
  /** Expressions of the corpus that we judge otherwise, on purpose: the limits of our own. */
  private static final Set<String> OURS =
      Set.of("rate(10000000000000000000 days)", "cron(24 30 09 ? * * *)");

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private String input = "";

  @Test
  void theNextInstantsComeOneALine() {
    assertEquals(
        0, run("next", "cron(0 2 ? * SUN *)", "--after", "2026-11-24T00:00:00Z", "--count", "2"));
    assertEquals("2026-11-29T02:00:00Z\n2026-12-06T02:00:00Z\n", out.toString());
  }

  @Test
  void nowAndUtcAreTheDefaults() {
    assertEquals(0, run("next", "rate(1 day)", "--count", "1"));
    assertEquals("2026-01-02T00:00:00Z\n", out.toString());
  }

  @Test
  void aRateCountsFromItsAnchor() {
    assertEquals(
        0,
        run(
            "next",
            "rate(2 hours)",
            "--after",
            "2026-01-01T12:00:00+01:00",
            "--anchor",
            "2026-01-01T00:30:00Z",
            "--count",
            "1"));
    assertEquals("2026-01-01T12:30:00Z\n", out.toString());
  }

  @Test
  void zoneAndOffsetMoveACron() {
    assertEquals(
        0,
        run(
            "next",
            "cron(30 2 ? * TUE#2 *)",
            "--timezone",
            "Europe/Berlin",
            "--offset",
            "2",
            "--after",
            "2026-07-01T00:00:00Z",
            "--count",
            "1"));
    assertEquals("2026-07-16T00:30:00Z\n", out.toString());
  }

  @Test
  void nothingToComeIsNoErrorAndNoLine() {
    assertEquals(0, run("next", "at(2020-01-01T00:00:00)"));
    assertEquals("", out.toString());
  }

  @Test
  void aWrongExpressionEndsWithPositionAndReason() {
    assertEquals(1, run("next", "cron(71 * * * ? *)"));
    assertEquals("", out.toString());
    assertTrue(err.toString().contains("1:6 '71' is not a minutes value"), err::toString);
    assertEquals(1, err.toString().lines().count());
  }

  @Test
  void anOffsetOnARateIsRefused() {
    assertEquals(1, run("next", "rate(1 day)", "--offset", "1"));
    assertTrue(err.toString().contains("cron expressions only"), err::toString);
  }

  @Test
  void wrongOptionsAreUsageErrors() {
    assertEquals(2, run("next", "rate(1 day)", "--count", "0"));
    assertEquals(2, run("next", "rate(1 day)", "--after", "yesterday"));
    assertEquals(2, run("next", "rate(1 day)", "--timezone", "Moon/North"));
    assertEquals(2, run("next", "rate(1 day)", "--timezone", "+02:00"));
    assertEquals(2, run("next", "rate(1 day)", "--offset", "7"));
    assertEquals(2, run("next"));
    assertEquals(2, run());
  }

  @Test
  void standardInputGivesALineOfJsonForEach() {
    input = "rate(1 day)\n\nat(2020-01-01T00:00:00)\n";

    assertEquals(1, run("next", "-", "--count", "1"));

    List<Map<String, Value>> lines = lines();
    assertEquals(3, lines.size());
    assertEquals(
        Map.of(
            "expression",
            new Value.Text("rate(1 day)"),
            "valid",
            new Value.Flag(true),
            "error",
            new Value.Null(),
            "next",
            new Value.Items(List.of(new Value.Text("2026-01-02T00:00:00Z")))),
        lines.get(0));
    assertEquals(new Value.Flag(false), lines.get(1).get("valid"));
    assertEquals(new Value.Items(List.of()), lines.get(1).get("next"));
    assertTrue(lines.get(1).get("error") instanceof Value.Text);
    assertEquals(new Value.Flag(true), lines.get(2).get("valid"));
    assertEquals(new Value.Items(List.of()), lines.get(2).get("next"));
  }

  @Test
  void allValidOnStandardInputEndsWithZero() {
    input = "rate(1 day)";

    assertEquals(0, run("next", "-"));
  }

  @Test
  void realExpressionsAreJudgedAsTheirUsersKnowThem() throws IOException {
    List<String> rows =
        Files.readAllLines(Shared.path("corpus/schedules.tsv")).stream().skip(1).toList();
    List<String[]> cells = rows.stream().map(row -> row.split("\t", -1)).toList();
    input = String.join("\n", cells.stream().map(row -> row[0]).toList());

    run("next", "-", "--count", "1");

    Set<String> differ = new TreeSet<>();
    List<Map<String, Value>> lines = lines();
    assertEquals(rows.size(), lines.size());
    for (int i = 0; i < rows.size(); i++) {
      assertEquals(new Value.Text(cells.get(i)[0]), lines.get(i).get("expression"));
      boolean valid = lines.get(i).get("valid") instanceof Value.Flag(var flag) && flag;
      if (valid != cells.get(i)[1].equals("valid")) {
        differ.add(cells.get(i)[0]);
      }
    }
    assertEquals(new TreeSet<>(OURS), differ);
  }

  private List<Map<String, Value>> lines() {
    List<Map<String, Value>> lines = new ArrayList<>();
    for (String line : out.toString().lines().toList()) {
      List<Problem> problems = new ArrayList<>();
      Value value =
          DocumentReader.readJson(line.getBytes(StandardCharsets.UTF_8), problems)
              .orElse(new Value.Num(BigDecimal.ZERO));
      assertTrue(value instanceof Value.Fields, () -> line + problems);
      lines.add(((Value.Fields) value).fields());
    }
    return lines;
  }

  private int run(String... arguments) {
    ScheduleCommand command =
        new ScheduleCommand(
            InstantSource.fixed(Instant.parse("2026-01-01T00:00:00Z")),
            new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
    return new CommandLine(command)
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }
}
