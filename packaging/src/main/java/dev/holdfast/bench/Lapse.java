package dev.holdfast.bench;

import dev.holdfast.system.Launched;
import dev.holdfast.task.Tempo;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Time that passes faster for both programs, and from the same moment on, as system properties that
 * only the programs of this package read.
 *
 * @param zero from when on
 * @param factor how many times as fast
 */
record Lapse(Instant zero, double factor) {
  private static final String ZERO = "holdfast.bench.zero";
  private static final String FACTOR = "holdfast.bench.factor";

  /** The one that this program was started with. */
  static Tempo tempo() {
    return Tempo.faster(
        InstantSource.system(),
        Instant.parse(System.getProperty(ZERO)),
        Double.parseDouble(System.getProperty(FACTOR)));
  }

  /** In place of a launcher: a program of this package, with this time. */
  Launched.Around within(Class<?> program, String module, List<String> flags) {
    Path root = Path.of(System.getProperty("holdfast.root"));
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(flags);
    words.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-XX:-UsePerfData"));
    words.add("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn");
    words.addAll(List.of("-D" + ZERO + "=" + zero, "-D" + FACTOR + "=" + factor));
    words.add("-cp");
    words.add(
        root.resolve(module + "/target/lib/holdfast-" + module + ".jar")
            + ":"
            + root.resolve("packaging/target/classes"));
    words.add(program.getName());
    return new Launched.Around(words, Map.of());
  }
}
