package dev.holdfast.coordinator.store;

import dev.holdfast.permit.RateLimits;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How carefully an execution goes on, and how it stands with that.
 *
 * @param maxConcurrency runs of its association that may be in progress at once; empty: any number
 * @param maxErrors of its runs that may end in error before the rest is skipped; empty: any number
 * @param errors runs that ended in error, and lost ones
 * @param granted when the first permit for it was given
 * @param stopped when it had too many errors: what has not started never does
 */
public record RateControl(
    OptionalInt maxConcurrency,
    OptionalInt maxErrors,
    int errors,
    Optional<Instant> granted,
    Optional<Instant> stopped) {

  /** Without limits. */
  public static final RateControl NONE =
      new RateControl(
          OptionalInt.empty(), OptionalInt.empty(), 0, Optional.empty(), Optional.empty());

  /** That of an execution which begins with so many members. */
  public static RateControl of(RateLimits limits, int members) {
    return new RateControl(
        limits.concurrency(members), limits.errors(members), 0, Optional.empty(), Optional.empty());
  }

  /** Whether its runs need permits. */
  public boolean limited() {
    return maxConcurrency.isPresent() || maxErrors.isPresent();
  }
}
