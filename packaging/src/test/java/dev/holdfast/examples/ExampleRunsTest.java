package dev.holdfast.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.document.Document;
import dev.holdfast.document.DocumentReader;
import dev.holdfast.document.Step;
import dev.holdfast.document.Substitution;
import dev.holdfast.document.Value;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the examples' scripts do, run by the shell that the agent runs them with. Paths are put in
 * behind the back of {@code allowedPattern}, so that they stay in a temporary folder.
 */
final class ExampleRunsTest {
  private static final Path EXAMPLES =
      Path.of(System.getProperty("holdfast.root")).resolve("packaging/examples");

  @TempDir Path folder = Path.of("set by JUnit");

  private record End(int code, String output) {}

  @Test
  void theCheckReportsAndFailsOnlyIfItIsToldTo() throws Exception {
    List<End> reported = run("check-machine", Map.of("DiskPercent", "0"));
    List<End> judged = run("check-machine", Map.of("DiskPercent", "0", "FailOn", "problems"));

    assertEquals(List.of(0, 0, 0), reported.stream().map(End::code).toList(), reported::toString);
    assertTrue(reported.get(0).output.contains("Upgrades: "), reported::toString);
    assertTrue(reported.get(1).output.contains("% full"), reported::toString);
    assertTrue(reported.get(2).output.contains("Services"), reported::toString);
    assertEquals(1, judged.get(1).code, judged::toString);
  }

  @Test
  void aFileIsMadeThenLeftAloneThenMended() throws Exception {
    Path file = folder.resolve("motd");
    String text = "it's $(touch " + folder + "/made) `id` \"quoted\" \\n ${HOME}\n\nlast";
    Map<String, String> values = Map.of("Path", file.toString(), "Content", text, "Mode", "0640");

    assertDone(0, "it is missing", run("keep-file", values));
    assertEquals(text + "\n", Files.readString(file));
    assertEquals("rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    FileTime before = Files.getLastModifiedTime(file);

    assertDone(0, "as it should be", run("keep-file", values));
    assertEquals(before, Files.getLastModifiedTime(file));

    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
    assertDone(0, "its mode is 0666", run("keep-file", values));

    Files.writeString(file, "by hand\n");
    assertDone(0, "< by hand", run("keep-file", values));
    assertEquals(text + "\n", Files.readString(file));
    assertEquals(List.of("motd"), names());
  }

  @Test
  void aFileIsNotTouchedWhenItIsOnlyCheckedOrALink() throws Exception {
    Path file = folder.resolve("motd");
    Files.writeString(file, "by hand\n");
    Map<String, String> values = new LinkedHashMap<>(Map.of("Content", "ours"));

    values.putAll(Map.of("Path", file.toString(), "OnlyCheck", "true"));
    assertDone(1, "nothing was changed", run("keep-file", values));

    Files.createSymbolicLink(folder.resolve("link"), file);
    values.putAll(Map.of("Path", folder + "/link", "OnlyCheck", "false"));
    assertDone(1, "not a regular file", run("keep-file", values));

    values.put("Path", folder + "/none/motd");
    assertDone(1, "there is no folder", run("keep-file", values));

    assertEquals("by hand\n", Files.readString(file));
    assertEquals(List.of("link", "motd"), names());
  }

  @Test
  void onlyOldRotatedLogsAreRemovedAndOnlyWhenAskedTo() throws Exception {
    Path young = log("young.log.1", 3);
    Path live = log("live.log", 400);
    Path old = log("sub/old.log.2.gz", 100);
    Path dated = log("dated-20250131", 100);
    Path outside = Files.createTempDirectory("outside");
    try {
      Path kept = Files.writeString(outside.resolve("kept.gz"), "x");
      Files.setLastModifiedTime(kept, daysAgo(100));
      Files.createSymbolicLink(folder.resolve("link"), outside);
      Files.createSymbolicLink(folder.resolve("link.gz"), kept);
      Map<String, String> values = new LinkedHashMap<>(Map.of("Folder", folder.toString()));

      assertDone(0, "would delete 2 files", run("clean-logs", values));
      assertTrue(Files.exists(old));

      values.putAll(Map.of("DryRun", "false", "MaxFiles", "1"));
      assertDone(1, "2 files match, more than MaxFiles (1)", run("clean-logs", values));
      assertTrue(Files.exists(old));

      values.put("MaxFiles", "2");
      assertDone(0, "deleted 2 files", run("clean-logs", values));
      assertFalse(Files.exists(old));
      assertFalse(Files.exists(dated));
      assertTrue(Files.exists(young));
      assertTrue(Files.exists(live));
      assertTrue(Files.exists(kept));

      assertDone(0, "deleted 0 files", run("clean-logs", values));
      values.put("Folder", folder + "/link");
      assertDone(1, "reached through a link", run("clean-logs", values));
      assertTrue(Files.exists(kept));
      values.put("Folder", folder + "/none");
      assertDone(0, "nothing to clean", run("clean-logs", values));
    } finally {
      Files.deleteIfExists(outside.resolve("kept.gz"));
      Files.delete(outside);
    }
  }

  private static void assertDone(int code, String says, List<End> ends) {
    assertEquals(1, ends.size());
    assertEquals(code, ends.getFirst().code, ends::toString);
    assertTrue(ends.getFirst().output.contains(says), ends::toString);
  }

  private Path log(String name, int days) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(folder.resolve(name.contains("/") ? "sub" : "."));
    Files.writeString(file, "a line\n");
    return Files.setLastModifiedTime(file, daysAgo(days));
  }

  private static FileTime daysAgo(int days) {
    return FileTime.from(Instant.now().minus(Duration.ofDays(days)));
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
    }
  }

  /** The steps of an example in their order, with the defaults where no value is given. */
  private static List<End> run(String name, Map<String, String> given)
      throws IOException, InterruptedException {
    Document document =
        DocumentReader.read(Files.readAllBytes(EXAMPLES.resolve(name + ".yaml")))
            .document()
            .orElseThrow();
    Map<String, Value> values = new LinkedHashMap<>();
    document
        .parameters()
        .forEach((each, definition) -> values.put(each, definition.defaultValue().orElseThrow()));
    given.forEach((each, value) -> values.put(each, new Value.Text(value)));
    List<End> ends = new ArrayList<>();
    for (Step step : document.steps()) {
      if (Substitution.inputs(step, document, values) instanceof Value.Fields(var fields)
          && fields.get("runCommand") instanceof Value.Items(var lines)
          && lines.size() == 1
          && lines.getFirst() instanceof Value.Text(var script)) {
        ends.add(shell(script, Substitution.environment(document, values)));
      } else {
        throw new AssertionError("no script of one piece: " + step);
      }
    }
    return ends;
  }

  private static End shell(String script, Map<String, String> environment)
      throws IOException, InterruptedException {
    Path file = Files.createTempFile("example", ".sh");
    try {
      Files.writeString(file, script);
      ProcessBuilder builder = new ProcessBuilder("sh", file.toString());
      builder.environment().putAll(environment);
      builder.redirectErrorStream(true);
      Process process = builder.start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertTrue(process.waitFor(60, TimeUnit.SECONDS), output);
      return new End(process.exitValue(), output);
    } finally {
      Files.delete(file);
    }
  }
}
