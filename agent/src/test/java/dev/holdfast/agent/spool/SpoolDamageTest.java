package dev.holdfast.agent.spool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.agent.testing.MemoryDisk;
import dev.holdfast.report.Lane;
import dev.holdfast.report.Report;
import dev.holdfast.report.RunStatus;
import dev.holdfast.task.Limits;
import dev.holdfast.testing.Cases;
import dev.holdfast.testing.ManualTimers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A spool whose files were damaged in every way, and one that is offline for long. */
final class SpoolDamageTest {
  private final ManualTimers timers = new ManualTimers(Instant.parse("2026-11-22T08:00:00Z"));
  private int epochs;

  @Test
  void whateverIsDamagedTheRestIsDeliveredAndTheNextStartFindsItWhole() {
    Cases.check(200, this::damaged);
  }

  private void damaged(RandomGenerator random) {
    MemoryDisk disk = new MemoryDisk();
    Spool spool = open(disk);
    int ends = 0;
    while (segments(disk).size() < 3) {
      spool.add(Sample.runWithOutput(++ends, 100_000 + random.nextInt(100_000)));
    }
    List<String> segments = segments(disk);
    String victim = segments.get(random.nextInt(segments.size()));
    byte[] bytes = disk.read(victim).orElseThrow();
    long atRisk = records(bytes);
    long atMost =
        switch (random.nextInt(5)) {
          case 0 -> {
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            disk.write(victim, bytes);
            yield 1;
          }
          case 1 -> {
            disk.write(victim, Arrays.copyOf(bytes, random.nextInt(bytes.length)));
            yield atRisk;
          }
          case 2 -> {
            Arrays.fill(bytes, random.nextInt(bytes.length), bytes.length, (byte) 0);
            disk.write(victim, bytes);
            yield atRisk;
          }
          case 3 -> {
            disk.delete(victim);
            yield atRisk;
          }
          default -> {
            byte[] other = disk.read(segments.getFirst()).orElseThrow();
            disk.write(segments.getFirst(), bytes);
            disk.write(victim, other);
            yield 0;
          }
        };

    Spool again = open(disk);
    assertTrue(again.resumed(Map.of()));
    TreeSet<Long> delivered = new TreeSet<>(numbers(again));

    assertTrue(
        delivered.size() >= ends - atMost,
        delivered.size() + " of " + ends + ", at risk " + atMost);
    assertEquals(ends - delivered.size(), again.status().missingResults(), "what is gone is said");
    Spool third = open(disk);
    assertEquals(0, third.status().damaged(), "what is bad was set aside once");
    assertEquals(0, third.status().missingResults(), "what is gone is said once");
    third.resumed(Map.of());
    third.add(Sample.run(1_000_000, RunStatus.SUCCESS));
    assertTrue(numbers(third).contains(1_000_000L), "and it goes on");
  }

  @Test
  void resultsThatWereStoredOrGivenUpAreNotMissedAndOnesThatWereCutOffAre() {
    MemoryDisk disk = new MemoryDisk();
    Spool spool = open(disk);
    int ends = 0;
    while (segments(disk).size() < 3) {
      spool.add(Sample.runWithOutput(++ends, 150_000));
    }
    String newest = segments(disk).getLast();
    spool.resumed(Map.of());
    spool.storedThrough(Map.of(Lane.RESULTS, (long) ends - 1));
    timers.advance(Limits.SPOOL_KEPT.plus(Duration.ofMinutes(1)));
    spool.storedThrough(Map.of(Lane.RESULTS, (long) ends - 1));
    assertEquals(List.of(newest), segments(disk), "what is stored and old is gone");
    assertEquals(0, open(disk).status().missingResults());

    byte[] header = Arrays.copyOf(disk.read(newest).orElseThrow(), Segment.HEADER_BYTES);
    disk.write(newest, header);
    Spool cut = open(disk);

    assertEquals(1, cut.status().missingResults());
    assertEquals(0, cut.status().damaged(), "the cut looks like an append that did not happen");
    assertTrue(cut.dropped().startsWith("1 results were gone"), cut.dropped());
    assertNotEquals(spool.epoch(), cut.epoch());
    assertEquals(0, open(disk).status().missingResults());
  }

  @Test
  void ofASpoolWhoseMemoryWasDamagedOrIsThatOfAnEarlierVersionNothingIsMissed() {
    MemoryDisk disk = new MemoryDisk();
    Spool spool = open(disk);
    for (int run = 1; run <= 5; run++) {
      spool.add(Sample.run(run, RunStatus.SUCCESS));
    }
    byte[] log = disk.read("spool/stored").orElseThrow();
    String segment = segments(disk).getFirst();
    byte[] results = disk.read(segment).orElseThrow();
    disk.write(segment, Arrays.copyOf(results, Segment.HEADER_BYTES));
    log[20] ^= 1;
    disk.write("spool/stored", log);
    assertEquals(0, open(disk).status().missingResults(), "how many there were is not known");

    disk.write(segment, results);
    disk.delete("spool/stored");
    Spool earlier = open(disk);
    assertEquals(0, earlier.status().missingResults());
    earlier.add(Sample.run(6, RunStatus.SUCCESS));
    disk.delete(segment);
    assertEquals(1, open(disk).status().missingResults(), "from now on it is known");
  }

  @Test
  void oneThatIsDeletedWhileInUseTakesNothingAndTheNextOneTakesItAndIsFoundWhole() {
    MemoryDisk disk = new MemoryDisk();
    Spool spool = open(disk);
    spool.add(Sample.run(1, RunStatus.SUCCESS));
    disk.delete("spool");

    IllegalStateException refusal =
        assertThrows(
            IllegalStateException.class, () -> spool.add(Sample.run(2, RunStatus.SUCCESS)));

    assertTrue(String.valueOf(refusal.getMessage()).contains("while in use"), refusal::toString);
    Spool again = open(disk);
    assertEquals("epoch-2", again.epoch());
    again.add(Sample.run(2, RunStatus.SUCCESS));
    Spool third = open(disk);
    third.resumed(Map.of());
    assertEquals(List.of(2L), numbers(third));
    assertEquals(0, third.status().damaged());
  }

  @Test
  void filesOfTwoLanesThatWereSwappedAreSetAsideAndCountedAndItGoesOn() {
    MemoryDisk disk = new MemoryDisk();
    Spool spool = open(disk);
    for (int run = 1; run <= 5; run++) {
      spool.add(Sample.progressWithOutput(run, 100));
    }
    spool.add(Sample.runWithOutput(6, 100));
    spool.add(Sample.runWithOutput(7, 100));
    String results = segments(disk).getFirst();
    String progress = results.replace("results", "progress");
    byte[] bytes = disk.read(results).orElseThrow();
    disk.write(results, disk.read(progress).orElseThrow());
    disk.write(progress, bytes);

    Spool again = open(disk);

    assertEquals(7, again.status().damaged());
    assertTrue(again.resumed(Map.of()));
    assertEquals(List.of(), all(again));
    Spool third = open(disk);
    assertEquals(0, third.status().damaged(), "what is bad was set aside once");
    third.resumed(Map.of());
    third.add(Sample.run(1_000_000, RunStatus.SUCCESS));
    third.add(Sample.progressWithOutput(1_000_001, 100));
    assertEquals(List.of(1_000_000L, 1_000_001L), numbers(third));
  }

  @Test
  void thirtyDaysOfFiftyRunsADayWithoutALinkAreDeliveredInOrderAndProgressIsCompacted() {
    MemoryDisk disk = new MemoryDisk();
    Spool spool = open(disk);
    int runs = 0;
    for (int day = 0; day < 30; day++) {
      for (int run = 0; run < 50; run++) {
        runs++;
        for (int told = 0; told < 3; told++) {
          spool.add(Sample.progressWithOutput(runs, 2_000));
        }
        spool.add(Sample.runWithOutput(runs, 4_000));
        timers.advance(Duration.ofMinutes(28));
      }
      if (day % 7 == 3) {
        spool = open(disk);
      }
    }
    spool.add(Sample.progressWithOutput(runs + 1, 2_000));

    assertEquals(runs + 1, spool.status().records());
    assertEquals(0, spool.status().lostResults());
    assertEquals(0, spool.status().droppedProgress());
    long progress =
        disk.paths().stream()
            .filter(path -> path.startsWith("spool/progress/"))
            .mapToLong(disk::size)
            .sum();
    assertTrue(progress < 3_000_000, "progress takes " + progress);
    spool.resumed(Map.of());
    List<Spooled> all = all(spool);
    assertEquals(
        IntStream.rangeClosed(1, runs).mapToObj(Long::valueOf).toList(),
        all.stream()
            .filter(one -> one.lane() == Lane.RESULTS)
            .map(one -> ((Report.Run) Sample.report(one)).startNumber())
            .toList());
    assertEquals(1, all.stream().filter(one -> one.lane() == Lane.PROGRESS).count());
  }

  private static List<Long> numbers(Spool spool) {
    return all(spool).stream()
        .map(one -> ((Report.Run) Sample.report(one)).startNumber())
        .collect(Collectors.toList());
  }

  private static List<Spooled> all(Spool spool) {
    List<Spooled> all = new ArrayList<>();
    List<Spooled> batch = spool.next(Limits.MAX_BATCH_REPORTS);
    while (!batch.isEmpty()) {
      all.addAll(batch);
      batch = spool.next(Limits.MAX_BATCH_REPORTS);
    }
    return all;
  }

  private static List<String> segments(MemoryDisk disk) {
    return disk.paths().stream().filter(path -> path.startsWith("spool/results/")).toList();
  }

  private static long records(byte[] segment) {
    return Segment.scan(segment, false).entries().size();
  }

  private Spool open(MemoryDisk disk) {
    return Spool.open(disk, timers, () -> "epoch-" + ++epochs, false);
  }
}
