package dev.holdfast.agent.process;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.agent.process.Processes.Launch;
import dev.holdfast.agent.process.Processes.Started;
import dev.holdfast.task.OwnerThread;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Real scripts under an owner's thread; what they leave is ended when it closes. */
final class Scene implements AutoCloseable {
  static final Map<String, String> ENVIRONMENT =
      Map.of("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", "LANG", "C.UTF-8");

  /** Between SIGTERM and SIGKILL. */
  static final Duration GRACE = Duration.ofMillis(400);

  final Path root;
  final OwnerThread owner = new OwnerThread("owner", Clock.systemUTC(), Throwable::printStackTrace);
  final OsProcesses processes;
  private final List<Path> folders = new ArrayList<>();

  Scene(Path root, Containment containment) {
    this.root = root;
    this.processes = ThisMachine.processes(owner, GRACE, containment);
  }

  /** One start. */
  record Run(Path folder, Started started, CompletableFuture<Optional<Integer>> end) {

    /** Its exit code, within a time. */
    int code(long seconds) throws Exception {
      return end.get(seconds, TimeUnit.SECONDS).orElseThrow();
    }
  }

  Run start(String script) {
    return start(script, Optional.empty());
  }

  Run start(String script, Optional<String> user) {
    Path folder = root.resolve("runs/1/" + folders.size());
    folders.add(folder);
    Started started =
        processes.start(
            new Launch(
                folder, List.of(), "_script.sh", script, ENVIRONMENT, Optional.empty(), user));
    CompletableFuture<Optional<Integer>> end = new CompletableFuture<>();
    processes.watch(folder, started, end::complete);
    return new Run(folder, started, end);
  }

  String stdout(Run run) {
    return processes.outputs(run.folder).stdout().head().toStringUtf8();
  }

  String stderr(Run run) {
    return processes.outputs(run.folder).stderr().head().toStringUtf8();
  }

  /** Ends it; how long that took. */
  Duration kill(Run run) throws Exception {
    return kill(run.folder);
  }

  private Duration kill(Path folder) throws Exception {
    long begin = System.nanoTime();
    CompletableFuture<Boolean> gone = new CompletableFuture<>();
    processes.kill(folder, () -> gone.complete(true));
    assertTrue(gone.get(60, TimeUnit.SECONDS));
    return Duration.ofNanos(System.nanoTime() - begin);
  }

  /** The process ids that a script wrote, once there are so many. */
  List<Long> pids(Path file, int count) throws Exception {
    until(() -> Files.exists(file) && Files.readAllLines(file).size() >= count);
    return Files.readAllLines(file).stream().map(Long::parseLong).toList();
  }

  static boolean alive(long pid) {
    return new ProcessTable(Path.of("/proc"), 1).entry(pid).isPresent();
  }

  interface Condition {
    boolean holds() throws Exception;
  }

  static void until(Condition condition) throws Exception {
    for (int i = 0; i < 400 && !condition.holds(); i++) {
      Thread.sleep(50);
    }
    assertTrue(condition.holds());
  }

  @Override
  public void close() {
    try {
      for (Path folder : folders) {
        kill(folder);
      }
    } catch (Exception e) {
      throw new AssertionError("something of the scene is left", e);
    } finally {
      owner.close();
    }
  }

  /** The groups that are left of starts here; there are none on a machine without. */
  static List<Path> groups(Containment containment, Path folder) throws IOException {
    List<Path> left = new ArrayList<>();
    for (Path groups :
        List.of(
            containment.groups().orElse(Path.of("/none")),
            containment.counted().orElse(Path.of("/none")))) {
      Path group = groups.resolve(OsProcesses.treeMark(folder));
      if (Files.exists(group)) {
        left.add(group);
      }
    }
    return left;
  }
}
