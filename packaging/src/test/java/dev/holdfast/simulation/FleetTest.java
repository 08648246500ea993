package dev.holdfast.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.holdfast.coordinator.store.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each fleet lives in one thread; two at a time, where there are two processors. A failure names
 * its seed: {@code -Dsimulation.seed=N} lives that one alone; {@code -Dsimulation.seeds=N} lives as
 * many, {@code -Dsimulation.hosts=N} and {@code -Dsimulation.days=N} of another size. The profile
 * {@code simulation} lives 5,000 of 20 hosts for a week, and nothing else.
 */
@Tag("computing")
final class FleetTest {
  private static final int SEEDS = 100;

  /** The file of a store; making an empty one takes longer than living a day. */
  private static final String STORE = "holdfast.db";

  @TempDir private Path folder;

  private @Nullable Path empty;

  @Test
  void theInvariantsHoldInWhateverOrderThingsGoWrong() throws InterruptedException {
    String one = System.getProperty("simulation.seed");
    long first = one == null ? 0 : Long.parseLong(one);
    long count = one == null ? Integer.getInteger("simulation.seeds", SEEDS) : 1;
    long began = System.nanoTime();
    AtomicLong next = new AtomicLong(first);
    LongAdder steps = new LongAdder();
    LongAdder runs = new LongAdder();
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
                        Fleet lived = live(seed);
                        steps.add(lived.world().steps());
                        runs.add(lived.runs());
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
        "%d fleets of %d hosts for %d days, %d runs, %d steps, %.1f s%n",
        count,
        Fleet.HOSTS,
        Fleet.LENGTH.toDays(),
        runs.sum(),
        steps.sum(),
        (System.nanoTime() - began) / 1e9);
  }

  @Test
  void theSameSeedGivesTheSameTrace() throws IOException {
    World once = live(4_711).world();
    World again = live(4_711).world();

    assertEquals(once.steps(), again.steps());
    assertEquals(once.checksum(), again.checksum());
  }

  private synchronized Path empty() throws IOException {
    if (empty == null) {
      Path first = Files.createTempDirectory(folder, "empty");
      Store.open(first, () -> World.START, Store.Durability.PROCESS).close();
      empty = first.resolve(STORE);
    }
    return empty;
  }

  private Fleet live(long seed) throws IOException {
    Path own = Files.createTempDirectory(folder, "seed");
    Files.copy(empty(), own.resolve(STORE));
    Fleet fleet = new Fleet(seed, own);
    try (fleet) {
      fleet.live();
      return fleet;
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
