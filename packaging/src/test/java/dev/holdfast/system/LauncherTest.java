package dev.holdfast.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The launchers in a checkout of their own, with a Java that only says how it was called: which one
 * they find, and what they make of it.
 */
final class LauncherTest {
  /** Where the launchers look for a JDK; here there is none. */
  private static final List<String> USUAL_FOLDERS =
      List.of("/usr/lib/jvm/*", "/usr/java/*", "/usr/local/*jdk*", "/opt/*jdk*", "/opt/java/*");

  @TempDir Path folder = Path.of("set by JUnit");

  private Path checkout = Path.of("set before each");
  private Path tools = Path.of("set before each");

  private record End(int code, String out, String err, long pid) {}

  @BeforeEach
  void copyTheLaunchers() throws IOException {
    folder = folder.toRealPath();
    checkout = Files.createDirectories(folder.resolve("a check out"));
    Scripts.copy("bin", checkout.resolve("packaging"));
    Scripts.copy("lib", checkout.resolve("packaging"));
    Path script = checkout.resolve("packaging/lib/launch.sh");
    String text = Files.readString(script);
    for (String usual : USUAL_FOLDERS) {
      assertTrue(text.contains(usual), usual);
      text = text.replace(usual, folder + "/jvm/*");
    }
    Files.writeString(script, text);
    tools = Files.createDirectories(folder.resolve("tools"));
    for (String tool : List.of("sh", "readlink", "grep", "env")) {
      Scripts.write(tools.resolve(tool), "exec " + which(tool) + " \"$@\"");
    }
    for (String jar :
        List.of(
            "agent/target/lib/holdfast-agent.jar",
            "coordinator/target/lib/holdfast-coordinator.jar")) {
      Path file = checkout.resolve(jar);
      Files.createDirectories(checkout.resolve(jar.substring(0, jar.lastIndexOf('/'))));
      Files.writeString(file, "");
    }
  }

  @Test
  void javaTakesThePlaceOfTheLauncherAndGetsTheArgumentsAsTheyAre() throws Exception {
    java("jdk", "25.0.1");

    End end = run("holdfast", Map.of("JAVA_HOME", folder + "/jdk"), "get", "a b", "", "$x *");

    assertEquals(0, end.code, end.err);
    List<String> lines = end.out.lines().toList();
    assertEquals("pid " + end.pid, lines.getFirst());
    assertEquals(List.of("get", "a b", "", "$x *"), lines.subList(lines.size() - 4, lines.size()));
    int classPath = lines.indexOf("-cp");
    assertEquals(
        List.of(
            checkout + "/coordinator/target/lib/holdfast-coordinator.jar",
            "dev.holdfast.coordinator.client.Main"),
        lines.subList(classPath + 1, classPath + 3));
  }

  @Test
  void theAgentIsSmall() throws Exception {
    java("jdk", "25");

    End end = run("holdfast-agent", Map.of("JAVA_HOME", folder + "/jdk"), "status");

    for (String flag :
        List.of(
            "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "arenas 1", "dev.holdfast.agent.Main")) {
      assertTrue(end.out.lines().anyMatch(flag::equals), flag + " in " + end.out);
    }
  }

  @Test
  void optionsOfTheirUserComeBehindTheOwnOnes() throws Exception {
    java("jdk", "25");

    End end =
        run(
            "holdfast-coordinator",
            Map.of("JAVA_HOME", folder + "/jdk", "HOLDFAST_JAVA_OPTIONS", "-Xmx4g -Xlog:gc"),
            "serve");

    List<String> lines = end.out.lines().toList();
    assertTrue(lines.indexOf("-Xmx1g") >= 0, end.out);
    assertTrue(lines.indexOf("-Xmx4g") > lines.indexOf("-Xmx1g"), end.out);
    assertTrue(lines.contains("-Xlog:gc"), end.out);
    assertTrue(lines.contains("dev.holdfast.coordinator.Main"), end.out);
  }

  @Test
  void aJdkIsFoundInJavaHomeThenOnThePathThenInTheUsualFolders() throws Exception {
    java("old", "17.0.2");
    java("home", "25.0.1");
    java("path", "25.0.2");
    java("jvm/vendor-25", "25.0.3");
    java("jvm/vendor-21", "21.0.3");
    Files.createSymbolicLink(tools.resolve("java"), folder.resolve("path/bin/java"));

    assertEquals("home", used(Map.of("JAVA_HOME", folder + "/home")));
    assertEquals("path", used(Map.of("JAVA_HOME", folder + "/old")));
    assertEquals("path", used(Map.of()));
    Files.delete(tools.resolve("java"));
    Files.createSymbolicLink(tools.resolve("java"), folder.resolve("old/bin/java"));
    assertEquals("jvm/vendor-25", used(Map.of()));
    Files.delete(tools.resolve("java"));
    assertEquals("jvm/vendor-25", used(Map.of("JAVA_HOME", folder + "/nowhere")));
  }

  @Test
  void withoutAJdkOneLineSaysSo() throws Exception {
    java("old", "17.0.2");
    java("new", "250.1");

    for (String home : List.of("old", "new")) {
      End end = run("holdfast-agent", Map.of("JAVA_HOME", folder + "/" + home), "status");

      assertEquals(1, end.code);
      assertEquals("", end.out);
      assertEquals(1, end.err.lines().count(), end.err);
      assertTrue(end.err.startsWith("holdfast-agent: no JDK 25 found"), end.err);
    }
  }

  @Test
  void beforeTheFirstBuildOneLineSaysWhatToDo() throws Exception {
    java("jdk", "25");
    Files.delete(checkout.resolve("agent/target/lib/holdfast-agent.jar"));

    End end = run("holdfast-agent", Map.of("JAVA_HOME", folder + "/jdk"), "status");

    assertEquals(1, end.code);
    assertEquals(1, end.err.lines().count(), end.err);
    assertTrue(end.err.contains("run 'mvn package'"), end.err);
  }

  @Test
  void aLinkToALauncherWorksFromAnyFolder() throws Exception {
    java("jdk", "25");
    Path link =
        Files.createSymbolicLink(folder.resolve("h"), checkout.resolve("packaging/bin/holdfast"));

    End end = run(link, Map.of("JAVA_HOME", folder + "/jdk"), "get");

    assertEquals(0, end.code, end.err);
  }

  @Test
  void anInstalledProgramRunsOnItsOwnRuntimeAndByItsCacheIfThereIsOne() throws Exception {
    Path home = folder.resolve("opt/agent");
    Files.createDirectories(home);
    Scripts.copy("bin", home);
    Scripts.copy("lib", home);
    java("opt/agent/runtime", "25.0.3");
    Path launcher = home.resolve("bin/holdfast-agent");

    End without = run(launcher, Map.of("JAVA_HOME", folder + "/nowhere"), "status");

    assertEquals(0, without.code, without.err);
    assertTrue(without.out.contains("home opt/agent/runtime\n"), without.out);
    assertTrue(without.out.contains(home + "/lib/holdfast-agent.jar\n"), without.out);
    assertFalse(without.out.contains("AOT"), without.out);

    Path cache = Files.createFile(home.resolve("lib/agent.cache"));
    End with = run(launcher, Map.of(), "status");

    assertTrue(with.out.lines().anyMatch(("-XX:AOTCache=" + cache)::equals), with.out);
    End recording = run(launcher, Map.of("HOLDFAST_CACHE", "record"), "serve");
    assertTrue(recording.out.contains("-XX:AOTMode=record\n"), recording.out);
    assertFalse(recording.out.contains("AOTCache"), recording.out);
  }

  private String used(Map<String, String> environment) throws Exception {
    End end = run("holdfast", environment, "get");
    assertEquals(0, end.code, end.err);
    return end.out
        .lines()
        .filter(line -> line.startsWith("home "))
        .findFirst()
        .orElse("")
        .substring(5);
  }

  /** A Java that says how it was called. */
  private void java(String home, String version) throws IOException {
    Path program = folder.resolve(home).resolve("bin/java");
    Files.createDirectories(folder.resolve(home));
    Files.writeString(
        folder.resolve(home).resolve("release"),
        "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
    Scripts.write(
        program,
        """
        echo "pid $$"
        echo "home %s"
        echo "arenas $MALLOC_ARENA_MAX"
        printf '%%s\\n' "$@"
        """
            .formatted(home));
  }

  private static Path which(String tool) {
    return Stream.of("/usr/bin", "/bin")
        .map(each -> Path.of(each).resolve(tool))
        .filter(Files::exists)
        .findFirst()
        .orElseThrow();
  }

  private End run(String name, Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    return run(checkout.resolve("packaging/bin").resolve(name), environment, arguments);
  }

  private End run(Path launcher, Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    List<String> call = new ArrayList<>(List.of(launcher.toString()));
    call.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(call);
    builder.directory(folder.toFile());
    builder.environment().clear();
    builder.environment().put("PATH", tools.toString());
    builder.environment().put("HOME", folder.toString());
    builder.environment().putAll(environment);
    Path errors = folder.resolve("errors");
    builder.redirectError(errors.toFile());
    Process process = builder.start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(30, TimeUnit.SECONDS), out);
    return new End(process.exitValue(), out, Files.readString(errors), process.pid());
  }
}
