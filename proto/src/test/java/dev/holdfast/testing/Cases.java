package dev.holdfast.testing;

import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * Properties over seeded random cases. A failure names its seed; {@code -Dcases.seed=N} runs that
 * one alone.
 */
public final class Cases {
  private Cases() {}

  /** Runs the property once a seed; the first failure is thrown with its seed in the message. */
  public static void check(int count, Consumer<RandomGenerator> property) {
    String one = System.getProperty("cases.seed");
    if (one != null) {
      property.accept(new SplittableRandom(Long.parseLong(one)));
      return;
    }
    for (long seed = 0; seed < count; seed++) {
      try {
        property.accept(new SplittableRandom(seed));
      } catch (Throwable failure) {
        throw new AssertionError(
            "seed " + seed + " (-Dcases.seed=" + seed + "): " + failure.getMessage(), failure);
      }
    }
  }
}
