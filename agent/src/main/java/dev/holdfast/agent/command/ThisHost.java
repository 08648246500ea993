package dev.holdfast.agent.command;

import dev.holdfast.agent.process.OsCommands;
import dev.holdfast.agent.state.HostKeeper;
import dev.holdfast.agent.state.HttpsSource;
import dev.holdfast.agent.state.Keeper;
import dev.holdfast.agent.state.LinuxHost;
import dev.holdfast.agent.step.HostFacts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Asks the host what scripts are told of it. */
public final class ThisHost {
  private static final List<Path> RELEASE_FILES =
      List.of(Path.of("/etc/os-release"), Path.of("/usr/lib/os-release"));

  private ThisHost() {}

  /**
   * The facts of this host.
   *
   * @param instanceId empty if it is not enrolled
   * @param region empty unless configured
   */
  public static HostFacts facts(String instanceId, String region) {
    Map<String, String> release = release();
    String system = System.getProperty("os.name", "Linux");
    return new HostFacts(
        instanceId,
        region,
        platform(system),
        release.getOrDefault("NAME", system),
        release.getOrDefault("VERSION_ID", System.getProperty("os.version", "")),
        System.getProperty("user.home", "/"),
        Path.of("").toAbsolutePath(),
        program("pwsh", System.getenv().getOrDefault("PATH", "/usr/bin:/bin")));
  }

  /**
   * Where a program is.
   *
   * @param path folders with colons between them, as in the variable of that name
   */
  static Optional<Path> program(String name, String path) {
    return Arrays.stream(path.split(":", -1))
        .filter(folder -> folder.startsWith("/"))
        .map(folder -> Path.of(folder, name))
        .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
        .findFirst();
  }

  /** Brings this host to the state that it should have. */
  public static Keeper keeper(HostFacts facts) {
    LinuxHost.Means means =
        new LinuxHost.Means(
            new OsCommands(),
            new HttpsSource(),
            pause -> TimeUnit.NANOSECONDS.sleep(pause.toNanos()),
            facts.workingFolder());
    return new HostKeeper(folder -> new LinuxHost(means, folder));
  }

  private static String platform(String system) {
    String lower = system.toLowerCase(Locale.ROOT);
    if (lower.startsWith("windows")) {
      return "Windows";
    }
    return lower.startsWith("mac") ? "MacOS" : "Linux";
  }

  private static Map<String, String> release() {
    Map<String, String> values = new HashMap<>();
    for (Path file : RELEASE_FILES) {
      try {
        for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
          int equals = line.indexOf('=');
          if (equals > 0) {
            values.put(line.substring(0, equals), unquoted(line.substring(equals + 1).strip()));
          }
        }
        return values;
      } catch (IOException e) {
        // Not every system has it there, or at all.
      }
    }
    return values;
  }

  private static String unquoted(String text) {
    boolean quoted = text.length() >= 2 && (isIn('"', text) || isIn('\'', text));
    return quoted ? text.substring(1, text.length() - 1) : text;
  }

  private static boolean isIn(char quote, String text) {
    return text.charAt(0) == quote && text.charAt(text.length() - 1) == quote;
  }
}
