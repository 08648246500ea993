package dev.holdfast.faults;

import dev.holdfast.agent.Armed;
import dev.holdfast.agent.Main;
import dev.holdfast.system.Launched;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The agent, ended at the failpoints of a file, on a host that was started when a test says so. */
public final class ArmedAgent {
  /** The system property that names the start of the host. */
  private static final String BOOT = "holdfast.boot";

  private ArmedAgent() {}

  /**
   * As the agent's own.
   *
   * @param arguments the launcher that it stands for, then as the agent's
   */
  public static void main(String[] arguments) {
    System.exit(
        Main.run(
            Arrays.copyOfRange(arguments, 1, arguments.length),
            new Armed(ArmedFailpoints.armed(), Optional.ofNullable(System.getProperty(BOOT)))));
  }

  /**
   * In place of the agent's launcher: this one.
   *
   * @param folder where the file of the failpoints is put
   * @param failpoints lines of that file
   * @param boot names the start of the host; empty: as the host says
   */
  static Launched.Around within(Path folder, List<String> failpoints, Optional<String> boot)
      throws IOException {
    Path file = Files.write(Files.createTempFile(folder, "failpoints", ""), failpoints);
    Path root = Path.of(System.getProperty("holdfast.root"));
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(List.of("-XX:+UseSerialGC", "-Xmx64m", "-XX:TieredStopAtLevel=1"));
    words.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-XX:-UsePerfData"));
    words.add("-D" + ArmedFailpoints.PROPERTY + "=" + file);
    boot.ifPresent(id -> words.add("-D" + BOOT + "=" + id));
    words.add("-cp");
    words.add(
        root.resolve("agent/target/lib/holdfast-agent.jar")
            + ":"
            + root.resolve("packaging/target/classes"));
    words.add(ArmedAgent.class.getName());
    return new Launched.Around(words, Map.of());
  }
}
