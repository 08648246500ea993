package dev.holdfast.agent.identity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.holdfast.agent.testing.MemoryDisk;
import dev.holdfast.agent.testing.PowerCut;
import dev.holdfast.association.InstanceId;
import dev.holdfast.config.HostPort;
import dev.holdfast.testing.ManualTimers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PassportTest {
  private static final String DOMAIN = "holdfast.test";
  private static final InstanceId INSTANCE = new InstanceId("mi-00000000000abc000");
  private static final String NAME = "spiffe://" + DOMAIN + "/agent/" + INSTANCE;

  private final Channels channels = new Channels(Clock.systemUTC());
  private final SecureRandom random = new SecureRandom();
  private final MemoryDisk disk = new MemoryDisk();
  private final ManualTimers timers = new ManualTimers(Instant.parse("2026-11-22T08:00:00Z"));
  private TestAuthority authority;

  @SuppressWarnings("NullAway.Init") // JUnit calls prepare before each test
  PassportTest() {}

  @BeforeEach
  void prepare() throws Exception {
    authority = new TestAuthority("right");
    HostKey key = HostKey.generate(random);
    new IdentityFile(disk)
        .write(
            new Identity(
                INSTANCE,
                new HostPort("127.0.0.1", 1),
                DOMAIN,
                "nonce",
                key,
                List.of(authority.agent(key.publicKey(), NAME)),
                Duration.ofDays(7),
                "",
                List.of(authority.certificate())));
  }

  @AfterEach
  void end() {
    channels.close();
  }

  private Passport passport() {
    IdentityFile file = new IdentityFile(disk);
    return new Passport(file.read().orElseThrow(), file, channels, timers, random);
  }

  private Papers.Answer answer(ByteString request, TestAuthority by, List<ByteString> told)
      throws Exception {
    PublicKey key = TestAuthority.requestedKey(request.toByteArray()).orElseThrow();
    return new Papers.Answer(
        List.of(ByteString.copyFrom(by.agent(key, NAME).getEncoded())),
        Duration.ofSeconds(60),
        told);
  }

  @Test
  void aRenewalIsInUseAndOnDiskWithItsLife() throws Exception {
    Passport passport = passport();
    PublicKey before = passport.current().key().publicKey();

    passport.accept(answer(passport.request(), authority, List.of()));

    assertNotEquals(before, passport.current().key().publicKey());
    Identity read = new IdentityFile(disk).read().orElseThrow();
    assertEquals(passport.current().key(), read.key());
    assertEquals(passport.current().chain(), read.chain());
    assertEquals(Duration.ofSeconds(60), read.life());
    assertEquals("nonce", read.installNonce());
  }

  @Test
  void eachRenewalHasAKeyOfItsOwnAndEachTryTheSame() throws Exception {
    Passport passport = passport();
    Set<PublicKey> keys = new HashSet<>();
    for (int i = 0; i < 4; i++) {
      PublicKey first = TestAuthority.requestedKey(passport.request().toByteArray()).orElseThrow();
      PublicKey again =
          TestAuthority.requestedKey(passport().request().toByteArray()).orElseThrow();
      assertEquals(first, again);
      assertTrue(keys.add(first));
      passport.accept(answer(passport.request(), authority, List.of()));
    }
  }

  /**
   * The power fails at every change of the disk, before it and after it. What is found then is the
   * old identity with the key that asked, or the new one; and the next renewal works.
   */
  @Test
  void aCrashAtAnyPointOfARenewalIsFollowedByAGoodStart() throws Exception {
    boolean finished = false;
    int points = 0;
    for (int change = 0; !finished; change++) {
      for (MemoryDisk.CutWhen when : MemoryDisk.CutWhen.values()) {
        Passport passport = passport();
        Identity old = passport.current();
        disk.cutPowerAt(disk.changes() + change, when);
        ByteString given = ByteString.EMPTY;
        try {
          given = passport.request();
          passport.accept(answer(given, authority, List.of()));
          finished = true;
        } catch (PowerCut cut) {
          points++;
        }
        disk.powerOn();

        Passport after = passport();
        PublicKey now = after.current().key().publicKey();
        assertEquals(now, after.current().chain().getFirst().getPublicKey());
        assertEquals(INSTANCE, after.current().instance());
        PublicKey asks = TestAuthority.requestedKey(after.request().toByteArray()).orElseThrow();
        assertNotEquals(now, asks, "a new key");
        if (!given.isEmpty() && now.equals(old.key().publicKey())) {
          assertEquals(
              TestAuthority.requestedKey(given.toByteArray()).orElseThrow(),
              asks,
              "the one that the coordinator knows already");
        }
        after.accept(answer(after.request(), authority, List.of()));
        assertEquals(after.current().key(), passport().current().key());
      }
    }
    assertTrue(points >= 6, points + " points");
  }

  @Test
  void aCertificateThatIsNotForThisHostIsRefusedAndChangesNothing() throws Exception {
    Passport passport = passport();
    ByteString request = passport.request();
    PublicKey key = TestAuthority.requestedKey(request.toByteArray()).orElseThrow();
    byte[] before = disk.read("identity/identity").orElseThrow();
    TestAuthority stranger = new TestAuthority("right");
    ByteString other = ByteString.copyFrom(authority.agent(key, NAME + "1").getEncoded());
    ByteString otherKey =
        ByteString.copyFrom(
            authority.agent(HostKey.generate(random).publicKey(), NAME).getEncoded());

    for (Papers.Answer wrong :
        List.of(
            answer(request, stranger, List.of()),
            answer(
                request,
                stranger,
                List.of(ByteString.copyFrom(stranger.certificate().getEncoded()))),
            new Papers.Answer(List.of(), Duration.ofDays(1), List.of()),
            new Papers.Answer(List.of(other), Duration.ofDays(1), List.of()),
            new Papers.Answer(List.of(otherKey), Duration.ofDays(1), List.of()),
            new Papers.Answer(
                List.of(ByteString.copyFromUtf8("x")), Duration.ofDays(1), List.of()))) {
      assertThrows(IdentityException.class, () -> passport.accept(wrong));
    }
    assertEquals(
        ByteString.copyFrom(before),
        ByteString.copyFrom(disk.read("identity/identity").orElseThrow()));
  }

  @Test
  void aCopyGetsANonceOfItsOwnAndKeepsItsKey() {
    Passport passport = passport();
    Identity before = passport.current();

    passport.differ();

    assertNotEquals("nonce", passport.installNonce().orElseThrow());
    assertEquals(before.key(), passport().current().key());
    assertEquals(passport.installNonce(), passport().installNonce());
  }

  @Test
  void aCertificateIsRenewedBetweenFortyAndSixtyHundredthsOfItsLife() {
    Instant end = Instant.parse("2026-12-01T00:00:00Z");
    Duration life = Duration.ofSeconds(1000);
    assertEquals(
        Duration.ofSeconds(1),
        RenewalRule.until(end, life, 0, end.minusSeconds(401)),
        "the latest is 0.6 of its life");
    assertEquals(Duration.ZERO, RenewalRule.until(end, life, 0, end.minusSeconds(400)));
    assertEquals(Duration.ofSeconds(1), RenewalRule.until(end, life, 1, end.minusSeconds(601)));
    assertEquals(Duration.ZERO, RenewalRule.until(end, life, 1, end.minusSeconds(600)));
    assertEquals(Duration.ZERO, RenewalRule.until(end, life, 1, end.plusSeconds(600)));
    assertEquals(
        Duration.ofHours(1),
        RenewalRule.until(end, Duration.ofDays(7), 0.5, end.minus(Duration.ofDays(7))),
        "looked at again each hour, for clocks that step");
    assertEquals(Duration.ofMinutes(60), RenewalRule.again(Duration.ofDays(7), 1));
    assertEquals(Duration.ofMillis(1500), RenewalRule.again(Duration.ofSeconds(60), 0));
  }

  @Test
  void aMachineIsKnownByItsNumberAndNotByItsKernel(@TempDir Path root) throws Exception {
    assertEquals("", MachineFingerprint.of(root));
    Files.createDirectories(root.resolve("etc"));
    Files.writeString(root.resolve("etc/machine-id"), "0123456789abcdef0123456789abcdef\n");
    String first = MachineFingerprint.of(root);
    assertEquals(64, first.length());
    Files.createDirectories(root.resolve("proc/sys/kernel/random"));
    Files.writeString(root.resolve("proc/sys/kernel/random/boot_id"), "another");
    Files.writeString(root.resolve("proc/version"), "another");
    assertEquals(first, MachineFingerprint.of(root));
    Files.writeString(root.resolve("etc/machine-id"), "1123456789abcdef0123456789abcdef\n");
    assertNotEquals(first, MachineFingerprint.of(root));
  }
}
