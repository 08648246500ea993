package dev.holdfast.agent.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.holdfast.agent.process.Commands.Ran;
import dev.holdfast.agent.process.OsCommands;
import dev.holdfast.agent.state.Host.Access;
import dev.holdfast.agent.state.Host.Body;
import dev.holdfast.agent.state.Host.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a host has to do with files, in memory and really; then what only the real one can do. */
final class HostFilesTest {
  @TempDir private Path temporary;
  private Path root;
  private String owner;
  private String group;

  @BeforeEach
  void makeRoot() throws IOException {
    root = Files.createDirectory(temporary.resolve("root"));
    Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxr-xr-x"));
    for (String folder : List.of("etc", "srv")) {
      Files.createDirectory(root.resolve(folder));
    }
    owner = Files.getOwner(root).getName();
    group = String.valueOf(Files.getAttribute(root, "posix:group"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void filesFoldersAndLinksAreMadeReplacedAndRemoved(boolean real) {
    Host host = real ? host() : new MemoryHost();
    Access access = real ? new Access(0640, owner, group) : new Access(0640, "root", "root");

    assertEquals(Optional.empty(), host.look("/etc/a"));
    assertEquals(Optional.empty(), host.look("/etc/missing/a"));
    host.put("/etc/a", new Body.Text("one"), access);
    assertEquals(Kind.FILE, host.look("/etc/a").orElseThrow().kind());
    assertEquals(access, host.look("/etc/a").orElseThrow().access());
    assertEquals(3, host.look("/etc/a").orElseThrow().bytes());
    host.put("/srv/b", new Body.CopyOf("/etc/a"), access);
    assertTrue(host.same("/etc/a", "/srv/b"));
    host.put("/etc/a", new Body.Text("two\nlines\n"), access);
    assertEquals("two\nlines\n", host.read("/etc/a", 100));
    assertFalse(host.same("/etc/a", "/srv/b"));
    assertEquals(
        "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed", host.sha256("/srv/b"));
    assertThrows(HostException.class, () -> host.read("/etc/a", 9));
    List<String> lines = new java.util.ArrayList<>();
    host.lines("/etc/a", lines::add);
    host.lines("/etc/missing", lines::add);
    assertEquals(List.of("two", "lines"), lines);
    host.access("/etc/a", new Access(0600, access.owner(), access.group()));
    assertEquals(0600, host.look("/etc/a").orElseThrow().mode());
    host.link("/etc/link", "/srv/b");
    host.link("/etc/link", "/srv/c");
    assertEquals("/srv/c", host.look("/etc/link").orElseThrow().target());
    host.makeFolder("/srv/f", new Access(0750, access.owner(), access.group()));
    assertEquals(0750, host.look("/srv/f").orElseThrow().mode());
    host.put("/srv/f/x", new Body.Text(""), access);
    assertThrows(HostException.class, () -> host.remove("/srv/f", false));
    assertThrows(HostException.class, () -> host.makeFolder("/srv/f", access));
    assertThrows(HostException.class, () -> host.put("/srv/f", new Body.Text(""), access));
    assertThrows(HostException.class, () -> host.put("/no/x", new Body.Text(""), access));
    assertThrows(HostException.class, () -> host.read("/no", 1));
    assertThrows(HostException.class, () -> host.remove("/no", false));
    host.remove("/srv/f", true);
    host.remove("/etc/link", false);
    assertEquals(Optional.empty(), host.look("/srv/f/x"));
    assertEquals(Optional.empty(), host.look("/etc/link"));
  }

  @Test
  void nothingIsLeftBesideAFileThatWasReplacedOrCouldNotBe() throws IOException {
    Host host = host();
    host.put("/etc/a", new Body.Text("x"), access(0600));
    assertThrows(
        HostException.class,
        () -> host.put("/etc/a", new Body.CopyOf("/srv/missing"), access(0600)));
    Files.createDirectory(root.resolve("etc/folder"));
    assertThrows(
        HostException.class, () -> host.put("/etc/folder", new Body.Text("x"), access(0600)));

    try (Stream<Path> files = Files.list(root.resolve("etc"))) {
      assertEquals(
          List.of("a", "folder"),
          files.map(file -> String.valueOf(file.getFileName())).sorted().toList());
    }
    assertEquals("x", host.read("/etc/a", 10));
  }

  @Test
  void setIdAndStickyBitsAreGivenAndSeen() {
    Host host = host();
    host.put("/etc/a", new Body.Text("x"), access(04755));
    host.makeFolder("/etc/f", access(02770));

    assertEquals(04755, host.look("/etc/a").orElseThrow().mode());
    assertEquals(02770, host.look("/etc/f").orElseThrow().mode());
  }

  @Test
  void linksOfTheHostAreFollowedOnTheWayAndNotAtItsEnd() throws IOException {
    Files.createDirectories(root.resolve("run/deep"));
    Files.createSymbolicLink(root.resolve("srv/run"), Path.of("/run"));
    Files.createSymbolicLink(root.resolve("run/up"), Path.of("deep/../../etc"));
    Files.createSymbolicLink(root.resolve("run/round"), Path.of("round"));
    Files.writeString(root.resolve("etc/real"), "precious");
    Files.createSymbolicLink(root.resolve("etc/link"), Path.of("real"));
    Host host = host();

    host.put("/srv/run/up/a", new Body.Text("x"), access(0600));
    assertEquals("x", Files.readString(root.resolve("etc/a")));
    assertThrows(HostException.class, () -> host.look("/run/round/a"));
    assertThrows(HostException.class, () -> host.read("/etc/link", 100));
    host.put("/etc/link", new Body.Text("y"), access(0600));
    assertEquals("precious", Files.readString(root.resolve("etc/real")));
    assertFalse(Files.isSymbolicLink(root.resolve("etc/link")));
  }

  @Test
  void aLinkThatSomebodyElseCouldHavePlantedIsRefused() throws IOException {
    Path shared = Files.createDirectory(root.resolve("shared"));
    Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString("rwxrwxr-x"));
    Files.createSymbolicLink(shared.resolve("planted"), Path.of("/etc"));
    Files.createDirectory(shared.resolve("own"));
    Host host = host();

    HostException refused =
        assertThrows(
            HostException.class,
            () -> host.put("/shared/planted/passwd", new Body.Text("x"), access(0600)));
    assertTrue(String.valueOf(refused.getMessage()).contains("is a link"), refused::toString);
    assertFalse(Files.exists(root.resolve("etc/passwd"), LinkOption.NOFOLLOW_LINKS));
    host.put("/shared/own/a", new Body.Text("x"), access(0644));
    assertEquals("x", Files.readString(shared.resolve("own/a")));
    assertThrows(HostException.class, () -> host.link("/shared/l", "/etc"));
    assertThrows(
        HostException.class, () -> host.put("/shared/s", new Body.Text("x"), access(04755)));
  }

  @Test
  void aFolderInWhichEverybodyCanReplaceEverythingIsRefused() throws IOException {
    Path open = Files.createDirectory(root.resolve("open"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
    Files.writeString(open.resolve("b"), "x");
    Host host = host();

    assertThrows(HostException.class, () -> host.put("/open/a", new Body.Text("x"), access(0600)));
    assertThrows(HostException.class, () -> host.remove("/open/b", false));
    assertThrows(HostException.class, () -> host.access("/open/b", access(0600)));
    Files.setAttribute(open, "unix:mode", 01777);
    host.put("/open/a", new Body.Text("x"), access(0600));
    assertEquals("x", Files.readString(open.resolve("a")));
  }

  @Test
  void whatIsRemovedWithAllThatIsInItTakesNothingBehindALinkWithIt() throws IOException {
    Files.createDirectories(root.resolve("srv/f/deep"));
    Files.writeString(root.resolve("etc/real"), "precious");
    Files.createSymbolicLink(root.resolve("srv/f/deep/link"), Path.of("../../../etc"));
    Files.createSymbolicLink(root.resolve("srv/f/file"), Path.of("../../etc/real"));

    host().remove("/srv/f", true);

    assertFalse(Files.exists(root.resolve("srv/f")));
    assertEquals("precious", Files.readString(root.resolve("etc/real")));
  }

  @Test
  void aPipeIsNotWaitedFor() throws Exception {
    Process made = new ProcessBuilder("mkfifo", root.resolve("etc/pipe").toString()).start();
    assumeTrue(made.waitFor() == 0, "no pipe can be made here");

    assertEquals(Kind.OTHER, host().look("/etc/pipe").orElseThrow().kind());
    assertThrows(HostException.class, () -> host().read("/etc/pipe", 10));
  }

  @Test
  void aScriptIsRunByTheInterpreterThatItNamesAndIsNeverExecutedItself() {
    // Nothing but a file that is executed can be too busy for it.
    Host host = host();
    String tell = "stat -c %a \"$0\"\nset -o | grep nounset\n";

    assertTrue(ran(host, tell).stdout().matches("600\nnounset +off\n"));
    assertTrue(ran(host, "#!/bin/sh -u\n" + tell).stdout().matches("600\nnounset +on\n"));
    assertEquals("#! /bin/cat\nitself\n", ran(host, "#! /bin/cat\nitself\n").stdout());
  }

  private static Ran ran(Host host, String script) {
    return host.script(
        script, Map.of("PATH", "/usr/bin:/bin"), Optional.empty(), Duration.ofSeconds(10));
  }

  private Host host() {
    return new LinuxHost(
        new LinuxHost.Means(
            new OsCommands(),
            (from, to) -> {
              throw new HostException("no network here");
            },
            duration -> {},
            root),
        temporary.resolve("task"),
        root);
  }

  private Access access(int mode) {
    return new Access(mode, owner, group);
  }
}
