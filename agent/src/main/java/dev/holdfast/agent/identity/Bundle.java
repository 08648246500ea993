package dev.holdfast.agent.identity;

import com.google.protobuf.ByteString;
import dev.holdfast.task.IdentityLimits;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/** The authorities that a host trusts: another one comes in only if one that is there signed it. */
final class Bundle {
  private Bundle() {}

  /**
   * What is trusted from now on: those that are told, in their order, of which each is trusted
   * already, has the name and key of one that is, or is signed by one that is or that is told and
   * is itself vouched for so. If nothing is told, those from before.
   *
   * @throws IdentityException if one of them is not to be trusted, or there are too many
   */
  static List<X509Certificate> of(List<X509Certificate> trusted, List<ByteString> told)
      throws GeneralSecurityException {
    if (told.isEmpty()) {
      return trusted;
    }
    if (told.size() > IdentityLimits.MAX_AUTHORITIES) {
      throw new IdentityException(
          "the coordinator names "
              + told.size()
              + " authorities; at most "
              + IdentityLimits.MAX_AUTHORITIES
              + " are trusted");
    }
    List<X509Certificate> bundle = new ArrayList<>();
    for (ByteString one : told) {
      bundle.add(Certificates.parse(one.toByteArray()));
    }
    List<X509Certificate> vouching = new ArrayList<>(trusted);
    List<X509Certificate> left = new ArrayList<>(bundle);
    while (left.removeIf(one -> vouched(one, vouching) && vouching.add(one))) {
      // each that is found good may be what another one rests on
    }
    if (!left.isEmpty()) {
      throw new IdentityException(
          "the coordinator names an authority that none of those signed which are trusted");
    }
    return List.copyOf(bundle);
  }

  private static boolean vouched(X509Certificate authority, List<X509Certificate> by) {
    return by.stream()
            .anyMatch(
                one ->
                    one.getPublicKey().equals(authority.getPublicKey())
                        && one.getSubjectX500Principal()
                            .equals(authority.getSubjectX500Principal()))
        || signed(authority, by);
  }

  /** Checks that a chain leads to one of the authorities; its time does not matter here. */
  static void check(List<X509Certificate> chain, List<X509Certificate> authorities)
      throws GeneralSecurityException {
    GeneralSecurityException problem = new GeneralSecurityException("it is empty");
    for (X509Certificate authority : authorities) {
      try {
        chain.getFirst().verify(authority.getPublicKey());
        return;
      } catch (GeneralSecurityException e) {
        problem = e;
      }
    }
    throw problem;
  }

  private static boolean signed(X509Certificate authority, List<X509Certificate> by) {
    if (authority.getBasicConstraints() < 0) {
      return false;
    }
    for (X509Certificate one : by) {
      try {
        authority.verify(one.getPublicKey());
        return true;
      } catch (GeneralSecurityException e) {
        // another one may have signed it
      }
    }
    return false;
  }
}
