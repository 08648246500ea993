package dev.holdfast.agent;

import static dev.holdfast.agent.testing.Samples.assignment;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.agent.testing.MemoryDisk;
import dev.holdfast.agent.testing.PowerCut;
import dev.holdfast.agent.testing.Samples;
import dev.holdfast.assignment.AssignmentSet;
import dev.holdfast.association.Trigger;
import dev.holdfast.report.Report;
import dev.holdfast.report.RunStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What an agent promises must hold wherever the power is cut. */
final class AgentPowerCutTest {
  private static final Trigger CHANGE = new Trigger.Change(1, 5);
  private static final Samples HOURLY = assignment(1).every("cron(0 * * * ? *)");

  private final Host host = new Host("2026-03-02T09:30:00Z");

  @Test
  void aStartThatNeverReachedTheRunnerIsReportedAsInterruptedOnce() {
    host.start().push(host.set(5, List.of(HOURLY)));
    // The tick is noted (append, sync), then the power is gone before the runner hears of it.
    host.disk.cutPowerAt(host.disk.changes() + 1, MemoryDisk.CutWhen.AFTER);
    assertThrows(PowerCut.class, () -> host.until("2026-03-02T10:00:00Z"));

    host.restartAfter(Duration.ofMinutes(1));
    host.restartAfter(Duration.ofMinutes(1)).until("2026-03-02T10:30:00Z");

    assertEquals(List.of(), host.starts());
    assertEquals(List.of("tick:2026-03-02T10:00:00Z Interrupted"), host.ends());
    assertEquals(1, host.spool.getFirst().attempt());
    assertEquals(1, host.spool.getFirst().startNumber());
  }

  @Test
  void afterAPowerCutAtAnyWriteNothingStartsTwiceAndEveryStartHasOneEnd() {
    story(host.start());
    long writes = host.disk.changes();
    assertTrue(writes > 20, "the story is about writes");
    for (MemoryDisk.CutWhen when : MemoryDisk.CutWhen.values()) {
      for (long cut = 0; cut < writes; cut++) {
        Host torn = new Host("2026-03-02T09:30:00Z");
        torn.disk.cutPowerAt(cut, when);
        assertThrows(PowerCut.class, () -> story(torn.start()));
        torn.restartAfter(Duration.ofSeconds(7));
        story(torn);
        torn.restartAfter(Duration.ofSeconds(7)).until("2026-03-02T12:10:00Z");

        List<String> starts = torn.starts();
        assertEquals(List.copyOf(new LinkedHashSet<>(starts)), starts, "twice");
        Map<String, String> ends = new HashMap<>();
        for (Report.Run report : torn.spool) {
          String run = report.trigger().text();
          if (report.status().terminal()) {
            String before = ends.putIfAbsent(run, report.detailedStatus());
            assertTrue(before == null || before.equals(report.detailedStatus()), "one end: " + run);
          }
        }
        assertTrue(ends.keySet().containsAll(starts), "every start has an end");
        List<String> expected = new ArrayList<>(List.of("change:1.5"));
        for (String hour : List.of("10", "11", "12")) {
          expected.add("tick:2026-03-02T" + hour + ":00:00Z");
        }
        assertEquals(expected, ends.keySet().stream().sorted().toList(), when + " " + cut);
      }
    }
  }

  /**
   * A change runs for a while, two ticks come, the second one while the first one's run goes on.
   */
  private static void story(Host host) {
    AssignmentSet set = host.set(5, List.of(HOURLY), Instant.parse("2026-03-02T09:30:00Z"), CHANGE);
    host.push(set);
    endAll(host);
    for (String time : List.of("10:00:01", "11:00:01", "12:00:01")) {
      Instant moment = Instant.parse("2026-03-02T" + time + "Z");
      if (host.now().isBefore(moment)) {
        host.until(moment.toString());
      }
      if (!time.startsWith("10")) {
        endAll(host);
      }
    }
  }

  private static void endAll(Host host) {
    if (!host.journal.isEmpty()) {
      host.end(1, RunStatus.SUCCESS);
    }
  }
}
