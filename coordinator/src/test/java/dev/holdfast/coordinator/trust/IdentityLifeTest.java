package dev.holdfast.coordinator.trust;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.store.Activations;
import dev.holdfast.coordinator.store.EventLog;
import dev.holdfast.coordinator.store.Identities;
import dev.holdfast.coordinator.store.InstanceState;
import dev.holdfast.coordinator.store.Instances;
import dev.holdfast.coordinator.store.Store;
import dev.holdfast.task.IdentityLimits;
import dev.holdfast.task.Sha256;
import dev.holdfast.testing.ManualTimers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * From a host's enrolment to its ban: which certificates count, who comes back and who does not.
 */
final class IdentityLifeTest {
  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
  private static final Duration LIFE = Duration.ofDays(7);
  private static final String NONCE = "nonce";

  @TempDir Path folder;
  private final ManualTimers timers = new ManualTimers(NOW);
  private final SecureRandom random = new SecureRandom();
  private final List<InstanceId> changed = new ArrayList<>();
  private boolean connected = true;
  private Store store;
  private Enrolment enrolment;
  private Renewal renewal;
  private Recovery recovery;
  private Holders holders;
  private String code;

  @BeforeEach
  void open() throws Exception {
    store = Store.open(folder, timers::now, Store.Durability.PROCESS);
    Authority authority = Authority.open(folder, "test.example", random, NOW, LIFE);
    Secrets secrets = Secrets.open(folder, random);
    EnrolmentRates rates = new EnrolmentRates(EnrolmentRates.Settings.DEFAULT);
    code = secrets.codeOf("a");
    enrolment =
        new Enrolment(
            store,
            authority,
            secrets,
            (write, instance) -> {},
            UUID::randomUUID,
            random,
            timers,
            rates);
    renewal = new Renewal(store, authority);
    recovery =
        new Recovery(
            store,
            authority,
            secrets,
            (write, instance) -> changed.add(instance),
            UUID::randomUUID,
            timers,
            rates);
    holders =
        new Holders(
            store,
            LIFE,
            timers::now,
            _ -> connected,
            (write, instance) -> changed.add(instance),
            UUID::randomUUID);
    activation(secrets, "a", false);
    activation(secrets, "b", true);
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void theOldCertificateCountsUntilTheNewOneIsUsedAndNotAfter() throws Exception {
    Host host = enrolled("a");
    X509Certificate old = host.certificate;
    X509Certificate next = renewed(host, key());

    assertTrue(calls(old), "its next one was not used yet");
    assertTrue(calls(next));
    assertEquals(false, calls(old));
    assertTrue(calls(next));
    assertEquals(
        Optional.of(next.getSerialNumber().toString(16)),
        holders.of(next).map(Caller.Agent::serial));
  }

  @Test
  void theOldCertificateCountsNoMoreTenMinutesAfterTheNewOneWasGivenOut() throws Exception {
    Host host = enrolled("a");
    X509Certificate next = renewed(host, key());

    timers.advance(Duration.ofMinutes(10).minusMillis(1));
    assertTrue(calls(host.certificate));
    timers.advance(Duration.ofMillis(1));
    assertEquals(false, calls(host.certificate));
    assertTrue(calls(next));
  }

  @Test
  void theGraceAndTheSpacingShrinkWithTheLife() {
    assertEquals(Duration.ofSeconds(6), SerialRule.grace(Duration.ofSeconds(60)));
    assertEquals(Duration.ofMinutes(10), SerialRule.grace(LIFE));
    assertEquals(Duration.ofSeconds(3), SerialRule.spacing(Duration.ofSeconds(60)));
    assertEquals(Duration.ofMinutes(15), SerialRule.spacing(LIFE));
  }

  @Test
  void aCertificateEndsWithItsLife() throws Exception {
    Host host = enrolled("a");

    timers.advance(LIFE.minusSeconds(1));
    assertTrue(calls(host.certificate));
    timers.advance(Duration.ofSeconds(2));
    assertEquals(false, calls(host.certificate));
  }

  @Test
  void aLostAnswerIsAskedForAgainAndIsTheSame() throws Exception {
    Host host = enrolled("a");
    KeyPair key = key();

    assertEquals(renewed(host, key), renewed(host, key));
  }

  @Test
  void aRenewalNeedsANewKeyAndComesNotTooOften() throws Exception {
    Host host = enrolled("a");
    Host other = enrolled("a");

    assertInstanceOf(Renewal.Outcome.Malformed.class, renew(host, host.key));
    assertInstanceOf(Renewal.Outcome.Malformed.class, renew(host, other.key));
    renewed(host, key());
    assertInstanceOf(Renewal.Outcome.TooMany.class, renew(host, key()));
    timers.advance(IdentityLimits.BETWEEN_CERTIFICATES);
    assertInstanceOf(Renewal.Outcome.Renewed.class, renew(host, key()));
  }

  @Test
  void aHostThatNeverSwitchedGetsTheCertificateOfItsNextKeyAgainByProofAndIsNotCounted()
      throws Exception {
    Host host = enrolled("a");
    KeyPair next = key();
    X509Certificate given = renewed(host, next);
    timers.advance(Duration.ofHours(1));
    assertEquals(false, calls(host.certificate));

    for (int i = 0; i < 20; i++) {
      assertEquals(given, recovered(host, host.key, next));
    }
    assertEquals(0, recoveries(host));
    assertTrue(calls(given));
    assertInstanceOf(
        Recovery.Outcome.Refused.class, recover(host, host.key, key()), "the old key is dead");
  }

  @Test
  void aHostThatWasOffComesBackByItsKeyUpToNinetyDaysAfterItsCertificateEnded() throws Exception {
    Host host = enrolled("a");
    timers.advance(LIFE.plus(Duration.ofDays(90)));

    X509Certificate back = recovered(host, host.key, key());

    assertTrue(calls(back));
    assertEquals(InstanceState.ACTIVE, state(host));
    assertEquals(List.of(), changed);
    assertTrue(events().contains("InstanceRecovered"));
  }

  @Test
  void aHostThatWasOffForLongerConnectsAndWaitsForApproval() throws Exception {
    Host host = enrolled("a");
    timers.advance(LIFE.plus(Duration.ofDays(90)).plusSeconds(1));

    X509Certificate back = recovered(host, host.key, key());

    assertEquals(InstanceState.PENDING, state(host));
    assertEquals(List.of(host.id), changed);
    assertTrue(holders.of(back).orElseThrow().held());
    assertTrue(events().contains(Identities.EVENT));
  }

  @Test
  void theSixthRecoveryInThirtyDaysWaitsForApproval() throws Exception {
    Host host = enrolled("a");
    KeyPair key = host.key;
    for (int i = 0; i < 5; i++) {
      timers.advance(Duration.ofDays(1));
      KeyPair next = key();
      assertTrue(calls(recovered(host, key, next)));
      assertEquals(InstanceState.ACTIVE, state(host));
      key = next;
    }
    timers.advance(Duration.ofDays(1));

    recovered(host, key, key());

    assertEquals(InstanceState.PENDING, state(host));
  }

  @Test
  void recoveriesOfThirtyDaysAgoAreForgotten() throws Exception {
    Host host = enrolled("a");
    KeyPair key = host.key;
    for (int i = 0; i < 12; i++) {
      timers.advance(Duration.ofDays(8));
      KeyPair next = key();
      assertTrue(calls(recovered(host, key, next)));
      key = next;
    }

    assertEquals(InstanceState.ACTIVE, state(host));
    assertTrue(recoveries(host) <= 4);
  }

  @Test
  void whoeverHasNotTheKeyGetsAChallengeAndNothingElse() throws Exception {
    Host host = enrolled("a");
    Host other = enrolled("a");
    KeyPair next = key();
    ByteString challenge = challenge(host, next);
    ByteString request = request(next);

    assertRefused(host, request, challenge, signed(host.id.value(), request, challenge, other.key));
    assertRefused(host, request, challenge, ByteString.EMPTY);
    assertRefused(host, request, challenge, ByteString.copyFrom(new byte[300]));
    ByteString good = signed(host.id.value(), request, challenge, host.key);
    assertRefused(other, request, challenge, good);
    assertRefused(host, request(key()), challenge, good);
    assertRefused(host, request, challenge(host, key()), good);
    assertRefused(host, request, ByteString.copyFrom(new byte[40]), good);
    assertRefused(host, request, challenge.substring(1), good);
    timers.advance(IdentityLimits.CHALLENGE.plusMillis(1));
    assertRefused(host, request, challenge, good);
    assertInstanceOf(
        Recovery.Outcome.Challenge.class,
        recovery.recover(
            new Recovery.Request(
                "mi-00000000000000000",
                request,
                ByteString.EMPTY,
                ByteString.EMPTY,
                "",
                ByteString.EMPTY,
                HERE)));
    assertEquals(0, recoveries(host));
  }

  private void assertRefused(
      Host host, ByteString request, ByteString challenge, ByteString signature) {
    assertInstanceOf(
        Recovery.Outcome.Refused.class,
        recovery.recover(
            new Recovery.Request(
                host.id.value(), request, challenge, signature, NONCE, ByteString.EMPTY, HERE)));
  }

  @Test
  void anActivationThatAsksForApprovalMakesAnInstanceThatWaits() throws Exception {
    Host host = enrolled("b");

    assertEquals(InstanceState.PENDING, state(host));
    assertTrue(holders.of(host.certificate).orElseThrow().held());
    become(host, InstanceState.ACTIVE);
    assertEquals(false, holders.of(host.certificate).orElseThrow().held());
  }

  @Test
  void nothingOfABannedHostIsLetIn() throws Exception {
    Host host = enrolled("a");
    KeyPair next = key();
    X509Certificate given = renewed(host, next);
    store.write(
        write -> {
          Identities.voidCertificates(write, host.id);
          return Identities.become(write, host.id, InstanceState.REVOKED, "stolen");
        });

    assertEquals(false, calls(host.certificate));
    assertEquals(false, calls(given));
    assertInstanceOf(Renewal.Outcome.Refused.class, renew(host, key()));
    assertInstanceOf(Recovery.Outcome.Refused.class, recover(host, host.key, key()));
    assertInstanceOf(Recovery.Outcome.Refused.class, recover(host, next, key()));
    assertInstanceOf(Enrolment.Outcome.Refused.class, enroll("a", host.key));
    assertInstanceOf(Enrolment.Outcome.Refused.class, enroll("b", host.key));
    assertInstanceOf(Enrolment.Outcome.Refused.class, enroll("b", next));
  }

  @Test
  void aHostWhoseBanWasTakenBackComesBackByItsKeyAndNotByItsOldCertificate() throws Exception {
    Host host = enrolled("a");
    store.write(
        write -> {
          Identities.voidCertificates(write, host.id);
          return Identities.become(write, host.id, InstanceState.REVOKED, "a mistake");
        });
    become(host, InstanceState.ACTIVE);

    assertEquals(false, calls(host.certificate));
    assertTrue(calls(recovered(host, host.key, key())));
  }

  @Test
  void aHostThatWasLetGoIsGoneForEver() throws Exception {
    Host host = enrolled("a");
    store.write(write -> Instances.deregister(write, host.id));

    assertEquals(false, calls(host.certificate));
    assertInstanceOf(Recovery.Outcome.Refused.class, recover(host, host.key, key()));
    assertInstanceOf(Enrolment.Outcome.Refused.class, enroll("a", host.key));
    assertNotEquals(host.id, enrolled("a").id);
  }

  @Test
  void anOldCertificateWhileTheNewOneIsInUseShowsACopy() throws Exception {
    Host host = enrolled("a");
    X509Certificate next = renewed(host, key());
    assertTrue(calls(next));

    assertEquals(false, calls(host.certificate));
    assertEquals(InstanceState.ACTIVE, state(host), "what was on its way may still come");
    timers.advance(IdentityLimits.OLD_LINK.plusSeconds(1));
    connected = false;
    assertEquals(false, calls(host.certificate));
    assertEquals(InstanceState.ACTIVE, state(host), "nobody uses the new one");
    connected = true;
    assertEquals(false, calls(host.certificate));

    assertEquals(InstanceState.DUPLICATE, state(host));
    assertEquals(List.of(host.id), changed);
    assertInstanceOf(Renewal.Outcome.Refused.class, renew(host, key()));
    assertInstanceOf(Recovery.Outcome.Refused.class, recover(host, host.key, key()));
  }

  @Test
  void onlyTheCopyThatWasChosenGetsANewCertificate() throws Exception {
    Host host = enrolled("a");
    store.write(
        write -> {
          Identities.approve(write, host.id, "chosen");
          return true;
        });

    assertInstanceOf(
        Renewal.Outcome.Refused.class, renewal.renew(host.id, request(key()), "other"));
    assertInstanceOf(
        Renewal.Outcome.Renewed.class, renewal.renew(host.id, request(key()), "chosen"));
    assertInstanceOf(Recovery.Outcome.Refused.class, recover(host, host.key, key()));
  }

  @Test
  void aHostThatLostTheAnswerToItsEnrolmentForLongerThanALifeGetsAGoodCertificate()
      throws Exception {
    Host host = enrolled("a");
    timers.advance(LIFE.plus(Duration.ofDays(1)));
    activation(Secrets.open(folder, random), "c", false);

    Enrolment.Outcome.Enrolled again =
        assertInstanceOf(Enrolment.Outcome.Enrolled.class, enroll("a", host.key));

    assertEquals(host.id, again.instance());
    assertTrue(calls(again.certificate()));
  }

  private static final String HERE = "127.0.0.1";

  private record Host(InstanceId id, KeyPair key, X509Certificate certificate) {}

  private void activation(Secrets secrets, String id, boolean approval) {
    store.write(
        write -> {
          Activations.add(
              write,
              new Activations.Activation(
                  id,
                  secrets.ofCode(code),
                  "",
                  "web",
                  100,
                  0,
                  NOW.plus(Duration.ofDays(30)),
                  NOW,
                  Map.of(),
                  approval,
                  List.of()));
          return true;
        });
  }

  private Host enrolled(String activation) throws Exception {
    KeyPair key = key();
    Enrolment.Outcome.Enrolled enrolled =
        assertInstanceOf(Enrolment.Outcome.Enrolled.class, enroll(activation, key));
    return new Host(enrolled.instance(), key, enrolled.certificate());
  }

  private Enrolment.Outcome enroll(String activation, KeyPair key) throws Exception {
    return enrolment.enroll(
        new Enrolment.Request(activation, code, request(key), "1.0", "host", HERE));
  }

  private Renewal.Outcome renew(Host host, KeyPair key) throws Exception {
    return renewal.renew(host.id, request(key), NONCE);
  }

  private X509Certificate renewed(Host host, KeyPair key) throws Exception {
    return assertInstanceOf(Renewal.Outcome.Renewed.class, renew(host, key)).certificate();
  }

  private ByteString challenge(Host host, KeyPair next) throws Exception {
    return assertInstanceOf(
            Recovery.Outcome.Challenge.class,
            recovery.recover(
                new Recovery.Request(
                    host.id.value(),
                    request(next),
                    ByteString.EMPTY,
                    ByteString.EMPTY,
                    NONCE,
                    ByteString.EMPTY,
                    HERE)))
        .challenge();
  }

  private Recovery.Outcome recover(Host host, KeyPair proof, KeyPair next) throws Exception {
    ByteString request = request(next);
    ByteString challenge =
        assertInstanceOf(
                Recovery.Outcome.Challenge.class,
                recovery.recover(
                    new Recovery.Request(
                        host.id.value(),
                        request,
                        ByteString.EMPTY,
                        ByteString.EMPTY,
                        NONCE,
                        ByteString.EMPTY,
                        HERE)))
            .challenge();
    return recovery.recover(
        new Recovery.Request(
            host.id.value(),
            request,
            challenge,
            signed(host.id.value(), request, challenge, proof),
            NONCE,
            ByteString.EMPTY,
            HERE));
  }

  private X509Certificate recovered(Host host, KeyPair proof, KeyPair next) throws Exception {
    return assertInstanceOf(Recovery.Outcome.Recovered.class, recover(host, proof, next))
        .certificate();
  }

  private static ByteString signed(
      String instance, ByteString request, ByteString challenge, KeyPair key) throws Exception {
    byte[] head =
        ("holdfast-recover-1\n" + instance + "\n" + Sha256.of(request.toByteArray()) + "\n")
            .getBytes(StandardCharsets.UTF_8);
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign(key.getPrivate());
    signature.update(
        ByteBuffer.allocate(head.length + challenge.size())
            .put(head)
            .put(challenge.toByteArray())
            .array());
    return ByteString.copyFrom(signature.sign());
  }

  private boolean calls(X509Certificate certificate) {
    return holders.of(certificate).isPresent();
  }

  private InstanceState state(Host host) {
    return store.read(read -> Identities.find(read, host.id)).orElseThrow().state();
  }

  private void become(Host host, InstanceState state) {
    store.write(write -> Identities.become(write, host.id, state, ""));
  }

  private int recoveries(Host host) {
    return store.read(
        read ->
            Identities.recoveries(
                read, host.id, timers.now().minus(IdentityLimits.RECOVERIES_TIME)));
  }

  private List<String> events() {
    return store.read(read -> EventLog.after(read, 0, 1000)).stream()
        .map(EventLog.Event::type)
        .toList();
  }

  private KeyPair key() {
    return Keys.generate("secp256r1", random);
  }

  private static ByteString request(KeyPair key) throws Exception {
    return ByteString.copyFrom(
        new JcaPKCS10CertificationRequestBuilder(new X500Name("CN=x"), key.getPublic())
            .build(new JcaContentSignerBuilder("SHA256withECDSA").build(key.getPrivate()))
            .getEncoded());
  }
}
