package dev.holdfast.task;

import java.time.Duration;

/** The bounds of the life of an identity: certificates, coming back, copies. */
public final class IdentityLimits {
  // Identities. Beyond: refused; the certificate is renewed, or somebody has to approve the host.

  /** How long an agent's certificate lives, unless configured otherwise. */
  public static final Duration CERTIFICATE_LIFE = Duration.ofDays(7);

  /** The shortest life of an agent's certificate that can be configured. */
  public static final Duration CERTIFICATE_LIFE_SHORTEST = Duration.ofSeconds(30);

  /** The longest life of an agent's certificate that can be configured. */
  public static final Duration CERTIFICATE_LIFE_LONGEST = Duration.ofDays(366);

  /**
   * How long a certificate counts after the next one was given out, unless that is used sooner; at
   * most a tenth of its life.
   */
  public static final Duration OLD_CERTIFICATE = Duration.ofMinutes(10);

  /** How long a link lasts that was opened with a certificate which counts no more. */
  public static final Duration OLD_LINK = Duration.ofMinutes(2);

  /** The time between two certificates of one instance; at most a twentieth of a life. */
  public static final Duration BETWEEN_CERTIFICATES = Duration.ofMinutes(15);

  /** How often an agent asks again for a certificate that it did not get; sooner if it is short. */
  public static final Duration RENEWAL_RETRY = Duration.ofHours(1);

  /** How long after its end a certificate's key lets its instance come back by itself. */
  public static final Duration RECOVERY_WINDOW = Duration.ofDays(90);

  /** How often in {@link #RECOVERIES_TIME} an instance comes back by itself. */
  public static final int RECOVERIES = 5;

  /** The time in which it is counted how often an instance came back by its key. */
  public static final Duration RECOVERIES_TIME = Duration.ofDays(30);

  /** How long the challenge of a recovery is good. */
  public static final Duration CHALLENGE = Duration.ofSeconds(60);

  /** Machines that are remembered of an instance which is DUPLICATE. */
  public static final int MAX_CLAIMANTS = 8;

  /** Processes of one instance that are remembered, to find copies of it. */
  public static final int MAX_PROCESSES = 8;

  /** How often it is looked for changes of identities, should nothing have told of one. */
  public static final Duration IDENTITY_LOOK = Duration.ofSeconds(2);

  /** Authorities that an agent trusts at once. */
  public static final int MAX_AUTHORITIES = 3;

  /** Characters of the reason for a ban. */
  public static final int MAX_BAN_REASON_CHARS = 1_000;

  private IdentityLimits() {}
}
