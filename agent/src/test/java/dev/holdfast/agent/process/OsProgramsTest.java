package dev.holdfast.agent.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.task.OwnerThread;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs for tasks, for real. */
final class OsProgramsTest {
  @TempDir private Path folder;
  private final OsPrograms programs = new OsPrograms(() -> Duration.ofNanos(System.nanoTime()));

  @Test
  void aProgramHasTheEnvironmentThatItIsGivenAndItsOutputIsKept() throws Exception {
    Programs.Ended ended =
        programs.run(program("echo out; echo err >&2; env | sort; cat; exit 3", 10, () -> {}));

    assertEquals(3, ended.exitCode());
    assertTrue(ended.output().startsWith("out\nerr\nA=b\nHOLDFAST_TREE="), ended.output());
    assertTrue(ended.output().length() < 200, "nothing is inherited: " + ended.output());
  }

  @Test
  void onlyTheEndOfMuchOutputIsKept() throws Exception {
    Programs.Ended ended =
        programs.run(program("head -c 3000000 /dev/zero | tr '\\0' x; echo end", 20, () -> {}));

    assertEquals(4_000, ended.output().length());
    assertTrue(ended.output().endsWith("xend\n"));
  }

  @Test
  void whatTakesTooLongAndWhatIsNoLongerWantedEnds() {
    assertThrows(ProcessException.class, () -> programs.run(program("sleep 60", 1, () -> {})));
    IllegalStateException enough =
        assertThrows(
            IllegalStateException.class,
            () ->
                programs.run(
                    program(
                        "sleep 60",
                        60,
                        () -> {
                          throw new IllegalStateException("enough");
                        })));
    assertEquals("enough", enough.getMessage());
    assertThrows(
        ProcessException.class,
        () ->
            programs.run(
                new Programs.Program(
                    List.of("/no/such/program"),
                    Map.of(),
                    folder,
                    folder.resolve("part"),
                    Duration.ofSeconds(1),
                    () -> {})));
  }

  @Test
  void whatAnInterruptedWorkerLeavesIsEndedByTheMarkOfItsFolder() throws Exception {
    Path pid = folder.resolve("pid");
    AtomicReference<Throwable> failure = new AtomicReference<>();
    // It leaves its parent and its session before it says that it is there.
    String script =
        "setsid sh -c 'echo $$ > PID.new; mv PID.new PID; exec sleep 600' & sleep 600"
            .replace("PID", pid.toString());
    Thread worker =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    programs.run(program(script, 600, () -> {}));
                  } catch (InterruptedException | RuntimeException e) {
                    failure.set(e);
                  }
                });
    for (int i = 0; i < 500 && !Files.exists(pid); i++) {
      Thread.sleep(20);
    }
    long left = Long.parseLong(Files.readString(pid).strip());
    worker.interrupt();
    worker.join(10_000);
    assertTrue(failure.get() instanceof InterruptedException, String.valueOf(failure.get()));

    CountDownLatch gone = new CountDownLatch(1);
    try (OwnerThread owner = new OwnerThread("test", Clock.systemUTC(), failure::set)) {
      OsProcesses processes = new OsProcesses(owner);
      owner.after(Duration.ZERO, () -> processes.kill(folder.resolve("part"), gone::countDown));
      assertTrue(gone.await(30, TimeUnit.SECONDS));
    }

    // Nobody may have taken note of its end yet: that is not running.
    ProcessTable table = new ProcessTable(Path.of("/proc"), ProcessHandle.current().pid());
    assertTrue(table.entry(left).isEmpty());
  }

  private Programs.Program program(String script, int seconds, Runnable look) {
    return new Programs.Program(
        List.of("/bin/sh", "-c", script),
        Map.of("A", "b", "PATH", "/usr/bin:/bin"),
        folder,
        folder.resolve("part"),
        Duration.ofSeconds(seconds),
        look);
  }
}
