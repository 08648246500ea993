package dev.holdfast.agent;

import static dev.holdfast.agent.testing.Samples.assignment;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.agent.disk.DiskException;
import dev.holdfast.agent.link.Wanted.Condition;
import dev.holdfast.agent.schedule.Waiting;
import dev.holdfast.agent.testing.Samples;
import dev.holdfast.assignment.Generation;
import dev.holdfast.association.Trigger;
import dev.holdfast.report.RunStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An agent whose disk has no room, and one whose disk fails. */
final class AgentDiskTest {
  private static final Trigger CHANGE = new Trigger.Change(1, 5);
  private static final Samples HOURLY = assignment(1).every("cron(0 * * * ? *)");

  private final Host host = new Host("2026-03-02T09:30:00Z");

  @Test
  void withLittleRoomNothingNewBeginsAndWhatRunsEndsAndItGoesOnByItself() {
    host.start().push(host.set(5, List.of(HOURLY, assignment(2)), CHANGE));
    host.disk.room(50L << 20);
    host.until("2026-03-02T10:00:00Z").end(1, RunStatus.SUCCESS);
    host.until("2026-03-02T11:00:10Z");

    assertEquals(List.of("change:1.5"), host.starts());
    assertEquals(
        List.of("tick:2026-03-02T10:00:00Z StillRunning", "change:1.5 Success"), host.ends());
    assertEquals(Waiting.Reason.HOST_DISK, host.agent().waits().getFirst().waiting().reason());
    assertEquals(
        List.of("DISK_FULL"), host.agent().conditions().stream().map(Condition::code).toList());

    host.disk.boundless();
    host.advance(Duration.ofSeconds(60));
    assertEquals(List.of("change:1.5", "tick:2026-03-02T11:00:00Z"), host.starts());
    assertEquals(List.of(), host.agent().conditions());
  }

  @Test
  void aSetForWhichThereIsNoRoomIsAdoptedWhenThereIs() {
    host.start().push(host.set(5, List.of(HOURLY)));
    host.disk.room(10);
    host.push(host.set(6, List.of(HOURLY.edited("echo new")), new Trigger.Change(1, 6)));
    host.advance(Duration.ofMinutes(5));
    assertEquals(List.of(new Generation(1, 5)), host.adopted);
    assertEquals(List.of(), host.starts());

    host.disk.boundless();
    host.advance(Duration.ofSeconds(60));

    assertEquals(List.of(new Generation(1, 5), new Generation(1, 6)), host.adopted);
    assertEquals(List.of("change:1.6"), host.starts());
    host.end(1, RunStatus.SUCCESS).restartAfter(Duration.ofSeconds(1));
    assertEquals(new Generation(1, 6), host.agent().generationHeld());
  }

  @Test
  void afterAFailureOfTheDiskAnywhereNothingMoreIsChangedAndTheNextLifeTakesItUp() {
    story(host.start());
    long changes = host.disk.changes();
    assertTrue(changes > 15, "the story is about the disk");
    for (long change = 0; change < changes; change++) {
      Host broken = new Host("2026-03-02T09:30:00Z");
      broken.disk.failAt(change);
      assertThrows(DiskException.class, () -> story(broken.start()), "at " + change);
      List<String> startedBefore = broken.starts();
      assertTrue(broken.disk.mended());

      broken.restartAfter(Duration.ofSeconds(7));
      story(broken);
      broken.restartAfter(Duration.ofSeconds(7)).until("2026-03-02T11:10:00Z");

      List<String> starts = broken.starts();
      assertEquals(startedBefore, starts.subList(0, startedBefore.size()));
      assertEquals(List.copyOf(new LinkedHashSet<>(starts)), starts, "twice");
      LinkedHashSet<String> ended = new LinkedHashSet<>();
      broken.spool.stream()
          .filter(report -> report.status().terminal())
          .forEach(report -> ended.add(report.trigger().text()));
      assertTrue(ended.containsAll(starts), "every start has an end: " + change);
      assertEquals(3, ended.size(), "at " + change);
    }
  }

  private static void story(Host host) {
    host.push(host.set(5, List.of(HOURLY), Instant.parse("2026-03-02T09:30:00Z"), CHANGE));
    endAll(host);
    for (String time : List.of("10:00:01", "11:00:01")) {
      Instant moment = Instant.parse("2026-03-02T" + time + "Z");
      if (host.now().isBefore(moment)) {
        host.until(moment.toString());
      }
      endAll(host);
    }
  }

  private static void endAll(Host host) {
    if (!host.journal.isEmpty()) {
      host.end(1, RunStatus.SUCCESS);
    }
  }
}
