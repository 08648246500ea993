package dev.holdfast.system;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.holdfast.faults.Scale;
import dev.holdfast.faults.Suite;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Execution(ExecutionMode.CONCURRENT) // it mostly waits
final class FaultSuiteTest {
  private static final List<String> CASES =
      List.of(
          "E01", "E02", "E03", "E07", "E08", "R01", "R02", "R03", "R05", "R06", "R17", "T01", "T07",
          "D04", "Z02");

  @Test
  void whatTheFaultSuiteHoldsToHoldsAtItsSmallestScale() throws InterruptedException {
    long seed = System.nanoTime();

    Suite.Totals totals = new Suite(Scale.SMOKE, seed, System.out).run(CASES);

    assertEquals(List.of(), totals.broken(), "seed " + seed);
  }
}
