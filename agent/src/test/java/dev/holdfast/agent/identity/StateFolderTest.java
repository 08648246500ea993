package dev.holdfast.agent.identity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateFolderTest {
  @TempDir private Path temporary;

  @SuppressWarnings("NullAway.Init") // JUnit sets the folder before each test
  StateFolderTest() {}

  @Test
  void aFolderThatIsNotThereIsMadeForTheOwnerAlone() throws IOException {
    Path state = temporary.resolve("a/b");
    Path path = StateFolder.check(state);

    assertEquals(state.toRealPath(), path);
    assertEquals("rwx------", mode(state));
    assertEquals("rwx------", mode(temporary.resolve("a")));
  }

  @Test
  void aFolderInWhichOthersCanWriteIsRefused() throws IOException {
    for (String mode : List.of("rwxrwx---", "rwxr-x-w-")) {
      Path state = Files.createDirectory(temporary.resolve(mode));
      Files.setPosixFilePermissions(state, PosixFilePermissions.fromString(mode));
      refused(state, "others can write to the state folder");
    }
  }

  @Test
  void aFolderBelowOneInWhichOthersCanWriteIsRefused() throws IOException {
    Path above = Files.createDirectory(temporary.resolve("above"));
    Path state = Files.createDirectory(above.resolve("state"));
    Files.setPosixFilePermissions(state, PosixFilePermissions.fromString("rwx------"));
    Files.setPosixFilePermissions(above, PosixFilePermissions.fromString("rwxrwxrwx"));

    refused(state, "others can write to " + above.toRealPath());
  }

  @Test
  void aLinkOrAFileIsRefused() throws IOException {
    Path state = StateFolder.check(temporary.resolve("state"));
    refused(Files.createSymbolicLink(temporary.resolve("link"), state), "is not a folder");
    refused(Files.createFile(temporary.resolve("file")), "is not a folder");
  }

  @Test
  void aFolderIsHeldByOneProgramAtATime() throws IOException {
    Path state = temporary.resolve("state");
    try (StateFolder held = StateFolder.hold(state)) {
      assertEquals(state.toRealPath(), held.path());
      IdentityException e = assertThrows(IdentityException.class, () -> StateFolder.hold(state));
      assertTrue(message(e).contains("in use by another agent"), e.getMessage());
    }
    StateFolder.hold(state).close();
  }

  @Test
  void clearingLeavesIdentityAndLock() throws IOException {
    Path state = temporary.resolve("state");
    try (StateFolder held = StateFolder.hold(state)) {
      Files.createDirectories(state.resolve("spool/results"));
      Files.createFile(state.resolve("spool/results/x"));
      Files.createDirectory(state.resolve("identity"));
      held.clear();
    }
    try (var left = Files.list(state)) {
      assertEquals(
          List.of("identity", StateFolder.LOCK),
          left.map(path -> path.getFileName().toString()).sorted().toList());
    }
  }

  private static void refused(Path state, String reason) {
    IdentityException e = assertThrows(IdentityException.class, () -> StateFolder.check(state));
    assertTrue(message(e).contains(reason), e.getMessage());
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  private static String message(Exception e) {
    return String.valueOf(e.getMessage());
  }
}
