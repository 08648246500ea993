package dev.holdfast.coordinator.trust;

import dev.holdfast.coordinator.store.Identities.Identity;
import dev.holdfast.task.IdentityLimits;
import java.time.Duration;
import java.time.Instant;

/** Which of the certificates that an instance was given count at a moment: pure. */
final class SerialRule {
  private SerialRule() {}

  /** What a certificate is to its instance. */
  enum Verdict {
    /** It is in use. */
    CURRENT,
    /** It was given out and is used for the first time: from here on it is the only one. */
    FIRST_USE,
    /** The one in use, but the next was given out too long ago. */
    OUTRUN,
    /** Another one: it counted once, or never. */
    STALE,
    /** The instance may not connect, whatever it shows. */
    CLOSED
  }

  /**
   * Judges a certificate that leads to the authority and names the instance.
   *
   * @param serial of the certificate, hex
   * @param life of the instance's certificates
   */
  static Verdict of(Identity identity, String serial, Duration life, Instant now) {
    if (!identity.state().connects()) {
      return Verdict.CLOSED;
    }
    if (identity.next().filter(next -> next.certified().serial().equals(serial)).isPresent()) {
      return Verdict.FIRST_USE;
    }
    if (serial.isEmpty() || !identity.current().serial().equals(serial)) {
      return Verdict.STALE;
    }
    boolean outrun =
        identity.next().filter(next -> !now.isBefore(next.issued().plus(grace(life)))).isPresent();
    return outrun ? Verdict.OUTRUN : Verdict.CURRENT;
  }

  /** How long the one in use counts after the next was given out. */
  static Duration grace(Duration life) {
    return shorter(IdentityLimits.OLD_CERTIFICATE, life.dividedBy(10));
  }

  /** The least time between two certificates of one instance. */
  static Duration spacing(Duration life) {
    return shorter(IdentityLimits.BETWEEN_CERTIFICATES, life.dividedBy(20));
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
