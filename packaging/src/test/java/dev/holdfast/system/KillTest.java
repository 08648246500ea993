package dev.holdfast.system;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Execution(ExecutionMode.CONCURRENT) // it mostly waits
final class KillTest {

  @Test
  void nothingIsLostAndNothingRunsTwiceWhenEitherSideIsKilledAtAnyMoment()
      throws InterruptedException {
    long seed = System.nanoTime();
    try (Rig rig = new Rig()) {
      KillDrive.Figures figures =
          new KillDrive(rig, new SplittableRandom(seed), System.out)
              .drive(10, KillDrive.Victims.EITHER);

      System.out.println("seed " + seed + ", " + figures);
      assertTrue(figures.clean(), "seed " + seed + ", " + figures);
      assertTrue(figures.executions() > 0, "the load started nothing");
    }
  }
}
