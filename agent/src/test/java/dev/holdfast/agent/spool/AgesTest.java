package dev.holdfast.agent.spool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class AgesTest {
  @Test
  void theOldestThatWaitsIsNeverSaidToBeYoungerAndNotMuchOlder() {
    for (int seed = 0; seed < 50; seed++) {
      Random random = new Random(seed);
      Ages ages = new Ages();
      long[] wroteAt = new long[2001];
      long now = 0;
      long written = 0;
      long stored = 0;
      while (written < 2000) {
        now += random.nextInt(4);
        if (random.nextBoolean()) {
          written++;
          wroteAt[(int) written] = now;
          ages.wrote(written, Duration.ofSeconds(now));
        } else if (stored < written) {
          stored += random.nextInt((int) (written - stored) + 1);
          ages.stored(stored);
          if (stored == written) {
            ages.none();
          }
        }
        if (stored < written) {
          long told = ages.oldest().orElseThrow().toSeconds();
          long real = wroteAt[(int) stored + 1];
          assertTrue(told <= real, told + " " + real);
          assertTrue(real - told <= Ages.STEP.toSeconds(), told + " " + real);
        } else {
          assertEquals(Optional.empty(), ages.oldest());
        }
      }
    }
  }

  @Test
  void howeverMuchWaitsTheMarksAreFewAndTheOldestIsKept() {
    Ages ages = new Ages();
    for (int i = 1; i <= 100_000; i++) {
      ages.wrote(i, Duration.ofSeconds(10L * i));
    }
    assertEquals(Optional.of(Duration.ofSeconds(10)), ages.oldest());

    ages.stored(99_999);
    assertTrue(ages.oldest().orElseThrow().compareTo(Duration.ofSeconds(500_000)) > 0);
  }
}
