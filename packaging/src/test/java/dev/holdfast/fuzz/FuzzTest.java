package dev.holdfast.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each target with the inputs that are kept of it. The profile {@code fuzz} looks for new ones,
 * guided by coverage: {@code -Dfuzz.seconds=N} for each target (60 by default), {@code
 * -Dfuzz.targets=NAME,NAME} for some of them. What it finds that reaches new branches is written to
 * the archives in the source tree, without what adds nothing; an input that breaks a target stays
 * in {@code target/fuzz} and fails the build.
 */
final class FuzzTest {
  private static final int LARGEST = 64 * 1024;

  @ParameterizedTest
  @EnumSource(Target.class)
  void whatOnceReachedANewBranchBreaksNothing(Target target) throws IOException {
    Map<String, byte[]> kept = Corpus.kept(target);

    assertFalse(kept.isEmpty(), "no inputs are kept of " + target.text());
    kept.forEach(
        (name, input) -> {
          try {
            target.feed(input);
          } catch (RuntimeException | Error failure) {
            throw new AssertionError(
                name + " breaks " + target.text() + ": " + HexFormat.of().formatHex(input),
                failure);
          }
        });
  }

  static Stream<Target> wanted() {
    String some = System.getProperty("fuzz.targets", "");
    return some.isEmpty()
        ? Stream.of(Target.values())
        : Arrays.stream(some.split(",")).map(Target::named);
  }

  @ParameterizedTest
  @MethodSource("wanted")
  void noInputThatCoverageLeadsToBreaksIt(Target target) throws IOException, InterruptedException {
    Assumptions.assumeTrue(
        Integer.getInteger("fuzz.seconds", 0) > 0, "new inputs are looked for by the profile fuzz");
    Path root = Path.of(Objects.requireNonNull(System.getProperty("holdfast.root")));
    Path folder = root.resolve("packaging/target/fuzz").resolve(target.text());
    Path found = folder.resolve("found");
    Path fewest = folder.resolve("fewest");
    Corpus.unpack(target, found);
    Seeds.write(target, found);

    int ended =
        fuzzer(target, folder, "-max_total_time=" + Integer.getInteger("fuzz.seconds"), found);
    assertEquals(0, ended, "see " + folder.resolve("log") + "; the input lies beside it");

    Files.createDirectories(fewest);
    assertEquals(
        0, fuzzer(target, folder, "-merge=1", fewest, found), "see " + folder.resolve("log"));
    Corpus.pack(
        fewest, root.resolve("packaging/src/test/resources/fuzz").resolve(target.text() + ".zip"));
  }

  private static int fuzzer(Target target, Path folder, String how, Path... inputs)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
    command.addAll(List.of("-Xmx1g", "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED"));
    command.addAll(
        List.of("-XX:+EnableDynamicAgentLoading", "-Dorg.slf4j.simpleLogger.defaultLogLevel=off"));
    command.addAll(List.of("-cp", classPath(), "com.code_intelligence.jazzer.Jazzer"));
    command.add("--target_class=" + Fuzzed.class.getName());
    command.add("--target_args=" + target.text());
    command.add("--instrumentation_includes=dev.holdfast.**:org.snakeyaml.**");
    command.add("--reproducer_path=" + folder);
    command.addAll(List.of(how, "-timeout=60", "-rss_limit_mb=3000", "-max_len=" + LARGEST));
    command.addAll(List.of("-artifact_prefix=" + folder + "/", "-print_final_stats=1"));
    for (Path input : inputs) {
      command.add(input.toString());
    }
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(Redirect.appendTo(folder.resolve("log").toFile()))
            .start();
    try {
      process.waitFor(2L * Integer.getInteger("fuzz.seconds") + 300, TimeUnit.SECONDS);
      return process.isAlive() ? -1 : process.exitValue();
    } finally {
      process.destroyForcibly();
    }
  }

  private static String classPath() {
    return System.getProperty(
        "surefire.test.class.path", Objects.requireNonNull(System.getProperty("java.class.path")));
  }
}
