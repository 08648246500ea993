package dev.holdfast.agent.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.agent.process.Containment.Kind;
import dev.holdfast.agent.process.Processes.Found;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a script starts can't get away, with each kind of control groups that this machine has and
 * with none. Cases D11 and D12, with real processes.
 */
final class ContainmentTest {
  @TempDir private Path root;

  static List<Containment> all() throws Exception {
    return ThisMachine.containments(List.of(Kind.values())).stream()
        .filter(each -> each.kind() != Kind.NONE || each.tagged())
        .toList();
  }

  static List<Containment> chosenAndNone() throws Exception {
    List<Containment> none =
        ThisMachine.containments(List.of(Kind.NONE)).stream().filter(Containment::tagged).toList();
    return Stream.concat(Stream.of(ThisMachine.chosen()), none.stream()).distinct().toList();
  }

  static List<Containment> groups() throws Exception {
    return ThisMachine.containments(List.of(Kind.UNIFIED, Kind.FREEZER, Kind.PIDS, Kind.NAMED));
  }

  /** Forks twice, leads a session, has a clean environment and no output, and ignores SIGTERM. */
  private String daemon(Path pids) {
    return "(env -i /usr/bin/setsid /bin/sh -c '(/usr/bin/setsid /bin/sh -c \"trap : TERM; echo"
        + " \\$\\$ >>"
        + pids
        + "; while :; do /bin/sleep 1; done\" </dev/null >/dev/null 2>&1 &)' &)\n"
        + "until [ -s "
        + pids
        + " ]; do sleep 0.02; done\n";
  }

  @ParameterizedTest
  @MethodSource("all")
  void nothingIsLeftAfterAKillNotEvenWhatHidEveryWayThereIs(Containment containment)
      throws Exception {
    try (Scene scene = new Scene(root, containment)) {
      Path pids = root.resolve("pids");
      Scene.Run run = scene.start(daemon(pids) + "echo started; sleep 300\n");
      long pid = scene.pids(pids, 1).getFirst();
      Scene.until(() -> scene.stdout(run).equals("started\n"));

      Duration took = scene.kill(run);

      assertFalse(Scene.alive(pid), "the daemon");
      assertTrue(Set.of(137, 143).contains(run.code(5)));
      assertEquals(0, scene.processes.left(run.folder()));
      assertEquals(List.of(), Scene.groups(containment, run.folder()));
      System.out.println(
          "D11 kill [" + containment.text() + "] left=0 seconds=" + took.toMillis() / 1000.0);
    }
  }

  @ParameterizedTest
  @MethodSource("chosenAndNone")
  void anotherAgentEndsWhatAnEarlierOneStarted(Containment containment) throws Exception {
    try (Scene scene = new Scene(root, containment)) {
      Path pids = root.resolve("pids");
      Scene.Run run = scene.start(daemon(pids) + "sleep 300\n");
      long pid = scene.pids(pids, 1).getFirst();
      // It is in another place now, where there are no groups: what the start noted counts.
      OsProcesses later =
          ThisMachine.processes(
              scene.owner,
              Duration.ofSeconds(1),
              new Containment(Kind.NONE, Optional.empty(), Optional.empty(), false));

      assertTrue(later.find(run.folder(), Optional.empty()) instanceof Found.Running);
      var gone = new java.util.concurrent.CompletableFuture<Boolean>();
      later.kill(run.folder(), () -> gone.complete(true));
      assertTrue(gone.get(30, java.util.concurrent.TimeUnit.SECONDS));

      assertFalse(Scene.alive(pid), "the daemon");
      assertFalse(Scene.alive(run.started().pid()), "the wrapper");
      assertEquals(List.of(), Scene.groups(containment, run.folder()));
    }
  }

  @ParameterizedTest
  @MethodSource("groups")
  void whatAScriptLeavesWhenItEndsByItselfIsCountedAndItsGroupGoesWithIt(Containment containment)
      throws Exception {
    try (Scene scene = new Scene(root, containment)) {
      Path pids = root.resolve("pids");
      Scene.Run run = scene.start(daemon(pids) + "exit 3\n");
      assertEquals(3, run.code(20));
      long pid = scene.pids(pids, 1).getFirst();

      assertTrue(scene.processes.left(run.folder()) >= 1, "the daemon, and its sleep");
      assertTrue(Scene.alive(pid));
      assertFalse(Scene.groups(containment, run.folder()).isEmpty());

      ProcessHandle.of(pid).orElseThrow().destroyForcibly();
      Scene.until(() -> scene.processes.left(run.folder()) == 0);
      assertEquals(0, scene.start("exit 0\n").code(20));
      assertEquals(List.of(), Scene.groups(containment, run.folder()), "swept");
    }
  }

  @ParameterizedTest
  @MethodSource("chosenAndNone")
  void aChildThatHoldsTheOutputIsLeftAndCountedAndTheStepEndsWithinFiveSeconds(
      Containment containment) throws Exception {
    try (Scene scene = new Scene(root, containment)) {
      Path go = root.resolve("go");
      Path wrote = root.resolve("wrote");
      Path pids = root.resolve("pids");
      Scene.Run run =
          scene.start(
              "(echo $(exec sh -c 'echo $PPID') >"
                  + pids
                  + "; until [ -e "
                  + go
                  + " ]; do sleep 0.1; done; echo late && echo yes >"
                  + wrote
                  + "; sleep 300) &\n"
                  + "head -c 100000 /dev/zero | tr '\\0' x; echo early; exit 7\n");
      Scene.until(() -> noted(run.folder().resolve("exit.tmp")));
      long ended = System.nanoTime();

      assertEquals(7, run.code(20));
      double seconds = Duration.ofNanos(System.nanoTime() - ended).toMillis() / 1000.0;
      int left = scene.processes.left(run.folder());
      String tail = scene.processes.outputs(run.folder()).stdout().tail().toStringUtf8();
      System.out.println(
          "D11 end [" + containment.text() + "] left=" + left + " seconds=" + seconds);

      assertTrue(seconds < 5.5, seconds + " seconds after the script");
      assertTrue(left >= 1);
      assertTrue(tail.endsWith("xearly\n"), "all that was written before is kept");
      Files.createFile(go);
      Scene.until(() -> Files.exists(wrote));
      assertTrue(Scene.alive(scene.pids(pids, 1).getFirst()), "it may still write");
    }
  }

  @ParameterizedTest
  @MethodSource("chosenAndNone")
  void whatIgnoresTheSignalStopsItselfOrChangesItsSessionIsEndedAfterTheGrace(
      Containment containment) throws Exception {
    try (Scene scene = new Scene(root, containment)) {
      Path pids = root.resolve("pids");
      Scene.Run run =
          scene.start(
              "trap '' TERM; echo $$ >>"
                  + pids
                  + "\n(setsid sh -c 'echo $$ >>"
                  + pids
                  + "; kill -STOP $$; sleep 300') &\n"
                  + "while :; do sleep 1; done\n");
      List<Long> started = scene.pids(pids, 2);

      Duration took = scene.kill(run);

      started.forEach(pid -> assertFalse(Scene.alive(pid), pid + " of " + started));
      // The shell that started it may heed the signal that the script ignores.
      assertTrue(Set.of(137, 143).contains(run.code(5)));
      assertTrue(took.compareTo(Scene.GRACE) >= 0, "it had its grace: " + took);
      assertTrue(took.toSeconds() < 8, took.toString());
      System.out.println(
          "D12 [" + containment.text() + "] left=0 seconds=" + took.toMillis() / 1000.0);
    }
  }

  @Test
  void withoutGroupsAndWithoutTheLimitWhatHidEveryWayIsTheOneThingThatGetsAway() throws Exception {
    Containment bare = new Containment(Kind.NONE, Optional.empty(), Optional.empty(), false);
    try (Scene scene = new Scene(root, bare)) {
      Path pids = root.resolve("pids");
      Scene.Run run = scene.start(daemon(pids) + "sleep 300\n");
      long pid = scene.pids(pids, 1).getFirst();

      scene.kill(run);

      assertTrue(Scene.alive(pid), "if this ends it too, say so in the documents");
      ProcessHandle.of(pid).orElseThrow().destroyForcibly();
    }
  }

  @ParameterizedTest
  @MethodSource("groups")
  void aForkBombIsBoundedAndEnded(Containment containment) throws Exception {
    Assumptions.assumeTrue(
        containment.counted().isPresent(), "skipped: nothing bounds the number of processes here");
    Path bounded =
        containment
            .counted()
            .get()
            .resolveSibling("holdfast-bomb-" + ProcessHandle.current().pid());
    Path bombs = bounded.resolve(ControlGroups.FOLDER);
    Files.createDirectories(bombs);
    Files.writeString(bounded.resolve("pids.max"), "300");
    boolean same = containment.groups().equals(containment.counted());
    Containment ours =
        new Containment(
            containment.kind(),
            same ? Optional.of(bombs) : containment.groups(),
            Optional.of(bombs),
            false);
    try (Scene scene = new Scene(root, ours)) {
      Scene.Run run = scene.start("b() { b | b & }\nb\nb\nsleep 300\n");
      Path current = bounded.resolve("pids.current");
      Scene.until(() -> Integer.parseInt(Files.readString(current).strip()) > 250);
      long most = Long.parseLong(Files.readString(current).strip());

      Duration took = scene.kill(run);

      // What has ended is counted there until the first process of the host has taken note.
      Scene.until(() -> Files.readString(current).strip().equals("0"));
      assertEquals(List.of(), Scene.groups(ours, run.folder()));
      System.out.println(
          "D10 fork bomb ["
              + ours.text()
              + "] processes="
              + most
              + " left=0 seconds="
              + took.toMillis() / 1000.0);
    } finally {
      Files.deleteIfExists(bombs);
      Scene.until(() -> gone(bounded));
    }
  }

  private static boolean gone(Path group) {
    try {
      return Files.deleteIfExists(group) || !Files.exists(group);
    } catch (java.io.IOException e) {
      return false;
    }
  }

  /** Whether the exit code is in the file that was made for it. */
  private static boolean noted(Path file) {
    try {
      return Files.exists(file) && !Files.readString(file).isBlank();
    } catch (java.io.IOException e) {
      return false;
    }
  }
}
