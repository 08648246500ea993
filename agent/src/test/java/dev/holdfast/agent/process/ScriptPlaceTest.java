package dev.holdfast.agent.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.agent.process.Users.User;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which user a script gets, and by which command it is started: pure, or over a few files. */
final class ScriptPlaceTest {
  private static final User NOBODY = new User("nobody", 65_534, 65_533, "/nonexistent");

  @TempDir private Path root;

  @Test
  void aUserIsFoundInTheFileOrAskedFor() throws IOException {
    Path file = root.resolve("passwd");
    Files.writeString(
        file,
        """
        root:x:0:0:root:/root:/bin/sh
        broken
        odd:x:many:1::/:
        nobody:x:65534:65533:nobody:/nonexistent:/usr/sbin/nologin
        """);
    Query directory =
        (command, atMost, line) -> {
          assertEquals(List.of("getent", "passwd", "--"), command.subList(0, 3));
          if (command.getLast().equals("carla")) {
            line.accept("carla:*:12345:12346:Carla:/home/carla:/bin/bash");
          } else {
            throw new ProcessException("exit code 2");
          }
        };
    Users users = new Users(file, directory);

    assertEquals(Optional.of(NOBODY), users.find("nobody"));
    assertEquals(Optional.of(new User("root", 0, 0, "/root")), users.find("root"));
    assertEquals(
        Optional.of(new User("carla", 12_345, 12_346, "/home/carla")), users.find("carla"));
    assertEquals(Optional.empty(), users.find("odd"));
    assertEquals(Optional.empty(), users.find("no"));
    assertEquals(
        "runAs names the user 'no', and this host has no such user",
        assertThrows(ProcessException.class, () -> new Accounts(users, true, root).user("no"))
            .getMessage());
    assertEquals(
        "runAs names the user 'nobody', and only an agent that runs as root can change the user",
        assertThrows(ProcessException.class, () -> new Accounts(users, false, root).user("nobody"))
            .getMessage());
  }

  @Test
  void theCommandUsesWhatTheHostHas() {
    List<String> script = List.of("/bin/sh", "/run/x/_script.sh");

    assertEquals(
        List.of(
            "/usr/bin/setsid",
            "/usr/bin/prlimit",
            "--rttime=77:",
            "--",
            "/bin/sh",
            "/run/x/_script.sh"),
        tools(true, "prlimit", "setpriv").command(77, Optional.empty(), script));
    assertEquals(
        List.of("/usr/bin/setsid", "/bin/sh", "/run/x/_script.sh"),
        tools(false, "prlimit").command(77, Optional.empty(), script));
    assertEquals(
        "/usr/bin/setsid /usr/bin/prlimit --rttime=77: --nproc=4096:4096 -- /usr/bin/setpriv"
            + " --reuid=65534 --regid=65533 --init-groups -- /bin/sh /run/x/_script.sh",
        String.join(
            " ",
            tools(true, "prlimit", "setpriv", "runuser").command(77, Optional.of(NOBODY), script)));
    assertEquals(
        "/usr/bin/setsid /usr/bin/runuser -u nobody -- /bin/sh /run/x/_script.sh",
        String.join(" ", tools(false, "runuser", "su").command(77, Optional.of(NOBODY), script)));
    assertEquals(
        "/usr/bin/setsid /usr/bin/su -m -s /bin/sh nobody -c exec \"$0\" \"$@\" -- /bin/sh"
            + " /run/x/_script.sh",
        String.join(" ", tools(false, "su").command(77, Optional.of(NOBODY), script)));
    assertThrows(
        ProcessException.class, () -> tools(false).command(77, Optional.of(NOBODY), script));
  }

  @Test
  void theShellIsCalledByItsBareNameOnlyWhereThatFindsIt() throws IOException {
    Path bin = Files.createDirectory(root.resolve("bin"));
    Path other = Files.createDirectory(root.resolve("other"));
    Path shell = executable(bin.resolve("sh"));
    executable(other.resolve("sh"));
    HostTools tools =
        new HostTools(
            shell,
            shell,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            false);

    assertEquals("sh", tools.shellName("/no/such:" + bin + ":" + other));
    assertEquals(shell.toString(), tools.shellName(other + ":" + bin), "another would be found");
    assertEquals(shell.toString(), tools.shellName("/no/such"));
    assertEquals(shell.toString(), tools.shellName("bin:"));
  }

  private static Path executable(Path file) throws IOException {
    return Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  @Test
  void aFirstLineNamesAnInterpreterWithOneArgument() {
    assertEquals(Optional.of(List.of("/bin/bash")), FirstLine.interpreter("#!/bin/bash\nx"));
    assertEquals(
        Optional.of(List.of("/usr/bin/env", "-S perl -w")),
        FirstLine.interpreter("#! /usr/bin/env  -S perl -w \n"));
    assertEquals(Optional.empty(), FirstLine.interpreter("echo\n#!/bin/bash\n"));
    assertEquals(Optional.empty(), FirstLine.interpreter("#!\n"));
    assertEquals(Optional.empty(), FirstLine.interpreter(""));
  }

  @Test
  void aMarkIsANameOfOursAndALimitThatBoundsNothing() {
    Mark mark = Mark.of(Path.of("/state/runs/0001/0-1-0"));

    assertTrue(mark.text().matches("[0-9a-f]{32}"));
    assertTrue(mark.tag() >= 1L << 62, "a hundred thousand years of processor time");
    assertEquals(mark, Mark.of(Path.of("/state/runs/0001/0-1-0")));
    assertTrue(mark.tag() != Mark.of(Path.of("/state/runs/0001/0-1-1")).tag());
  }

  private static HostTools tools(boolean tagging, String... programs) {
    List<String> has = List.of(programs);
    return new HostTools(
        Path.of("/bin/sh"),
        Path.of("/usr/bin/setsid"),
        at(has, "prlimit"),
        at(has, "setpriv"),
        at(has, "runuser"),
        at(has, "su"),
        tagging);
  }

  private static Optional<Path> at(List<String> has, String program) {
    return has.contains(program) ? Optional.of(Path.of("/usr/bin", program)) : Optional.empty();
  }
}
