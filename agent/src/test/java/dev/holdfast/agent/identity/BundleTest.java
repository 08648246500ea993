package dev.holdfast.agent.identity;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which authorities come in among those that are trusted. */
class BundleTest {
  private final TestAuthority old;
  private final TestAuthority next;
  private final TestAuthority stranger;

  BundleTest() throws GeneralSecurityException {
    old = new TestAuthority("old");
    next = new TestAuthority("next");
    stranger = new TestAuthority("stranger");
  }

  @Test
  void oneThatIsVouchedForComesInAndTheOldOneGoesWhenItIsNotToldAnyMore() throws Exception {
    X509Certificate vouched = old.vouch(next);

    List<X509Certificate> both =
        Bundle.of(List.of(old.certificate()), told(vouched, old.certificate()));

    assertEquals(List.of(vouched, old.certificate()), both);
    assertEquals(List.of(vouched), Bundle.of(both, told(vouched)));
    assertEquals(both, Bundle.of(both, List.of()), "nothing is told");
  }

  @Test
  void oneThatNobodyVouchesForStaysOutAndWithItAllThatIsTold() throws Exception {
    assertThrows(
        IdentityException.class,
        () -> Bundle.of(List.of(old.certificate()), told(next.certificate(), old.certificate())));
    assertThrows(
        IdentityException.class,
        () ->
            Bundle.of(
                List.of(old.certificate()),
                told(stranger.vouch(next), stranger.certificate(), old.certificate())));
  }

  @Test
  void vouchingGoesOnThroughWhatIsTold() throws Exception {
    TestAuthority third = new TestAuthority("third");
    List<ByteString> told = told(next.vouch(third), old.vouch(next), old.certificate());

    assertEquals(3, Bundle.of(List.of(old.certificate()), told).size());
  }

  @Test
  void theSameKeyIsTrustedHoweverItIsCertified() throws Exception {
    assertEquals(
        List.of(old.vouch(next)).size(),
        Bundle.of(List.of(next.certificate()), told(old.vouch(next))).size());
  }

  @Test
  void whoeverTrustsTheOldOneFollowsAChainThroughTheOneThatItVouchesFor() throws Exception {
    X509Certificate vouched = old.vouch(next);
    X509Certificate leaf = next.coordinator("holdfast.test").certificate();
    Instant now = Instant.now();

    assertDoesNotThrow(() -> Certificates.check(List.of(leaf, vouched), old.certificate(), now));
    assertDoesNotThrow(() -> Certificates.check(List.of(leaf, vouched), next.certificate(), now));
    assertDoesNotThrow(() -> Certificates.check(List.of(leaf, vouched), vouched, now));
    assertThrows(
        GeneralSecurityException.class,
        () -> Certificates.check(List.of(leaf, vouched), stranger.certificate(), now));
  }

  private static List<ByteString> told(X509Certificate... certificates)
      throws CertificateEncodingException {
    List<ByteString> told = new java.util.ArrayList<>();
    for (X509Certificate one : certificates) {
      told.add(ByteString.copyFrom(one.getEncoded()));
    }
    return told;
  }
}
