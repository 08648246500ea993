package dev.holdfast.faults;

import dev.holdfast.system.Launched;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Control groups of a case's own (cgroups(7)), below those that this program is in: what is started
 * within has no more of the machine than they give, whatever it does. All that is left in them goes
 * with the trial.
 */
final class Fence implements AutoCloseable {
  private static final String PROCESSES = "cgroup.procs";
  private static final String TASKS = "pids.max";
  private static final Duration ENDS = Duration.ofSeconds(20);

  private final List<Path> groups = new ArrayList<>();

  private Fence() {}

  /**
   * Makes them; ends the case where that can't be done.
   *
   * @param tasks processes and threads
   * @param bytes of memory, a whole number of MiB; the machine has to have twice as much to give
   * @param cpus how many processors, where that can be bounded
   */
  static Fence around(Trial trial, int tasks, long bytes, double cpus) {
    Fence fence = trial.closing(new Fence());
    try {
      fence.make(Integer.toString(tasks), Long.toString(bytes), (long) (100_000 * cpus));
      trial.needs(
          available() > 2 * bytes, "there is not twice as much memory as the case may take");
    } catch (IOException e) {
      trial.needs(false, "no control groups with bounds can be made here: " + e);
    }
    return fence;
  }

  private void make(String tasks, String bytes, long quota) throws IOException {
    Optional<Path> counted = place("cgroup", "pids");
    Optional<Path> charged = place("cgroup", "memory");
    if (counted.isPresent() && charged.isPresent()) {
      bound(group(counted.get()), Map.of(TASKS, tasks));
      bound(group(charged.get()), Map.of("memory.limit_in_bytes", bytes));
      Optional<Path> shared = place("cgroup", "cpu");
      if (shared.isPresent()) {
        bound(group(shared.get()), Map.of("cpu.cfs_quota_us", Long.toString(quota)));
      }
      return;
    }
    Path unified = place("cgroup2", "rw").orElseThrow(() -> new IOException("none are mounted"));
    Files.writeString(unified.resolve("cgroup.subtree_control"), "+pids +memory +cpu");
    bound(group(unified), Map.of(TASKS, tasks, "memory.max", bytes, "cpu.max", quota + " 100000"));
  }

  private Path group(Path parent) throws IOException {
    Path made =
        Files.createDirectory(
            parent.resolve(
                "holdfast-fence-" + ProcessHandle.current().pid() + "-" + System.nanoTime()));
    groups.add(made);
    return made;
  }

  private static void bound(Path group, Map<String, String> bounds) throws IOException {
    for (Map.Entry<String, String> bound : bounds.entrySet()) {
      Path file = group.resolve(bound.getKey());
      Files.writeString(file, bound.getValue());
      if (!Files.readString(file).strip().equals(bound.getValue())) {
        throw new IOException(file + " does not keep its bound");
      }
    }
  }

  /** The group of a hierarchy that this program is in. */
  private static Optional<Path> place(String type, String controller) throws IOException {
    String path = "";
    for (String line : Files.readAllLines(Path.of("/proc/self/cgroup"))) {
      String[] fields = line.split(":", 3);
      boolean unified = type.equals("cgroup2") && fields[1].isEmpty();
      if (unified || List.of(fields[1].split(",", -1)).contains(controller)) {
        path = fields[2];
      }
    }
    for (String line : Files.readAllLines(Path.of("/proc/self/mountinfo"))) {
      String[] halves = line.split(" - ", 2);
      String[] mount = halves[0].split(" ", -1);
      String[] system = halves[1].split(" ", -1);
      if (system[0].equals(type)
          && List.of(system[2].split(",", -1)).contains(controller)
          && mount[3].equals("/")) {
        return Optional.of(Path.of(mount[4] + path)).filter(Files::isDirectory);
      }
    }
    return Optional.empty();
  }

  private static long available() throws IOException {
    return Files.readAllLines(Path.of("/proc/meminfo")).stream()
        .filter(line -> line.startsWith("MemAvailable:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
        .findFirst()
        .orElse(0);
  }

  /** What a program is started in to be within. */
  Launched.Around within() {
    String join =
        groups.stream()
            .map(group -> "echo $$ >'" + group.resolve(PROCESSES) + "' || exit 1; ")
            .collect(Collectors.joining());
    return new Launched.Around(List.of("/bin/sh", "-c", join + "exec \"$0\" \"$@\""), Map.of());
  }

  /** The processes that are in it. */
  Set<Long> processes() throws IOException {
    Set<Long> found = new HashSet<>();
    for (Path group : groups) {
      for (Path each : below(group)) {
        for (String line : lines(each.resolve(PROCESSES))) {
          found.add(Long.parseLong(line));
        }
      }
    }
    return found;
  }

  /** Groups below it that hold something and in which tasks are counted. */
  List<Path> counted() throws IOException {
    List<Path> found = new ArrayList<>();
    for (Path group : groups) {
      for (Path each : below(group)) {
        if (!each.equals(group)
            && Files.exists(each.resolve(TASKS))
            && !lines(each.resolve(PROCESSES)).isEmpty()) {
          found.add(each);
        }
      }
    }
    return found;
  }

  /** The bound of such a group; empty if it has none. */
  static Optional<Integer> bound(Path counted) throws IOException {
    return Optional.of(Files.readString(counted.resolve(TASKS)).strip())
        .filter(text -> text.matches("[0-9]+"))
        .map(Integer::parseInt);
  }

  /** Makes it smaller. */
  static void bound(Path counted, int tasks) throws IOException {
    bound(counted, Map.of(TASKS, Integer.toString(tasks)));
  }

  /** How many tasks are in such a group; 0 if it is gone. */
  static int tasks(Path counted) {
    List<String> lines = lines(counted.resolve("pids.current"));
    return lines.isEmpty() ? 0 : Integer.parseInt(lines.getFirst());
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return List.of(); // it is gone
    }
  }

  /** The group and all below it, each before those below it. */
  private static List<Path> below(Path group) throws IOException {
    List<Path> found = new ArrayList<>();
    Files.walkFileTree(
        group,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(
              Path folder, java.nio.file.attribute.BasicFileAttributes attributes) {
            found.add(folder);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException failure) {
            return FileVisitResult.CONTINUE; // it is gone
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure) {
            return FileVisitResult.CONTINUE;
          }
        });
    return found;
  }

  @Override
  public void close() throws IOException {
    for (Path group : groups) {
      if (Files.exists(group.resolve(TASKS))) {
        bound(group, 0); // what forks as fast as it is ended does not
      }
    }
    long end = System.nanoTime() + ENDS.toNanos();
    do {
      Shell.end(List.copyOf(processes()));
      LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
    } while (!removed() && System.nanoTime() < end);
    if (!removed()) {
      throw new IOException("control groups can't be removed: " + groups);
    }
  }

  private boolean removed() throws IOException {
    boolean all = true;
    for (Path group : groups) {
      for (Path each : Files.exists(group) ? below(group).reversed() : List.<Path>of()) {
        try {
          Files.deleteIfExists(each);
        } catch (IOException e) {
          all = false; // something in it has not quite ended
        }
      }
    }
    return all;
  }
}
