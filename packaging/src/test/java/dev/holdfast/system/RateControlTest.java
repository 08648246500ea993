package dev.holdfast.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Rate control with real programs, and a coordinator that is killed all the time. */
@Execution(ExecutionMode.CONCURRENT) // it mostly waits
final class RateControlTest {
  @Test
  void neverMoreThanTwoRunAndTheRestIsSkippedAfterTheSecondError() throws InterruptedException {
    try (Rig rig = new Rig()) {
      RateDrive.Outcome outcome = new RateDrive(rig).drive();

      assertEquals(RateDrive.AGENTS, outcome.targets().size());
      assertTrue(outcome.over(), () -> "not ended in time: " + outcome.targets());
      assertTrue(
          outcome.atOnce() <= RateDrive.AT_ONCE,
          () -> outcome.atOnce() + " at once: " + outcome.ran());
      int failed = outcome.failed().size();
      assertTrue(failed > RateDrive.ERRORS, () -> failed + " errors: " + outcome.targets());
      assertTrue(
          failed <= RateDrive.ERRORS + RateDrive.AT_ONCE,
          () -> failed + " errors: " + outcome.failed());
      Timestamp stopped = Timestamps.add(outcome.stopped(), Durations.fromSeconds(1));
      assertEquals(
          List.of(),
          outcome.startedAfter(stopped),
          "started after the coordinator had heard of the second error");
      assertEquals(RateDrive.AGENTS - outcome.ran().size(), outcome.skipped());
      assertEquals(0, rig.agent().stop());
    }
  }
}
