package dev.holdfast.agent.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.task.RunLimits;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Scripts with the rights of another user, with real processes of a user that every host has. */
final class UserScriptsTest {
  private static final Optional<String> NOBODY = Optional.of("nobody");

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
  void aScriptHasTheRightsTheGroupsTheHomeAndTheBoundsOfItsUser() throws Exception {
    onlyAsRoot();
    Scene.Run run =
        scene.start(
            "id -un; id -Gn; id -ur; echo \"$HOME $USER $LOGNAME\"; pwd; umask\n"
                + "grep -E 'Max (processes|open files)' /proc/self/limits | tr -s ' ' | cut -d' '"
                + " -f1-4\n"
                + "grep -E '^Cap(Prm|Eff)' /proc/self/status | tr -d '0:\\t '\n"
                + "echo oops >/dev/stderr; cat '"
                + root
                + "/runs' 2>&1; (echo x >/etc/holdfast-test) 2>/dev/null || echo refused; exit 6\n",
            NOBODY);

    assertEquals(6, run.code(20));
    String text = scene.stdout(run);
    assertTrue(
        text.startsWith("nobody\nnogroup\n65534\n/nonexistent nobody nobody\n/\n0077\n"), text);
    assertTrue(text.contains("Max processes " + RunLimits.MAX_USER_PROCESSES), text);
    assertTrue(text.contains("Max open files " + RunLimits.SCRIPT_OPEN_FILES), text);
    assertTrue(text.contains("CapPrm\nCapEff\n"), "no capability: " + text);
    assertTrue(text.contains("Permission denied"), "the state folder: " + text);
    assertTrue(text.endsWith("refused\n"), text);
    assertEquals("oops\n", scene.stderr(run), "its own output can be opened anew");
    assertFalse(
        Files.exists(Path.of("/run/holdfast", OsProcesses.treeMark(run.folder()))),
        "the script is gone with its end");
  }

  @Test
  void itsFirstLineNamesItsInterpreterAndAKillEndsIt() throws Exception {
    onlyAsRoot();
    Path pids = root.resolve("pids");
    Scene.Run run =
        scene.start(
            "#!/bin/bash -e\necho ${BASH_VERSION:+bash}; set +e; setsid sleep 300 & sleep 300\n",
            NOBODY);
    Scene.until(() -> scene.stdout(run).equals("bash\n"));

    scene.kill(run);

    assertTrue(Set.of(137, 143).contains(run.code(5)));
    assertEquals(0, scene.processes.left(run.folder()));
    assertFalse(Files.exists(pids));
    assertFalse(Files.exists(Path.of("/run/holdfast", OsProcesses.treeMark(run.folder()))));
  }

  @Test
  void runuserAndSuTakeThePlaceOfWhatIsMissing() throws Exception {
    onlyAsRoot();
    HostTools tools = HostTools.find(Path.of("/"));
    Assumptions.assumeTrue(
        tools.runuser().isPresent() && tools.su().isPresent(), "skipped: no runuser or no su");
    for (List<Optional<Path>> has :
        List.of(
            List.of(tools.runuser(), tools.su()), List.of(Optional.<Path>empty(), tools.su()))) {
      HostTools fewer =
          new HostTools(
              tools.shell(),
              tools.setsid(),
              tools.prlimit(),
              Optional.empty(),
              has.getFirst(),
              has.getLast(),
              false);
      List<String> command =
          fewer.command(
              1,
              new Users(Path.of("/etc/passwd"), new OsQuery()).find("nobody"),
              List.of("/bin/sh", "-c", "id -un; echo \"$1\"", "sh", "a b"));
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      assertEquals(
          "nobody\na b\n",
          new String(
              process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8),
          command.toString());
    }
  }

  @Test
  void aUserThatIsNotThereIsRefusedBeforeAnythingIsMade() {
    onlyAsRoot();
    ProcessException refused =
        assertThrows(
            ProcessException.class, () -> scene.start("true\n", Optional.of("no-such-user-here")));

    assertEquals(
        "runAs names the user 'no-such-user-here', and this host has no such user",
        refused.getMessage());
    assertFalse(Files.exists(root.resolve("runs")));
  }

  private static void onlyAsRoot() {
    Assumptions.assumeTrue(
        "root".equals(System.getProperty("user.name")), "skipped: only root can change the user");
  }
}
