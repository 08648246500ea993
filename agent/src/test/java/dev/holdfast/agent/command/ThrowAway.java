package dev.holdfast.agent.command;

import com.google.protobuf.ByteString;
import com.google.re2j.Pattern;
import dev.holdfast.agent.process.OsProcesses;
import dev.holdfast.document.Document;
import dev.holdfast.wire.v1.RunStatus;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.snakeyaml.engine.v2.api.Load;
import picocli.CommandLine;

/**
 * A copy of this machine in which documents can do what they like: the file system is an overlay
 * whose changes are in memory, processes and network are apart, and all of it is gone afterwards.
 */
final class ThrowAway {
  private static final String SETUP =
      """
      set -e
      mount --make-rprivate /
      ip link set lo up
      mount -t tmpfs tmpfs "$1"
      mkdir "$1/up" "$1/work" "$1/root"
      mount -t overlay overlay -o "lowerdir=/,upperdir=$1/up,workdir=$1/work" "$1/root"
      root=$1/root
      cp "$2" "$root/cases"
      mount -t proc proc "$root/proc"
      mount -t tmpfs tmpfs "$root/dev"
      mount -t tmpfs tmpfs "$root/tmp"
      chmod 1777 "$root/tmp"
      for device in null zero random urandom; do
        touch "$root/dev/$device"
        mount --bind "/dev/$device" "$root/dev/$device"
      done
      for folder in $3; do
        if [ ! -e "$root$folder" ]; then mkdir -p "$root$folder"; mount --bind "$folder" "$root$folder"; fi
      done
      shift 3
      exec chroot "$root" /bin/sh -c 'cd / && exec "$@"' sh "$@"
      """;

  private ThrowAway() {}

  /** What {@code document run} came to. */
  record Outcome(int exitCode, String json) {}

  /**
   * Runs documents there; the answers have the same keys. The test is skipped where this machine
   * does not let us make such a copy.
   *
   * @param cases to the arguments of {@code document run}
   * @param visible a folder that the arguments are in
   * @param seconds that all of it may take
   */
  static Map<String, Outcome> run(Map<String, List<String>> cases, Path visible, long seconds)
      throws Exception {
    Assumptions.assumeTrue(
        works(), "skipped: documents run only where a throw-away copy of the machine can be made");
    Path folder = Files.createTempDirectory("holdfast-throw-away-");
    Path list = Files.createTempFile("holdfast-cases-", "");
    List<String> keys = List.copyOf(cases.keySet());
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < keys.size(); i++) {
      lines.add(i + "\t" + String.join("\t", Objects.requireNonNull(cases.get(keys.get(i)))));
    }
    Files.write(list, lines);
    Path output = Files.createTempFile("holdfast-answers-", "");
    try {
      Process process =
          unshared(
                  folder,
                  list,
                  visible,
                  List.of(
                      System.getProperty("java.home") + "/bin/java",
                      "-XX:+UseSerialGC",
                      "-XX:TieredStopAtLevel=1",
                      "-Xmx256m",
                      "-cp",
                      classPath(),
                      DocumentCases.class.getName(),
                      "/cases"))
              .redirectOutput(output.toFile())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      boolean ended = process.waitFor(seconds, TimeUnit.SECONDS);
      if (!ended) {
        // Its end is the end of all that is in there: it is process 1 of its own process space.
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
      Map<String, Outcome> outcomes = new LinkedHashMap<>();
      for (String line : Files.readAllLines(output)) {
        String[] fields = line.split("\t", 3);
        outcomes.put(
            keys.get(Integer.parseInt(fields[0])),
            new Outcome(Integer.parseInt(fields[1]), fields[2]));
      }
      return outcomes;
    } finally {
      Files.delete(list);
      Files.delete(output);
      Files.delete(folder);
    }
  }

  private static boolean works() throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("holdfast-throw-away-");
    Path file = Files.createTempFile("holdfast-cases-", "");
    try {
      return unshared(folder, file, folder, List.of("/bin/true"))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    } finally {
      Files.delete(file);
      Files.delete(folder);
    }
  }

  private static ProcessBuilder unshared(
      Path folder, Path list, Path visible, List<String> command) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "unshare",
                "--mount",
                "--pid",
                "--fork",
                "--net",
                "--kill-child",
                "--mount-proc",
                "sh",
                "-c",
                SETUP,
                "sh",
                folder.toString(),
                list.toString(),
                visible
                    + " "
                    + System.getProperty("java.home")
                    + " "
                    + System.getProperty("holdfast.root")));
    all.addAll(command);
    ProcessBuilder builder = new ProcessBuilder(all);
    builder.environment().clear();
    builder
        .environment()
        .putAll(
            Map.of(
                "PATH",
                "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                "LANG",
                "C.UTF-8",
                "HOME",
                "/root"));
    return builder;
  }

  /** Where the classes are that {@code document run} needs, however this test was started. */
  private static String classPath() throws URISyntaxException {
    Set<String> places = new LinkedHashSet<>();
    for (Class<?> type :
        List.of(
            ThrowAway.class,
            DocumentCommand.class,
            Document.class,
            RunStatus.class,
            ByteString.class,
            Pattern.class,
            Load.class,
            CommandLine.class,
            org.slf4j.Logger.class,
            org.slf4j.simple.SimpleLogger.class)) {
      places.add(
          Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString());
    }
    String wrapper =
        Objects.requireNonNull(OsProcesses.class.getResource("wrapper.sh"), "a resource").getPath();
    if (!wrapper.contains("!")) {
      places.add(wrapper.substring(0, wrapper.indexOf("/dev/holdfast/")));
    }
    return String.join(":", places);
  }
}
