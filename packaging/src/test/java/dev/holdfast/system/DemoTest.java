package dev.holdfast.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The demo's own part, with programs that only pretend: what it says, how it ends, what it leaves.
 */
final class DemoTest {
  @TempDir Path folder = Path.of("set by JUnit");

  private record End(int code, List<String> out, String err) {}

  @BeforeEach
  void makeACheckout() throws IOException {
    Path packaging = Files.createDirectories(folder.resolve("packaging"));
    Files.copy(
        Scripts.PACKAGING.resolve("demo"),
        packaging.resolve("demo"),
        StandardCopyOption.COPY_ATTRIBUTES);
    Scripts.copy("lib", packaging);
    Files.createDirectories(packaging.resolve("target/classes"));
    Files.createDirectories(folder.resolve("tmp"));
    Files.writeString(folder.resolve("pom.xml"), "");
    for (String module : List.of("agent", "coordinator", "packaging")) {
      Files.createDirectories(folder.resolve(module).resolve("src/main"));
      Files.writeString(folder.resolve(module).resolve("pom.xml"), "");
    }
    for (String program : List.of("agent", "coordinator")) {
      Files.createDirectories(folder.resolve(program).resolve("target/lib"));
      Files.writeString(
          folder.resolve(program).resolve("target/lib/holdfast-" + program + ".jar"), "");
    }
    Files.createDirectories(folder.resolve("jdk"));
    Files.writeString(folder.resolve("jdk/release"), "JAVA_VERSION=\"25\"\n");
    Scripts.write(
        folder.resolve("jdk/bin/java"),
        """
        case "$*" in
          *activation*) echo 2222 ;;
          *apply*) echo "tagged it"; [ -z "$REFUSED" ] || exit 1; echo "applied in 345 ms" ;;
        esac
        """);
    Scripts.write(
        packaging.resolve("bin/holdfast-coordinator"),
        """
        mkdir -p "$3"
        echo sha256:aa > "$3/ca.pin"
        echo $$ >> "$PIDS"
        echo "ready agent=127.0.0.1:1 admin=127.0.0.1:2 metrics=127.0.0.1:3 data=$3 version=0"
        exec sleep 300
        """);
    Scripts.write(
        packaging.resolve("bin/holdfast-agent"),
        """
        if [ "$1" = enroll ]; then echo "instance mi-0123456789abcdef0"; exit 0; fi
        if [ -n "$BROKEN" ]; then echo "the state is broken" >&2; exit 1; fi
        echo $$ >> "$PIDS"
        echo "ready instance=mi-0123456789abcdef0 coordinator=127.0.0.1:1"
        exec sleep 300
        """);
    Scripts.write(packaging.resolve("bin/holdfast"), "echo \"a table of $*\"");
  }

  @Test
  void onceItShowsEverythingAndLeavesNothing() throws Exception {
    End end = end(start(Map.of(), "--once"));

    assertEquals(0, end.code, end::toString);
    assertTrue(end.out.contains("a table of get compliance mi-0123456789abcdef0"), end::toString);
    assertTrue(end.out.contains("applied in 345 ms"), end::toString);
    assertTrue(end.out.stream().anyMatch(line -> line.contains("grpcurl")), end::toString);
    assertNothingIsLeft(2);
  }

  @Test
  void whatDoesNotArriveIsAFailureAndLeavesNothing() throws Exception {
    End refused = end(start(Map.of("REFUSED", "yes"), "--once"));

    assertEquals(1, refused.code, refused::toString);
    assertFalse(refused.out.contains("applied in 345 ms"), refused::toString);
    assertTrue(refused.err.contains("not everything arrived"), refused::toString);
    assertNothingIsLeft(2);
  }

  @Test
  void aProgramThatEndsIsAFailureWithItsLastWords() throws Exception {
    End broken = end(start(Map.of("BROKEN", "yes"), "--once"));

    assertEquals(1, broken.code, broken::toString);
    assertTrue(broken.err.contains("the state is broken"), broken::toString);
    assertNothingIsLeft(1);
  }

  @Test
  void itStaysUpUntilItIsStoppedAndThenLeavesNothing() throws Exception {
    Process process = start(Map.of());
    Path out = folder.resolve("out");
    while (!Files.readString(out).contains("running until Ctrl-C")) {
      assertTrue(process.isAlive(), () -> "ended early");
      Thread.sleep(20);
    }

    process.destroy();

    assertEquals(143, end(process).code);
    assertNothingIsLeft(2);
  }

  @Test
  void anUnknownArgumentIsAUsageError() throws Exception {
    assertEquals(2, end(start(Map.of(), "--twice")).code);
  }

  private void assertNothingIsLeft(int programs) throws IOException {
    try (Stream<Path> left = Files.list(folder.resolve("tmp"))) {
      assertEquals(List.of(), left.toList());
    }
    List<String> pids = Files.readAllLines(folder.resolve("pids"));
    assertEquals(programs, pids.size());
    for (String pid : pids) {
      assertFalse(
          ProcessHandle.of(Long.parseLong(pid)).map(ProcessHandle::isAlive).orElse(false), pid);
    }
  }

  private Process start(Map<String, String> environment, String... arguments) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(folder.resolve("packaging/demo").toString());
    builder.command().addAll(List.of(arguments));
    builder.environment().put("JAVA_HOME", folder.resolve("jdk").toString());
    builder.environment().put("TMPDIR", folder.resolve("tmp").toString());
    builder.environment().put("PIDS", folder.resolve("pids").toString());
    builder.environment().putAll(environment);
    builder.redirectOutput(folder.resolve("out").toFile());
    builder.redirectError(folder.resolve("err").toFile());
    return builder.start();
  }

  private End end(Process process) throws IOException, InterruptedException {
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroy();
      throw new AssertionError("still running: " + Files.readString(folder.resolve("out")));
    }
    return new End(
        process.exitValue(),
        Files.readAllLines(folder.resolve("out"), StandardCharsets.UTF_8),
        Files.readString(folder.resolve("err")));
  }
}
