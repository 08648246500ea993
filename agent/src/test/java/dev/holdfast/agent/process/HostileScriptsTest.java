package dev.holdfast.agent.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.holdfast.agent.process.Processes.Found;
import dev.holdfast.agent.process.Processes.Outputs;
import dev.holdfast.report.Output;
import dev.holdfast.task.Limits;
import dev.holdfast.task.OwnerThread;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Scripts that take all they can get. Cases D09, D10 and D13, within bounds of their own. */
final class HostileScriptsTest {
  private static final long GIB = 1L << 30;
  private static final long MIB = 1L << 20;

  @TempDir private Path root;
  private Scene scene;

  @BeforeEach
  void open() {
    scene = new Scene(root, ThisMachine.chosen());
  }

  @AfterEach
  void nothingIsLeft() {
    scene.close();
  }

  @Test
  void aGibibyteOfOutputIsBoundedCountedAndHarmless() throws Exception {
    long before = resident();
    long begin = System.nanoTime();
    Scene.Run run =
        scene.start(
            """
            printf 'first\\033[31m\\377\\000' ; head -c 1073741824 /dev/zero &
            printf first >&2; head -c 67108864 /dev/zero >&2; wait
            printf 'last\\377'; printf last >&2; exit 0
            """);

    assertEquals(0, run.code(120), "not failed by it");
    double seconds = Duration.ofNanos(System.nanoTime() - begin).toMillis() / 1000.0;
    long grown = resident() - before;
    Outputs outputs = scene.processes.outputs(run.folder());
    System.out.println(
        "D09 bytes="
            + (outputs.stdout().totalBytes() + outputs.stderr().totalBytes())
            + " seconds="
            + seconds
            + " resident-grown="
            + grown / MIB
            + "MiB host="
            + scene.processes.bytes(run.folder()) / MIB
            + "MiB");

    assertEquals(GIB + 12 + 5, outputs.stdout().totalBytes());
    assertEquals(64 * MIB + 5 + 4, outputs.stderr().totalBytes());
    byte[] head = outputs.stdout().head().toByteArray();
    assertEquals("first\033[31m", new String(head, 0, 10, StandardCharsets.US_ASCII));
    assertEquals((byte) 0xff, head[10]);
    assertEquals((byte) 0xff, outputs.stdout().tail().byteAt(outputs.stdout().tail().size() - 1));
    assertTrue(outputs.stderr().tail().toStringUtf8().endsWith("\0last"));
    assertEquals(Limits.MAX_STDOUT_KEPT_BYTES, kept(outputs.stdout()));
    assertEquals(Limits.MAX_STDERR_KEPT_BYTES, kept(outputs.stderr()));
    assertTrue(grown <= 64 * MIB, grown + " bytes more in use");
    assertTrue(
        scene.processes.bytes(run.folder()) <= 2L * Limits.MAX_HOST_OUTPUT_BYTES + 65_536,
        "10 MiB a stream");
    assertTrue(seconds < 60, seconds + " s");
  }

  @Test
  void aScriptThatEatsMemoryFailsAndTheAgentGoesOn() throws Exception {
    AtomicLong gap = beating();
    Scene.Run run =
        scene.start("ulimit -v 262144\nhead -c 8589934592 /dev/zero | tail -n 1 | wc -c; exit 5\n");

    assertEquals(5, run.code(60));
    assertTrue(scene.stderr(run).contains("memory"), scene.stderr(run));
    System.out.println("D10 memory longest-gap=" + gap.get() / 1_000_000 + "ms left=0");
  }

  @Test
  void eightHogsOfTheProcessorDoNotKeepTheAgentFromItsWork() throws Exception {
    AtomicLong gap = beating();
    Scene.Run run =
        scene.start("for i in 1 2 3 4 5 6 7 8; do (while :; do :; done) & done\nsleep 300\n");
    scene.owner.await(Duration.ofSeconds(30), () -> {});
    Thread.sleep(2_500);

    scene.kill(run);

    assertEquals(0, scene.processes.left(run.folder()));
    System.out.println("D10 processor hogs=8 longest-gap=" + gap.get() / 1_000_000 + "ms left=0");
    assertTrue(Duration.ofNanos(gap.get()).toSeconds() < 30);
  }

  @Test
  void moreFilesThanThereIsRoomForFillWhatTheScriptWasGivenAndNothingElse() throws Exception {
    AtomicLong gap = beating();
    Path full = Files.createDirectory(root.resolve("full"));
    Scene.Run run =
        scene.start(
            "unshare --mount sh -ec 'mount -t tmpfs -o size=16m,nr_inodes=20000 tmpfs "
                + full
                + "; cd "
                + full
                + "; seq 100000 | xargs touch 2>/dev/null || ls | wc -l' || echo unsupported\n");

    assertEquals(0, run.code(60));
    String made = scene.stdout(run).strip();
    Assumptions.assumeFalse(
        made.equals("unsupported"), "skipped: no mount namespace can be made here");
    System.out.println(
        "D10 files asked=100000 made=" + made + " longest-gap=" + gap.get() / 1_000_000 + "ms");
    assertTrue(Integer.parseInt(made) < 20_000, made);
    assertTrue(Duration.ofNanos(gap.get()).toSeconds() < 30);
  }

  @Test
  void aScriptThatKillsTheAgentIsAdoptedByTheNextOneWithAllItsOutput() throws Exception {
    Path folder = root.resolve("runs/1/0");
    Process agent =
        new ProcessBuilder(
                System.getProperty("java.home") + "/bin/java",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx64m",
                "-cp",
                classPath(),
                OneLife.class.getName(),
                folder.toString(),
                "echo before; kill -9 $AGENT; sleep 1; echo after; exit 7\n")
            .redirectErrorStream(true)
            .redirectOutput(root.resolve("agent.log").toFile())
            .start();

    assertTrue(agent.waitFor(60, TimeUnit.SECONDS));
    assertEquals(137, agent.exitValue(), Files.readString(root.resolve("agent.log")));
    long begin = System.nanoTime();
    Found found = scene.processes.find(folder, Optional.empty());
    assertTrue(found instanceof Found.Running, found.toString());
    var end = new CompletableFuture<Optional<Integer>>();
    scene.processes.watch(folder, ((Found.Running) found).started(), end::complete);

    assertEquals(Optional.of(7), end.get(30, TimeUnit.SECONDS));
    assertEquals("before\nafter\n", scene.processes.outputs(folder).stdout().head().toStringUtf8());
    assertEquals(List.of(), Scene.groups(scene.processes.containment(), folder));
    System.out.println(
        "D13 agent killed, script adopted; seconds="
            + Duration.ofNanos(System.nanoTime() - begin).toMillis() / 1000.0);
  }

  @Test
  void aScriptThatRemovesItsFolderEndsWithItsCodeAndLosesNoMoreThanItRemoved() throws Exception {
    Scene.Run run =
        scene.start("echo x; rm -rf '" + root.resolve("runs") + "'; echo y; sleep 0.2; exit 4\n");

    assertEquals(4, run.code(30));
    Output stdout = scene.processes.outputs(run.folder()).stdout();
    assertEquals("", stdout.head().toStringUtf8(), "it is gone");
    assertEquals(4, stdout.totalBytes(), "and that is said");
    System.out.println("D13 folder removed, code=4 output-bytes-told=" + stdout.totalBytes());
  }

  @Test
  void aScriptThatPutsTheAgentIntoItsGroupDoesNotEndIt() throws Exception {
    Path group =
        scene
            .processes
            .containment()
            .groups()
            .orElseGet(() -> Assumptions.abort("skipped: there are no control groups here"));
    Path own = Objects.requireNonNull(group.getParent(), "a group of the agent's");
    Path child = root.resolve("pid");
    Process bystander = new ProcessBuilder("sleep", "300").start();
    try {
      Scene.Run run =
          scene.start(
              "echo "
                  + ProcessHandle.current().pid()
                  + " >"
                  + group
                  + "/$HOLDFAST_TREE/cgroup.procs; echo $? >"
                  + child
                  + "; trap '' TERM; while :; do sleep 1; done\n");
      Scene.until(() -> Files.exists(child) && Files.size(child) > 0);

      scene.kill(run);

      assertTrue(bystander.isAlive(), "nor the children of the agent");
      assertEquals(0, scene.processes.left(run.folder()));
    } finally {
      Files.writeString(own.resolve("cgroup.procs"), Long.toString(ProcessHandle.current().pid()));
      bystander.destroyForcibly();
    }
  }

  /** How long the owner's thread was away at the longest, in nanoseconds. */
  private AtomicLong beating() {
    AtomicLong longest = new AtomicLong();
    beat(longest, System.nanoTime());
    return longest;
  }

  private void beat(AtomicLong longest, long last) {
    scene.owner.after(
        Duration.ofMillis(50),
        () -> {
          long now = System.nanoTime();
          longest.accumulateAndGet(now - last, Math::max);
          beat(longest, now);
        });
  }

  private static int kept(Output output) {
    return output.head().size() + output.tail().size();
  }

  private static long resident() throws IOException {
    System.gc();
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
        .sum();
  }

  /** Where the classes are that an agent needs for one script, however this test was started. */
  private static String classPath() throws URISyntaxException {
    Set<String> places = new LinkedHashSet<>();
    for (Class<?> type :
        List.of(OneLife.class, OsProcesses.class, OwnerThread.class, ByteString.class)) {
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

  /** An agent that starts one script, which ends it. */
  static final class OneLife {
    private OneLife() {}

    /** Starts the script (the second argument) in the folder, and waits. */
    public static void main(String[] args) throws InterruptedException {
      OwnerThread owner = new OwnerThread("owner", Clock.systemUTC(), Throwable::printStackTrace);
      new OsProcesses(owner)
          .start(
              new Processes.Launch(
                  Path.of(args[0]),
                  List.of(),
                  "_script.sh",
                  args[1],
                  Map.of(
                      "PATH",
                      "/usr/bin:/bin",
                      "AGENT",
                      Long.toString(ProcessHandle.current().pid())),
                  Optional.of(Path.of("/")),
                  Optional.empty()));
      Thread.sleep(30_000);
    }
  }
}
