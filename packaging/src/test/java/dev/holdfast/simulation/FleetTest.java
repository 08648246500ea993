package dev.holdfast.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each fleet lives in one thread; two at a time, where there are two processors. A failure names
 * its seed: {@code -Dsimulation.seed=N} lives that one alone; {@code -Dsimulation.seeds=N} lives as
 * many.
 */
final class FleetTest {
  private static final int SEEDS = 100;

  @TempDir private Path folder;

  @Test
  void theInvariantsHoldInWhateverOrderThingsGoWrong() throws InterruptedException {
    String one = System.getProperty("simulation.seed");
    long first = one == null ? 0 : Long.parseLong(one);
    long count = one == null ? Integer.getInteger("simulation.seeds", SEEDS) : 1;
    long began = System.nanoTime();
    AtomicLong next = new AtomicLong(first);
    LongAdder steps = new LongAdder();
    List<Thread> threads = new ArrayList<>();
    List<Throwable> failures = new CopyOnWriteArrayList<>();
    for (int i = 0; i < Math.min(2, Runtime.getRuntime().availableProcessors()); i++) {
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    long seed = next.getAndIncrement();
                    while (seed < first + count && failures.isEmpty()) {
                      try {
                        steps.add(live(seed).steps());
                      } catch (Throwable failure) {
                        failures.add(failure);
                      }
                      seed = next.getAndIncrement();
                    }
                  }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    for (Throwable failure : failures) {
      throw new AssertionError(failure.getMessage(), failure);
    }
    System.out.printf(
        "%d fleets of %d hosts, %d steps, %.1f s%n",
        count, Fleet.HOSTS, steps.sum(), (System.nanoTime() - began) / 1e9);
  }

  @Test
  void theSameSeedGivesTheSameTrace() throws IOException {
    World once = live(4_711);
    World again = live(4_711);

    assertEquals(once.steps(), again.steps());
    assertEquals(once.checksum(), again.checksum());
  }

  private World live(long seed) throws IOException {
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
