package dev.holdfast.coordinator.trust;

import dev.holdfast.coordinator.store.InstanceState;
import dev.holdfast.task.IdentityLimits;
import java.time.Instant;

/** What becomes of an instance that proved that it has its key: pure. */
final class RecoveryRule {
  private RecoveryRule() {}

  /** What becomes of it. */
  sealed interface Verdict {
    /** It gets a certificate and stays what it is. */
    record Back() implements Verdict {}

    /** It gets a certificate, and waits for somebody to approve it. */
    record Waits(String reason) implements Verdict {}

    /** It gets nothing. */
    record Refused() implements Verdict {}
  }

  /**
   * Decides.
   *
   * @param expired when its newest certificate ended or will end
   * @param recoveries how often it came back in the time that counts
   */
  static Verdict of(InstanceState state, Instant expired, int recoveries, Instant now) {
    return switch (state) {
      case REVOKED, DUPLICATE, DEREGISTERED -> new Verdict.Refused();
      // It waits already; it needs a certificate to be told of its approval.
      case PENDING -> new Verdict.Back();
      case ACTIVE -> {
        if (now.isAfter(expired.plus(IdentityLimits.RECOVERY_WINDOW))) {
          yield new Verdict.Waits(
              "it came back more than "
                  + IdentityLimits.RECOVERY_WINDOW.toDays()
                  + " days after its certificate had expired");
        }
        if (recoveries >= IdentityLimits.RECOVERIES) {
          yield new Verdict.Waits(
              "it came back by its key more than "
                  + IdentityLimits.RECOVERIES
                  + " times in "
                  + IdentityLimits.RECOVERIES_TIME.toDays()
                  + " days");
        }
        yield new Verdict.Back();
      }
    };
  }
}
