package dev.holdfast.agent.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which policy file is believed, and when it is read again. */
final class PolicyFileTest {
  @TempDir private Path folder;
  private Path file;
  private int me;

  @SuppressWarnings("NullAway.Init") // JUnit calls prepare before each test
  PolicyFileTest() {}

  @BeforeEach
  void prepare() throws IOException {
    folder = folder.toRealPath();
    file = folder.resolve("policy.yaml");
    me = (Integer) Files.getAttribute(folder, "unix:uid");
  }

  @Test
  void withoutAFileAllIsAllowedAndOneThatComesHoldsAtTheNextLook() throws IOException {
    PolicyFile policy = new PolicyFile(file, me);
    assertEquals(Standing.ABSENT, policy.get());
    assertFalse(policy.look());

    write("freeze: true\n");
    assertTrue(policy.look());
    assertTrue(((Standing.InForce) policy.get()).policy().freeze().value());
    assertFalse(policy.look());

    write("freeze: false\n");
    assertTrue(policy.look());
    assertFalse(((Standing.InForce) policy.get()).policy().freeze().value());

    Files.delete(file);
    assertTrue(policy.look());
    assertEquals(Standing.ABSENT, policy.get());
  }

  @Test
  void oneThatOthersCanWriteIsRefusedUntilTheyCannot() throws IOException {
    write("freeze: false\n");
    mode("rw-rw----");
    PolicyFile policy = new PolicyFile(file, me);
    assertTrue(reason(policy).contains("can be written by others than root"), reason(policy));
    mode("rw----r--");
    assertTrue(policy.look());
    assertInstanceOf(Standing.InForce.class, policy.get());
    mode("rw-----w-");
    assertTrue(policy.look());
    assertTrue(reason(policy).contains("chmod go-w"), reason(policy));
  }

  @Test
  void oneInAFolderThatOthersCanWriteIsRefused() throws IOException {
    write("freeze: false\n");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
    PolicyFile policy = new PolicyFile(file, me);
    assertTrue(reason(policy).contains("could be replaced"), reason(policy));
    assertTrue(reason(policy).contains(folder.toString()), reason(policy));
  }

  @Test
  void oneOfAnotherUserIsRefused() throws IOException {
    assumeTrue(me == 0, "only root can give a file away");
    write("freeze: false\n");
    Files.setAttribute(file, "unix:uid", 12_345);
    assertTrue(reason(new PolicyFile(file, me)).contains("chown root"));
  }

  @Test
  void aLinkAndAFolderAreRefusedAndSoIsAFileThatIsWrong() throws IOException {
    Path other = Files.writeString(folder.resolve("other"), "freeze: false\n");
    Files.createSymbolicLink(file, other);
    assertTrue(reason(new PolicyFile(file, me)).contains("is no plain file"));
    Files.delete(file);
    Files.createDirectory(file);
    assertTrue(reason(new PolicyFile(file, me)).contains("is no plain file"));
    Files.delete(file);

    write("freeze: yes please\n");
    PolicyFile policy = new PolicyFile(file, me);
    assertTrue(reason(policy).contains("'freeze' must be true or false"), reason(policy));
    assertTrue(reason(policy).endsWith("until then nothing starts"), reason(policy));
    write("freeze: true\n");
    assertTrue(policy.look());
    assertInstanceOf(Standing.InForce.class, policy.get());
  }

  private void write(String content) throws IOException {
    Files.writeString(file, content);
    mode("rw-r--r--");
  }

  private void mode(String mode) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
  }

  private static String reason(PolicyFile policy) {
    return ((Standing.Wrong) policy.get()).reason();
  }
}
