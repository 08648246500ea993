package dev.holdfast.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A host that can't reach the coordinator for a month. */
final class LongOfflineTest {
  @TempDir private Path folder;

  @Test
  void thirtyDaysLaterEveryEndIsThereInTheOrderOfTheRuns() throws Exception {
    try (Scene scene = Scene.begun(folder, true)) {
      scene.update(to -> to.setScheduleExpression("cron(0/30 * * * ? *)"), "schedule_expression");
      scene.pass(Duration.ofHours(2));
      scene.ran();
      scene.cutOff(Duration.ofDays(30));
      scene.pass(Duration.ofDays(30).minusMinutes(5));
      assertEquals(List.of(), scene.ran(), "nobody heard of anything");
      long waiting = scene.host().unacknowledged();
      assertTrue(waiting >= 48 * 30 - 2, waiting + " reports wait");
      assertTrue(waiting <= 2 * 48 * 30, waiting + ": progress is not kept beside its end");

      scene.pass(Duration.ofMinutes(20));

      List<String> ran = scene.ran();
      assertEquals(Collections.nCopies(ran.size(), "tick"), ran);
      assertTrue(ran.size() >= 48 * 30 - 2 && ran.size() <= 48 * 30 + 2, ran.size() + " ran");
      assertEquals(0, scene.host().unacknowledged());
    }
  }
}
