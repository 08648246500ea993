package dev.holdfast.agent.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.agent.process.Processes.Found;
import dev.holdfast.agent.process.Processes.Launch;
import dev.holdfast.agent.process.Processes.Outputs;
import dev.holdfast.agent.process.Processes.Started;
import dev.holdfast.task.Limits;
import dev.holdfast.task.OwnerThread;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract of {@link Processes}, kept by the host's own. */
final class OsProcessesTest {
  private static final Map<String, String> ENVIRONMENT =
      Map.of("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", "GREETING", "hello there");

  @TempDir private Path root;
  private final OwnerThread owner =
      new OwnerThread("owner", Clock.systemUTC(), Throwable::printStackTrace);
  private final Processes processes = ThisMachine.processes(owner, Duration.ofSeconds(1));
  private final List<Path> folders = new ArrayList<>();

  @AfterEach
  void nothingIsLeft() throws Exception {
    for (Path folder : folders) {
      killed(new OsProcesses(owner), folder);
    }
    owner.close();
  }

  @Test
  void theExitCodeIsToldAndBothStreamsAreKept() throws Exception {
    Path folder = folder();
    Started started = start(folder, "echo \"$GREETING\"; echo oops >&2; exit 3");

    assertEquals(Optional.of(3), end(processes, folder, started));
    Outputs outputs = processes.outputs(folder);
    assertEquals("hello there\n", outputs.stdout().head().toStringUtf8());
    assertEquals(12, outputs.stdout().totalBytes());
    assertEquals("oops\n", outputs.stderr().head().toStringUtf8());
    assertEquals(new Found.Ended(3), processes.find(folder, Optional.of(started)));
  }

  @Test
  void aScriptThatASignalEndsHasItsCodeAboveOneHundredAndTwentyEight() throws Exception {
    Path folder = folder();

    assertEquals(Optional.of(137), end(processes, folder, start(folder, "kill -9 $$")));
  }

  @Test
  void aScriptSeesNothingButWhatItIsGiven() throws Exception {
    Path folder = folder();
    Started started =
        start(
            folder,
            "umask; ulimit -c; cat; pwd; env | cut -d= -f1 | sort | tr '\\n"
                + "' ' '; for d in 0 1 2 3 4 5 6 7 8 9; do [ -e /proc/$$/fd/$d ] && echo $d; done;"
                + " ps -o sid= -p $$ | tr -d ' ' >&2; ps -o sid= -p $PPID | tr -d ' ' >&2; echo $$"
                + " >&2");

    assertEquals(Optional.of(0), end(processes, folder, started));
    Outputs outputs = processes.outputs(folder);
    assertEquals(
        "0077\n0\n/\nGREETING HOLDFAST_TREE PATH PWD 0\n1\n2\n",
        outputs.stdout().head().toStringUtf8());
    String[] sessions = outputs.stderr().head().toStringUtf8().split("\n");
    assertFalse(sessions[0].equals(Long.toString(started.pid())), "a session of its own");
    assertEquals(
        PosixFilePermissions.fromString("rwx------"), Files.getPosixFilePermissions(folder));
    assertEquals(
        PosixFilePermissions.fromString("rw-------"),
        Files.getPosixFilePermissions(folder.resolve("stdout.0")));
  }

  @Test
  void whatCannotBeStartedIsRefused() {
    Launch launch =
        launch(folder(), "true", Optional.of(Path.of("/no/such/folder")), Optional.empty());

    assertThrows(ProcessException.class, () -> processes.start(launch));
  }

  @Test
  void aFloodOfOutputStaysBoundedAndIsCounted() throws Exception {
    Path folder = folder();
    long begin = System.nanoTime();
    Started started =
        start(
            folder,
            "echo first; head -c 104857600 /dev/zero | tr '\\0' x; echo last; "
                + "echo first >&2; head -c 104857600 /dev/zero >&2; printf last >&2");

    assertEquals(Optional.of(0), end(processes, folder, started));
    assertTrue(Duration.ofNanos(System.nanoTime() - begin).toSeconds() < 30, "fast");
    Outputs outputs = processes.outputs(folder);
    assertEquals(104_857_600 + 11, outputs.stdout().totalBytes());
    assertEquals(104_857_600 + 10, outputs.stderr().totalBytes());
    assertEquals(
        Limits.MAX_STDOUT_KEPT_BYTES,
        outputs.stdout().head().size() + outputs.stdout().tail().size());
    assertEquals(
        Limits.MAX_STDERR_KEPT_BYTES,
        outputs.stderr().head().size() + outputs.stderr().tail().size());
    assertTrue(outputs.stdout().head().toStringUtf8().startsWith("first\nxxx"));
    assertTrue(outputs.stdout().tail().toStringUtf8().endsWith("xxx\nlast\n".replace("\nl", "l")));
    assertTrue(outputs.stderr().tail().toStringUtf8().endsWith("last"));
    assertTrue(
        processes.bytes(folder) <= 2L * Limits.MAX_HOST_OUTPUT_BYTES + 65_536,
        processes.bytes(folder) + " bytes");
  }

  @Test
  void aStreamOfManySmallWritesIsKeptInOrderAndWhole() throws Exception {
    Path folder = folder();
    Started started =
        start(folder, "i=0; while [ $i -lt 50000 ]; do echo $i; i=$((i+1)); done; echo 50000 >&2");

    assertEquals(Optional.of(0), end(processes, folder, started));
    StringBuilder expected = new StringBuilder();
    for (int i = 0; i < 50_000; i++) {
      expected.append(i).append('\n');
    }
    assertEquals(expected.toString(), Files.readString(folder.resolve("stdout.0")));
    assertEquals(expected.length(), processes.outputs(folder).stdout().totalBytes());
  }

  @Test
  void whatAChildWritesSoonAfterTheScriptIsKept() throws Exception {
    Path folder = folder();
    Path go = root.resolve("go");
    Started started =
        start(folder, "(until [ -e " + go + " ]; do sleep 0.05; done; echo late) & echo early");
    CompletableFuture<Optional<Integer>> end = watch(processes, folder, started);

    assertThrows(
        java.util.concurrent.TimeoutException.class, () -> end.get(400, TimeUnit.MILLISECONDS));
    Files.createFile(go);

    assertEquals(Optional.of(0), end.get(20, TimeUnit.SECONDS));
    assertEquals("early\nlate\n", processes.outputs(folder).stdout().head().toStringUtf8());
  }

  @Test
  void killEndsTheWholeTreeDoubleForkedChildrenInTheirOwnSessionsToo() throws Exception {
    Path folder = folder();
    Path pids = root.resolve("pids");
    String child = "echo $$ >>" + pids + "; sleep 300";
    Started started =
        start(
            folder,
            "setsid sh -c 'setsid sh -c \""
                + child.replace("$", "\\$")
                + "\" & exit' &\n"
                + "env -i /bin/sh -c '"
                + child
                + "' &\n"
                + "(trap '' TERM; "
                + child.replace("$$", "$(exec sh -c \"echo \\$PPID\")")
                + "; sleep 301) >/dev/null 2>&1 &\n"
                + "echo started; wait");
    CompletableFuture<Optional<Integer>> end = watch(processes, folder, started);
    until(() -> Files.exists(pids) && Files.readAllLines(pids).size() == 3);
    List<String> children = Files.readAllLines(pids);

    killed(processes, folder);

    for (String pid : children) {
      assertFalse(alive(Long.parseLong(pid)), pid + " of " + children);
    }
    assertFalse(alive(started.pid()), "the wrapper");
    assertEquals(Optional.of(143), end.get(5, TimeUnit.SECONDS));
    assertEquals("started\n", processes.outputs(folder).stdout().head().toStringUtf8());
  }

  @Test
  void killOfWhatHasEndedIsToldAtOnce() throws Exception {
    Path folder = folder();
    end(processes, folder, start(folder, "exit 0"));

    killed(processes, folder);

    assertEquals(new Found.Ended(0), processes.find(folder, Optional.empty()));
  }

  @Test
  void anotherLifeOfTheAgentAdoptsWhatRuns() throws Exception {
    Path folder = folder();
    Path go = root.resolve("go");
    Path began = root.resolve("began");
    Started started =
        start(folder, ": > " + began + "; until [ -e " + go + " ]; do sleep 0.05; done; exit 5");
    // Until it has become the wrapper it does not carry the mark yet.
    until(() -> Files.exists(began));
    Processes later = new OsProcesses(owner);

    Found byNote = later.find(folder, Optional.of(started));
    Found byMark = later.find(folder, Optional.empty());
    CompletableFuture<Optional<Integer>> end = watch(later, folder, started);
    Files.createFile(go);

    assertEquals(started.pid(), ((Found.Running) byNote).started().pid());
    assertEquals(started.pid(), ((Found.Running) byMark).started().pid());
    assertEquals(started.startTicks(), ((Found.Running) byMark).started().startTicks());
    assertTrue(((Found.Running) byNote).age().toSeconds() < 60);
    assertEquals(Optional.of(5), end.get(20, TimeUnit.SECONDS));
  }

  @Test
  void anEndThatNobodyWatchedIsFoundLater() throws Exception {
    Path folder = folder();
    Started started = start(folder, "exit 9");
    until(() -> Files.exists(folder.resolve("exit")));
    Processes later = new OsProcesses(owner);

    assertEquals(new Found.Ended(9), later.find(folder, Optional.of(started)));
    assertEquals(new Found.Ended(9), later.find(folder, Optional.empty()));
    assertEquals(Optional.of(9), end(later, folder, started));
  }

  @Test
  void aProcessOfAnotherBootOrAnotherStartTimeIsLost() throws Exception {
    Path folder = folder();
    Started started = start(folder, "sleep 300");
    Started otherBoot =
        new Started(started.pid(), started.startTicks(), "another boot", started.at());
    Started otherStart =
        new Started(started.pid(), started.startTicks() + 1, started.bootId(), started.at());

    assertEquals(new Found.Lost(), processes.find(folder, Optional.of(otherBoot)));
    assertEquals(new Found.Lost(), processes.find(folder, Optional.of(otherStart)));
    assertEquals(new Found.Lost(), processes.find(root.resolve("never-started"), Optional.empty()));
  }

  @Test
  void aWrapperThatIsKilledIsToldAsAnEndThatNobodySaw() throws Exception {
    Path folder = folder();
    Started started = start(folder, "sleep 300");
    CompletableFuture<Optional<Integer>> end = watch(processes, folder, started);

    ProcessHandle.of(started.pid()).orElseThrow().destroyForcibly();

    assertEquals(Optional.empty(), end.get(20, TimeUnit.SECONDS));
  }

  @Test
  void aScriptThatRemovesItsOwnFolderStillEndsWithItsCode() throws Exception {
    Path folder = folder();
    Started started = start(folder, "rm -rf \"${0%/*}\"; echo x; exit 4");

    assertEquals(Optional.of(4), end(processes, folder, started));
  }

  private Path folder() {
    Path folder = root.resolve("runs/it's " + folders.size());
    folders.add(folder);
    return folder;
  }

  private Started start(Path folder, String script) {
    return processes.start(launch(folder, script, Optional.of(Path.of("/")), Optional.empty()));
  }

  private static Launch launch(
      Path folder, String script, Optional<Path> workingFolder, Optional<String> user) {
    return new Launch(
        folder, List.of(), "_script.sh", script + "\n", ENVIRONMENT, workingFolder, user);
  }

  private static CompletableFuture<Optional<Integer>> watch(
      Processes processes, Path folder, Started started) {
    CompletableFuture<Optional<Integer>> end = new CompletableFuture<>();
    processes.watch(folder, started, end::complete);
    return end;
  }

  private static Optional<Integer> end(Processes processes, Path folder, Started started)
      throws Exception {
    return watch(processes, folder, started).get(60, TimeUnit.SECONDS);
  }

  private static void killed(Processes processes, Path folder) throws Exception {
    CompletableFuture<Boolean> gone = new CompletableFuture<>();
    processes.kill(folder, () -> gone.complete(true));
    assertTrue(gone.get(30, TimeUnit.SECONDS));
  }

  private static boolean alive(long pid) {
    return ProcessHandle.of(pid).isPresent()
        && !new ProcessTable(Path.of("/proc"), 1).entry(pid).isEmpty();
  }

  private interface Condition {
    boolean holds() throws Exception;
  }

  private static void until(Condition condition) throws Exception {
    for (int i = 0; i < 400 && !condition.holds(); i++) {
      Thread.sleep(50);
    }
    assertTrue(condition.holds());
  }
}
