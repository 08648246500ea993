package dev.holdfast.coordinator.association;

import dev.holdfast.wire.v1.PlannedPermits;

/** Turns limits as people write them into numbers, for as many instances as there are. */
final class Permits {
  private Permits() {}

  /**
   * The numbers: a percentage of the targets rounds down, that of concurrency to no less than 1.
   *
   * @param maxConcurrency a number or a percentage; empty: no limit
   * @param maxErrors the same
   */
  static PlannedPermits of(String maxConcurrency, String maxErrors, int targets) {
    PlannedPermits.Builder permits = PlannedPermits.newBuilder();
    if (!maxConcurrency.isEmpty()) {
      permits.setConcurrency(Math.max(1, number(maxConcurrency, targets)));
    }
    if (!maxErrors.isEmpty()) {
      permits.setErrors(number(maxErrors, targets));
    }
    return permits.build();
  }

  private static int number(String text, int targets) {
    return text.endsWith("%")
        ? (int) (Long.parseLong(text.substring(0, text.length() - 1)) * targets / 100)
        : Integer.parseInt(text);
  }
}
