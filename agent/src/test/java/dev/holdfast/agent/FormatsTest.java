package dev.holdfast.agent;

import static dev.holdfast.agent.testing.Samples.assignment;
import static dev.holdfast.agent.testing.Samples.association;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.agent.assignment.Holding;
import dev.holdfast.agent.assignment.Ledger;
import dev.holdfast.agent.life.CrashRule;
import dev.holdfast.agent.life.Lives;
import dev.holdfast.agent.life.Suspect;
import dev.holdfast.agent.spool.Spool;
import dev.holdfast.agent.testing.FormatSamples;
import dev.holdfast.agent.testing.MemoryDisk;
import dev.holdfast.agent.testing.Samples;
import dev.holdfast.assignment.Generation;
import dev.holdfast.association.Trigger;
import dev.holdfast.report.Lane;
import dev.holdfast.report.Report;
import dev.holdfast.report.RunStatus;
import dev.holdfast.testing.ManualTimers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Files of the state folder as the first version wrote them: what came after it must be able to
 * read them for ever, so the samples are never written again.
 */
final class FormatsTest {
  private static final Trigger CHANGE = new Trigger.Change(1, 5);
  private static final Samples HOURLY = assignment(1).every("cron(0 * * * ? *)");
  private static final Instant NOW = Instant.parse("2026-03-02T12:00:00Z");

  @Test
  void theSamplesAreWrittenOnlyOnRequest() {
    FormatSamples.write("state", FormatsTest::written);
  }

  @Test
  void theLedgerOfTheFirstVersionIsRead() {
    Ledger ledger = new Ledger(FormatSamples.read("state"));
    assertEquals(0, ledger.load(NOW));
    assertTrue(ledger.past(association(1)).knows(CHANGE));
    assertTrue(
        ledger.past(association(1)).knows(new Trigger.Tick(Instant.parse("2026-03-02T10:00:00Z"))));
    assertEquals(RunStatus.SUCCESS, ledger.lastEnd(association(1)).orElseThrow().status());
    assertEquals(
        List.of("tick:2026-03-02T11:00:00Z"),
        ledger.open().stream().map(opened -> opened.trigger().text()).toList());
    assertEquals(4, ledger.nextNumber(association(1)));
  }

  @Test
  void theSetOfTheFirstVersionIsRead() {
    Holding holding = new Holding(Samples.INSTANCE, FormatSamples.read("state"));
    holding.load();
    assertEquals(new Generation(1, 5), holding.generation());
    assertEquals(HOURLY.value(), holding.loadForRun(association(1)).orElseThrow().assignment());
  }

  @Test
  void whatIsParkedOfTheFirstVersionIsRead() {
    Lives lives = new Lives(FormatSamples.read("state"), CrashRule.DEFAULT);
    lives.begin(NOW, "another boot", Optional.empty());
    assertEquals(Set.of(association(7)), lives.parked().keySet());
    assertEquals("why", lives.parked().values().iterator().next().why());
  }

  @Test
  void theSpoolOfTheFirstVersionIsRead() {
    MemoryDisk disk = FormatSamples.read("state");
    Spool spool = Spool.open(disk, new ManualTimers(NOW), () -> "another", false);
    assertEquals("first", spool.epoch());
    assertEquals(0, spool.status().damaged());
    spool.resumed(Map.of());
    assertEquals(
        List.of(Lane.RESULTS, Lane.RESULTS, Lane.PROGRESS),
        spool.next(100).stream().map(one -> one.lane()).toList());
  }

  @Test
  void aNewerVersionStopsTheStart() {
    Map<String, Integer> versions =
        Map.of(
            "lives",
            3,
            "assignments/set",
            10,
            "ledger/journal",
            10,
            "spool/results/0000000000000001.seg",
            7);
    versions.forEach(
        (path, at) -> {
          MemoryDisk disk = FormatSamples.read("state");
          FormatSamples.raise(disk, path, at);
          IllegalStateException refused =
              assertThrows(
                  IllegalStateException.class,
                  () -> {
                    new Lives(disk, CrashRule.DEFAULT).begin(NOW, "boot", Optional.empty());
                    new Holding(Samples.INSTANCE, disk).load();
                    new Ledger(disk).load(NOW);
                    Spool.open(disk, new ManualTimers(NOW), () -> "another", false);
                  },
                  path);
          assertTrue(
              String.valueOf(refused.getMessage()).contains("use the version that wrote it"),
              refused.getMessage());
        });
  }

  private static MemoryDisk written() {
    Host host = new Host("2026-03-02T09:30:00Z");
    host.start().push(host.set(5, List.of(HOURLY), CHANGE));
    host.end(1, RunStatus.SUCCESS).until("2026-03-02T10:00:00Z");
    host.end(1, RunStatus.SUCCESS).until("2026-03-02T11:00:00Z");
    Lives lives = new Lives(host.disk, CrashRule.DEFAULT);
    lives.begin(host.now(), "boot", Optional.empty());
    lives.park(new Suspect(association(7), CHANGE, HOURLY.body()), host.now(), "why");
    Spool spool = Spool.open(host.disk, new ManualTimers(host.now()), () -> "first", false);
    List<Report.Run> reports = host.spool.stream().collect(Collectors.toList());
    reports.forEach(spool::add);
    spool.resumed(Map.of());
    spool.next(100);
    return host.disk;
  }

  @Test
  void theClockThatStepsIsSeenAndASlowDriftIsNot() {
    ClockWatch watch = new ClockWatch(NOW, Duration.ZERO);
    assertEquals(Optional.empty(), watch.look(NOW.plusSeconds(3659), Duration.ofHours(1)));
    assertEquals(Optional.empty(), watch.condition(Duration.ofHours(1)));
    assertEquals(
        Optional.of(Duration.ofSeconds(61)),
        watch.look(NOW.plusSeconds(3661), Duration.ofHours(1)));
    assertTrue(watch.condition(Duration.ofHours(1)).isPresent());
    assertEquals(
        Optional.of(Duration.ofDays(-30)),
        watch.look(NOW.plusSeconds(3661).minus(Duration.ofDays(30)), Duration.ofHours(1)));
    assertTrue(
        watch.condition(Duration.ofHours(2)).orElseThrow().message().contains("2592000 s back"));
    assertEquals(Optional.empty(), watch.condition(Duration.ofHours(26)));
  }
}
