package dev.holdfast.fuzz;

import org.jspecify.annotations.Nullable;

/** What a fuzzer calls; the names are its own. */
public final class Fuzzed {
  private static @Nullable Target target;

  private Fuzzed() {}

  /** Once: the name of the target. */
  public static void fuzzerInitialize(String[] arguments) {
    target = Target.named(arguments[0]);
  }

  /** For each input. */
  public static void fuzzerTestOneInput(byte[] input) {
    Target chosen = target;
    if (chosen == null) {
      throw new IllegalStateException("no target was named");
    }
    chosen.feed(input);
  }
}
