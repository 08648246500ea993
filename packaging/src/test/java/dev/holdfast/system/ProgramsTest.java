package dev.holdfast.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The three programs by their launchers, as far as none of them needs another. */
final class ProgramsTest {
  private static final Path ROOT = Path.of(System.getProperty("holdfast.root"));

  @TempDir Path folder = Path.of("set by JUnit");

  @ParameterizedTest
  @ValueSource(strings = {"holdfast", "holdfast-agent", "holdfast-coordinator"})
  void eachProgramExplainsItself(String program) throws IOException {
    String help = run(program, 0, "--help");

    assertTrue(help.contains("Usage: " + program), help);
    assertTrue(run(program, 0, "--version").contains("0.1.0"), program);
    assertEquals("", errors(program));
  }

  @ParameterizedTest
  @ValueSource(strings = {"holdfast", "holdfast-agent", "holdfast-coordinator"})
  void aWrongCallIsAUsageErrorInOneLine(String program) throws IOException {
    assertEquals("", run(program, 2, "no-such-command"));

    String said = errors(program);
    assertTrue(said.contains("no-such-command"), said);
    assertEquals(1, said.lines().count(), said);
  }

  @Test
  void schedulesAreComputedWithoutACoordinator() throws IOException {
    assertEquals(
        "2026-11-29T02:00:00Z\n2026-12-06T02:00:00Z",
        run(
            "holdfast-agent",
            0,
            "schedule",
            "next",
            "cron(0 2 ? * SUN *)",
            "--after",
            "2026-11-24T00:00:00Z",
            "--count",
            "2"));
    assertEquals("", run("holdfast-agent", 1, "schedule", "next", "cron(71 * * * ? *)"));
    String said = errors("holdfast-agent");
    assertTrue(said.contains("1:6 '71' is not a minutes value"), said);
    assertEquals(1, said.lines().count(), said);
  }

  @Test
  void theInventoryOfThisHostIsPrintedAndNothingIsLeftBehind() throws IOException {
    String json =
        run("holdfast-agent", 0, "inventory", "--type", "AWS:InstanceDetailedInformation");

    assertTrue(json.contains("\"typeName\": \"AWS:InstanceDetailedInformation\""), json);
    assertTrue(json.contains("\"CPUs\""), json);
  }

  @Test
  void theExamplesAreValid() {
    String lines =
        run(
            "holdfast-agent",
            0,
            "document",
            "validate",
            ROOT + "/packaging/examples/check-machine.yaml",
            ROOT + "/packaging/examples/clean-logs.yaml");

    assertEquals(2, lines.lines().count(), lines);
    assertTrue(lines.lines().allMatch(line -> line.contains("\"valid\":true")), lines);
  }

  @Test
  void theCheckOfTheMachineRunsWithoutACoordinator() {
    String result =
        run(
            "holdfast-agent",
            0,
            "document",
            "run",
            ROOT + "/packaging/examples/check-machine.yaml");

    assertTrue(result.contains("diskSpace"), result);
  }

  @Test
  void scriptsRunWhateverUmaskTheirAgentHas() {
    Assumptions.assumeTrue(
        "root".equals(System.getProperty("user.name")), "others can't use their own folders then");
    Launched.Around closed =
        new Launched.Around(List.of("/bin/sh", "-c", "umask 177; exec \"$@\"", "sh"), Map.of());
    List<String> call = List.of("document", "run", ROOT + "/packaging/examples/check-machine.yaml");

    try (Launched run = Launched.start(folder, "holdfast-agent", call, closed)) {
      String result = run.awaitLine("{", Rig.START);
      assertTrue(result.contains("diskSpace"), result);
      assertFalse(result.contains("Permission denied"), result);
    }
  }

  private String run(String program, int exitCode, String... arguments) {
    return Launched.run(folder, program, List.of(arguments), exitCode);
  }

  private String errors(String program) throws IOException {
    return Files.readString(folder.resolve(program + ".log"));
  }
}
