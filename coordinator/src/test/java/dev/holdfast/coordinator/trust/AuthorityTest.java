package dev.holdfast.coordinator.trust;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.association.InstanceId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The authority and its change to another key: whoever trusts either can follow. */
final class AuthorityTest {
  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
  private static final InstanceId INSTANCE = new InstanceId("mi-00000000000abc000");

  @TempDir Path folder;
  private final SecureRandom random = new SecureRandom();

  @Test
  void anAuthorityOfTheFirstFormIsRead() throws Exception {
    Authority made = open();
    String text = Files.readString(folder.resolve("ca.key"));
    String first = text.substring(0, text.indexOf("-----BEGIN CERTIFICATE"));
    Keys.write(folder.resolve("ca.key"), "rw-------", first);

    Authority read = open();

    assertEquals(made.certificate(), read.certificate());
    assertTrue(read.newest(agent(read)));
  }

  @Test
  void aNewKeySignsForAgentsAndTheOldOneStaysThatOfTheCoordinator() throws Exception {
    Authority authority = open();
    X509Certificate old = authority.certificate();
    X509Certificate before = agent(authority);

    authority.rotate(NOW);

    X509Certificate after = agent(authority);
    assertEquals(old, authority.certificate());
    assertEquals(List.of(old), authority.shown());
    assertTrue(authority.accepts(before) && authority.accepts(after));
    assertFalse(authority.newest(before));
    assertTrue(authority.newest(after));
    assertEquals(2, authority.trusted().size());
    assertEquals(old, authority.trusted().getLast());
    authority.trusted().getFirst().verify(old.getPublicKey());
    after.verify(authority.trusted().getFirst().getPublicKey());
    assertEquals(
        Authority.pin(old) + "\n", Files.readString(folder.resolve("ca.pin")), "hosts enrol by it");
    assertThrows(Authority.ChangeRefused.class, () -> authority.rotate(NOW));
  }

  @Test
  void whoeverTrustsTheOldKeyStillFindsTheCoordinatorWhenThatIsRetired() throws Exception {
    Authority authority = open();
    X509Certificate old = authority.certificate();
    X509Certificate before = agent(authority);
    assertThrows(Authority.ChangeRefused.class, authority::retire);
    authority.rotate(NOW);
    X509Certificate own = authority.accepted().getLast();
    authority.retire();

    X509Certificate leaf = authority.coordinator(folder, List.of("localhost"), NOW).certificate();

    List<X509Certificate> chain = new ArrayList<>(List.of(leaf));
    chain.addAll(authority.shown());
    assertDoesNotThrow(() -> validate(chain, old), "by the old one, which vouches");
    assertDoesNotThrow(() -> validate(List.of(leaf), own), "by the new one itself");
    assertDoesNotThrow(() -> validate(List.of(leaf), authority.trusted().getFirst()));
    assertFalse(authority.accepts(before));
    assertFalse(Files.readString(folder.resolve("ca.key")).contains("\n\n-----BEGIN P"));
    assertEquals(own, authority.certificate());
    assertEquals(Authority.pin(own) + "\n", Files.readString(folder.resolve("ca.pin")));
    assertEquals(authority.trusted(), open().trusted(), "it is on the disk");
  }

  @Test
  void theCoordinatorsCertificateIsMadeAnewOnlyWhenItsKeyIsRetired() throws Exception {
    Authority authority = open();
    X509Certificate leaf = coordinator(authority);
    authority.rotate(NOW);
    assertEquals(leaf, coordinator(authority));
    authority.retire();
    assertNotEquals(leaf, coordinator(authority));
    assertEquals(coordinator(authority), coordinator(open()));
  }

  @Test
  void throughTwoChangesTheNewestFollowsFromTheFirst() throws Exception {
    Authority authority = open();
    final X509Certificate first = authority.certificate();
    authority.rotate(NOW);
    authority.retire();
    authority.rotate(NOW);
    assertTrue(
        authority.trusted().getFirst().getSubjectX500Principal().getName().contains("CA 3 of"));
    authority.retire();

    List<X509Certificate> chain = new ArrayList<>(List.of(coordinator(authority)));
    chain.addAll(authority.shown());

    assertDoesNotThrow(() -> validate(chain, first));
  }

  private Authority open() throws Exception {
    return Authority.open(folder, "test.example", random, NOW, Duration.ofDays(7));
  }

  private X509Certificate coordinator(Authority authority) throws Exception {
    return authority.coordinator(folder, List.of("localhost"), NOW).certificate();
  }

  private X509Certificate agent(Authority authority) throws Exception {
    return authority.agent(INSTANCE, Keys.generate("secp256r1", random).getPublic(), NOW);
  }

  private static void validate(List<X509Certificate> chain, X509Certificate anchor)
      throws GeneralSecurityException {
    PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(anchor, null)));
    parameters.setRevocationEnabled(false);
    parameters.setDate(Date.from(NOW));
    CertPathValidator.getInstance("PKIX")
        .validate(CertificateFactory.getInstance("X.509").generateCertPath(chain), parameters);
  }
}
