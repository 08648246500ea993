package dev.holdfast.agent.identity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.holdfast.agent.disk.FileDisk;
import dev.holdfast.agent.identity.Enrolment.Anchor;
import dev.holdfast.config.HostPort;
import dev.holdfast.wire.agent.EnrollRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnrolmentTest {
  private static final String DOMAIN = "holdfast.test";

  @TempDir private Path folder;
  private final Channels channels = new Channels(Clock.systemUTC());
  private TestAuthority authority;
  private IdentityFile file;
  private Enrolment enrolment;

  @SuppressWarnings("NullAway.Init") // JUnit calls prepare before each test
  EnrolmentTest() {}

  @BeforeEach
  void prepare() throws Exception {
    authority = new TestAuthority("right");
    file = new IdentityFile(new FileDisk(folder));
    enrolment = new Enrolment(file, channels, new SecureRandom());
  }

  @AfterEach
  void end() {
    channels.close();
  }

  @Test
  void aHostJoinsByPinAndKeepsWhatItGot() throws Exception {
    try (TestCoordinator coordinator = new TestCoordinator(authority, DOMAIN)) {
      Identity joined = enrolment.ask(wish(coordinator.address(), pin()));
      assertTrue(file.read().isEmpty(), "not before it is told to keep it");
      enrolment.keep(joined);

      Identity read = file.read().orElseThrow();
      assertEquals(joined.instance(), read.instance());
      assertEquals(coordinator.address(), read.coordinator());
      assertEquals(DOMAIN, read.trustDomain());
      assertEquals(32, read.installNonce().length());
      assertEquals(joined.chain(), read.chain());
      assertEquals(authority.certificate(), read.authority());
      assertEquals(joined.key(), read.key());
      EnrollRequest request = coordinator.requests.getFirst();
      assertEquals("activation", request.getActivationId());
      assertEquals("9.9", request.getAgentVersion());
      assertEquals("web-1", request.getComputerName());
    }
  }

  @Test
  void aHostJoinsByTheFileOfTheAuthority() throws Exception {
    try (TestCoordinator coordinator = new TestCoordinator(authority, DOMAIN)) {
      Anchor anchor =
          new Anchor.Authority(ByteString.copyFrom(authority.certificate().getEncoded()));

      assertEquals(
          "mi-00000000000abc000",
          enrolment.ask(wish(coordinator.address(), anchor)).instance().value());
    }
  }

  @Test
  void aLostAnswerIsAskedForAgainWithTheSameKeyAndIsTheSameInstance() throws Exception {
    try (TestCoordinator coordinator = new TestCoordinator(authority, DOMAIN)) {
      Identity lost = enrolment.ask(wish(coordinator.address(), pin()));
      IdentityFile afterCrash = new IdentityFile(new FileDisk(folder));
      Enrolment again = new Enrolment(afterCrash, channels, new SecureRandom());

      assertEquals(lost.instance(), again.ask(wish(coordinator.address(), pin())).instance());
      enrolment.keep(lost);
      assertNotEquals(lost.instance(), again.ask(wish(coordinator.address(), pin())).instance());
    }
  }

  @Test
  void theKeyIsOnDiskAndTheOwnersAloneBeforeAnythingIsSent() throws Exception {
    HostPort nobody = new HostPort("127.0.0.1", 1);

    IdentityException e =
        assertThrows(IdentityException.class, () -> enrolment.ask(wish(nobody, pin())));
    assertTrue(message(e).contains("cannot enrol with 127.0.0.1:1"), e.getMessage());
    assertFalse(message(e).contains("\n"));
    Path pending = folder.resolve("identity/pending");
    assertEquals(
        "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(pending)));
    assertEquals(
        "rwx------",
        PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("identity"))));
  }

  @Test
  void noCodeIsSentToACoordinatorThatIsNotTheRightOne() throws Exception {
    TestAuthority other = new TestAuthority("right");
    refusedFor("no authority in the chain", new TestCoordinator(other, DOMAIN));
    refusedFor(
        "not that of a coordinator",
        new TestCoordinator(
            authority,
            authority.server(
                "spiffe://" + DOMAIN + "/agent/mi-00000000000abc000", Duration.ofHours(1)),
            DOMAIN));
    refusedFor(
        "not for servers",
        new TestCoordinator(
            authority,
            authority.clientThatPosesAsServer("spiffe://" + DOMAIN + "/coordinator"),
            DOMAIN));
    refusedFor(
        "has expired",
        new TestCoordinator(
            authority,
            authority.server("spiffe://" + DOMAIN + "/coordinator", Duration.ofMinutes(-10)),
            DOMAIN));
    refusedFor(
        "is for 192.0.2.1, not for 127.0.0.1",
        new TestCoordinator(
            authority,
            authority.server(
                "spiffe://" + DOMAIN + "/coordinator",
                Duration.ofHours(1),
                new byte[] {(byte) 192, 0, 2, 1}),
            DOMAIN));
    refusedFor(
        "does not lead to the authority",
        // It shows the right authority, which did not sign its certificate.
        new TestCoordinator(authority, other.coordinator(DOMAIN), DOMAIN));
  }

  private void refusedFor(String reason, TestCoordinator wrong) throws Exception {
    try (TestCoordinator coordinator = wrong) {
      IdentityException e =
          assertThrows(
              IdentityException.class, () -> enrolment.ask(wish(coordinator.address(), pin())));
      assertTrue(message(e).contains(reason), e.getMessage());
      assertEquals(List.of(), coordinator.requests);
    }
  }

  @Test
  void aRefusalIsToldWithoutTheCode() throws Exception {
    try (TestCoordinator coordinator = new TestCoordinator(authority, DOMAIN)) {
      Enrolment.Wish wish =
          new Enrolment.Wish(coordinator.address(), pin(), "activation", "hunter2", "9.9", "web-1");

      IdentityException e = assertThrows(IdentityException.class, () -> enrolment.ask(wish));
      assertTrue(message(e).contains("the activation is not valid"), e.getMessage());
      assertFalse((message(e) + wish).contains("hunter2"));
    }
  }

  @Test
  void aClockThatIsWrongIsNamedAsSuch() throws Exception {
    InstantSource ahead = () -> Clock.systemUTC().instant().plus(Duration.ofDays(400));
    try (TestCoordinator coordinator = new TestCoordinator(authority, DOMAIN);
        Channels late = new Channels(ahead)) {
      Enrolment lateEnrolment = new Enrolment(file, late, new SecureRandom());

      IdentityException e =
          assertThrows(
              IdentityException.class, () -> lateEnrolment.ask(wish(coordinator.address(), pin())));
      assertTrue(message(e).contains("this host's clock is ahead"), e.getMessage());
    }
  }

  @Test
  void aDamagedFileIsNotTakenForNoFile() throws Exception {
    try (TestCoordinator coordinator = new TestCoordinator(authority, DOMAIN)) {
      enrolment.keep(enrolment.ask(wish(coordinator.address(), pin())));
    }
    Path path = folder.resolve("identity/identity");
    String text = Files.readString(path);
    for (String damaged :
        List.of(
            "",
            text.substring(0, text.length() / 2),
            text.replaceFirst("instance mi-0", "instance mi-1"),
            text.replaceFirst("identity 1", "identity 2"))) {
      Files.write(path, damaged.getBytes(StandardCharsets.UTF_8));
      IdentityException e = assertThrows(IdentityException.class, file::read, damaged);
      assertTrue(message(e).contains("identity/identity"), e.getMessage());
    }
  }

  @Test
  void aPinOfAnotherFormIsRefused() {
    for (String pin :
        List.of("", "sha256:", "sha1:" + "0".repeat(40), "sha256:" + "A".repeat(64))) {
      assertThrows(IdentityException.class, () -> new Anchor.Pin(pin), pin);
    }
  }

  private Anchor pin() {
    return new Anchor.Pin(authority.pin());
  }

  private static Enrolment.Wish wish(HostPort coordinator, Anchor anchor) {
    return new Enrolment.Wish(
        coordinator, anchor, "activation", TestCoordinator.CODE, "9.9", "web-1");
  }

  private static String message(Exception e) {
    return String.valueOf(e.getMessage());
  }
}
