package dev.holdfast.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A failure names its seed: {@code -Dsimulation.seed=N} lives that one alone; {@code
 * -Dsimulation.seeds=N} lives as many.
 */
final class FleetTest {
  private static final int SEEDS = 100;

  @TempDir private Path folder;

  @Test
  void theInvariantsHoldInWhateverOrderThingsGoWrong() throws java.io.IOException {
    String one = System.getProperty("simulation.seed");
    long first = one == null ? 0 : Long.parseLong(one);
    long count = one == null ? Integer.getInteger("simulation.seeds", SEEDS) : 1;
    long steps = 0;
    long began = System.nanoTime();
    for (long seed = first; seed < first + count; seed++) {
      steps += live(seed).steps();
    }
    System.out.printf(
        "%d fleets of %d hosts, %d steps, %.1f s%n",
        count, Fleet.HOSTS, steps, (System.nanoTime() - began) / 1e9);
  }

  @Test
  void theSameSeedGivesTheSameTrace() throws java.io.IOException {
    World once = live(4_711);
    World again = live(4_711);

    assertEquals(once.steps(), again.steps());
    assertEquals(once.checksum(), again.checksum());
  }

  private World live(long seed) throws java.io.IOException {
    Path own = java.nio.file.Files.createTempDirectory(folder, "seed");
    Fleet fleet = new Fleet(seed, own);
    try (fleet) {
      fleet.live();
      return fleet.world();
    } catch (RuntimeException | AssertionError failure) {
      throw new AssertionError(
          "seed "
              + seed
              + " (-Dsimulation.seed="
              + seed
              + "), step "
              + fleet.world().steps()
              + ": "
              + failure.getMessage()
              + "\n"
              + fleet.world().lastLines(60),
          failure);
    }
  }
}
