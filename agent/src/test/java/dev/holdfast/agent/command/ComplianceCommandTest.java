package dev.holdfast.agent.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.agent.identity.IdentityException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The command against an agent that is not there, and one that says what it is told to. */
final class ComplianceCommandTest {
  private static final String RIGHT =
      "[{\"Id\": \"full\", \"Title\": \"The full backup\", \"Severity\": \"HIGH\", \"Status\":"
          + " \"NON_COMPLIANT\", \"Details\": {\"Age\": \"3 days\"}}]";

  @TempDir private Path folder;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final List<String> puts = new ArrayList<>();

  @Test
  void whatTheAgentTookIsSaid() throws IOException {
    assertEquals(0, put("taken", "Custom:Backup", RIGHT));
    assertEquals("put type=Custom:Backup items=1\n", text(out));
    assertEquals(List.of("Custom:Backup " + RIGHT), puts);
  }

  @Test
  void anEmptyListIsPutToo() throws IOException {
    assertEquals(0, put("taken", "Custom:Backup", "[]"));
    assertEquals(List.of("Custom:Backup []"), puts);
  }

  @Test
  void whatTheAgentRefusesFailsWithItsReasons() throws IOException {
    assertEquals(1, put("full\nof it", "Custom:Backup", RIGHT));
    assertEquals("the agent refused: full; of it\n", text(err));
    err.reset();
    assertEquals(1, put("", "Custom:Backup", RIGHT));
    assertTrue(text(err).startsWith("the agent gave no answer; put the file again"));
  }

  @Test
  void everythingThatIsWrongIsToldAtOnceAndNothingIsSent() throws IOException {
    String wrong =
        "[{\"Id\": 7, \"Severity\": \"BAD\", \"Status\": \"COMPLIANT\", \"Tile\": \"x\"}, 3,"
            + " {\"id\": \"a\", \"severity\": \"LOW\", \"details\": {\"n\": 1}}]";

    assertEquals(1, put("taken", "Patch", wrong));

    String file = "holdfast-agent: " + folder.resolve("items.json") + ": ";
    assertEquals(
        List.of(
            "--type: 'Patch'; allowed is Custom: and a name of 2 or more letters, digits and"
                + " underscores, of at most 100 characters in all",
            "items[0]: 'Tile' is not known; did you mean Title?; allowed are Id, Title, Severity,"
                + " Status, Details",
            "items[0].Id: is no text",
            "items[0].Severity: 'BAD'; allowed are CRITICAL, HIGH, MEDIUM, LOW, INFORMATIONAL,"
                + " UNSPECIFIED",
            "items[1]: is no object",
            "items[2].Status: is missing",
            "items[2].Details: 'n' is no text; all details are"),
        text(err).lines().map(line -> line.substring(file.length())).toList());
    assertEquals(List.of(), puts);
  }

  @Test
  void textThatIsNoListOrNoJsonIsTold() throws IOException {
    assertEquals(1, put("taken", "Custom:Backup", "{\"Items\": []}"));
    assertTrue(text(err).contains("the file: is no JSON list"));
    assertEquals(1, put("taken", "Custom:Backup", "[\n{\"Id\": }]"));
    assertTrue(text(err).contains("items.json: 2:8: "));
  }

  @Test
  void itemsThatNoMessageHasRoomForAreRefusedHere() throws IOException {
    assertEquals(
        0, put("taken", "Custom:Backup", items(1_000, _ -> "The same words. ".repeat(40))));
    puts.clear();
    SplittableRandom random = new SplittableRandom(7);

    assertEquals(
        1,
        put(
            "taken",
            "Custom:Backup",
            items(
                1_000,
                _ ->
                    random
                        .ints(600, 'a', 'z' + 1)
                        .mapToObj(Character::toString)
                        .collect(Collectors.joining()))));

    assertTrue(
        text(err).matches(".*items: they don't pack well enough: \\d+ bytes packed; .* 261104\n"),
        text(err));
    assertEquals(List.of(), puts);
  }

  private static String items(int count, IntFunction<String> detail) {
    return IntStream.range(0, count)
        .mapToObj(
            i ->
                "{\"Id\": \"i%d\", \"Severity\": \"LOW\", \"Status\": \"UNKNOWN\",".formatted(i)
                    + " \"Details\": {\"Text\": \"%s\"}}".formatted(detail.apply(i)))
        .collect(Collectors.joining(",", "[", "]"));
  }

  @Test
  void withoutAnAgentItFailsAndSaysHowToStartOne() throws IOException {
    Path file = Files.writeString(folder.resolve("items.json"), RIGHT);
    assertEquals(1, run("Custom:Backup", file));
    assertTrue(
        text(err)
            .matches(
                "no agent answers for the state folder .*, so nothing was put; start it .*\n"));
  }

  private int put(String answer, String type, String content) throws IOException {
    ControlSocket.Answers agent =
        new ControlSocket.Answers() {
          @Override
          public String status() {
            return "";
          }

          @Override
          public String put(String what, byte[] items) {
            puts.add(what + " " + new String(items, StandardCharsets.UTF_8));
            return answer;
          }

          @Override
          public String metrics() {
            return "";
          }

          @Override
          public String resume() {
            return "";
          }
        };
    Path file = Files.writeString(folder.resolve("items.json"), content);
    try (var _ = ControlSocket.open(folder, new Patience(), agent)) {
      return run(type, file);
    }
  }

  private int run(String type, Path file) {
    ComplianceCommand command =
        new ComplianceCommand(given -> given.orElse(folder), stream(out), stream(err));
    CommandLine line = new CommandLine(command);
    line.setExecutionExceptionHandler(
        (problem, _, _) -> {
          err.writeBytes((problem.getMessage() + "\n").getBytes(StandardCharsets.UTF_8));
          return problem instanceof IdentityException ? 1 : 99;
        });
    return line.execute("put", "--type", type, file.toString());
  }

  private static PrintStream stream(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, true, StandardCharsets.UTF_8);
  }

  private static String text(ByteArrayOutputStream bytes) {
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
