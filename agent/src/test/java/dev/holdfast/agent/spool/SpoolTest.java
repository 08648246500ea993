package dev.holdfast.agent.spool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
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
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SpoolTest {
  private final ManualTimers timers = new ManualTimers(Instant.parse("2026-11-22T08:00:00Z"));
  private int epochs;

  @Test
  void sendsResultsBeforeProgressBeforeInventory() {
    Spool spool = open(new CrashDisk());
    spool.add(Sample.inventory("AWS:Application", 10));
    spool.add(Sample.run(1, RunStatus.IN_PROGRESS));
    spool.add(Sample.run(2, RunStatus.IN_PROGRESS));
    spool.add(Sample.run(1, RunStatus.SUCCESS));

    spool.resumed(Map.of());

    assertEquals(
        List.of(
            "RESULTS 1 run 1 Success",
            "PROGRESS 2 run 2 InProgress",
            "INVENTORY 1 AWS:Application"),
        Sample.texts(spool.next(100)));
    assertEquals(List.of(), spool.next(100));
  }

  @Test
  void itemsThatSomebodyPutAreResultsAndAllOfThemAreSent() {
    CrashDisk disk = new CrashDisk();
    Spool spool = open(disk);
    spool.add(Sample.put("Custom:Backup", 2));
    spool.add(Sample.put("Custom:Backup", 1));

    Spool again = open(disk);
    again.resumed(Map.of());

    assertEquals(
        List.of("RESULTS 1 Custom:Backup 2", "RESULTS 2 Custom:Backup 1"),
        Sample.texts(again.next(100)));
  }

  @Test
  void itemsThatSomebodyPutNeverTakeTheRoomOfResults() {
    Spool spool = open(new CrashDisk());
    Report.Compliance put = Sample.put("Custom:Backup", 480);
    int taken = 0;
    while (taken < 2_000 && spool.hasRoomFor(put)) {
      spool.add(put);
      taken++;
    }

    assertTrue(taken > 100 && taken < 2_000, "taken: " + taken);
    long left = Limits.MAX_SPOOL_BYTES - spool.status().bytes();
    assertTrue(left >= Limits.SPOOL_RESERVE_BYTES, "left: " + left);
    spool.add(Sample.run(1, RunStatus.SUCCESS));
    assertEquals(0, spool.status().lostResults());

    spool.resumed(Map.of());
    spool.storedThrough(Map.of(Lane.RESULTS, (long) taken));
    assertTrue(spool.hasRoomFor(put), "what the coordinator has is given up first");
  }

  @Test
  void aRunsProgressIsReplacedByItsNewerStateAndForgottenWithItsEnd() {
    CrashDisk disk = new CrashDisk();
    Spool spool = open(disk);
    spool.add(Sample.run(1, RunStatus.PENDING));
    spool.add(Sample.run(1, RunStatus.IN_PROGRESS));
    spool.resumed(Map.of());
    assertEquals(List.of("PROGRESS 2 run 1 InProgress"), Sample.texts(spool.next(100)));

    spool.add(Sample.run(1, RunStatus.FAILED));
    spool.resumed(Map.of());
    assertEquals(List.of("RESULTS 1 run 1 Failed"), Sample.texts(spool.next(100)));

    Spool again = open(disk);
    again.resumed(Map.of());
    assertEquals(List.of("RESULTS 1 run 1 Failed"), Sample.texts(again.next(100)));
  }

  @Test
  void ofAnInventoryTypeOnlyTheNewestIsSent() {
    Spool spool = open(new CrashDisk());
    spool.add(Sample.inventory("AWS:File", 1));
    spool.add(Sample.inventory("AWS:Network", 1));
    spool.add(Sample.inventory("AWS:File", 2));
    spool.resumed(Map.of());

    assertEquals(
        List.of("INVENTORY 2 AWS:Network", "INVENTORY 3 AWS:File"), Sample.texts(spool.next(100)));
  }

  @Test
  void whatIsStoredIsNotSentAgainAlsoAfterARestart() {
    CrashDisk disk = new CrashDisk();
    Spool spool = open(disk);
    for (int i = 1; i <= 5; i++) {
      spool.add(Sample.run(i, RunStatus.SUCCESS));
    }
    spool.resumed(Map.of());
    assertEquals(5, spool.next(100).size());
    spool.storedThrough(Map.of(Lane.RESULTS, 3L));
    assertEquals(2, spool.status().records());

    Spool again = open(disk);
    assertEquals(2, again.status().records());
    assertEquals(spool.epoch(), again.epoch());
    assertTrue(again.resumed(Map.of(Lane.RESULTS, 3L)));
    assertEquals(
        List.of("RESULTS 4 run 4 Success", "RESULTS 5 run 5 Success"), Sample.texts(again.next(9)));
  }

  @Test
  void aCoordinatorWithAnOlderStoreGetsAgainWhatIsKept() {
    Spool spool = open(new CrashDisk());
    for (int i = 1; i <= 5; i++) {
      spool.add(Sample.run(i, RunStatus.SUCCESS));
    }
    spool.resumed(Map.of());
    spool.next(100);
    spool.storedThrough(Map.of(Lane.RESULTS, 5L));
    assertEquals(0, spool.status().records());

    assertTrue(spool.resumed(Map.of(Lane.RESULTS, 2L)));
    assertEquals(3, spool.next(100).size());
  }

  @Test
  void aCoordinatorThatHasStoredMoreThanThereIsMakesANewEpoch() {
    CrashDisk disk = new CrashDisk();
    Spool spool = open(disk);
    String before = spool.epoch();
    spool.add(Sample.run(1, RunStatus.SUCCESS));

    assertFalse(spool.resumed(Map.of(Lane.RESULTS, 7L)));
    assertNotEquals(before, spool.epoch());
    assertTrue(spool.resumed(Map.of()));
    assertEquals(List.of("RESULTS 1 run 1 Success"), Sample.texts(spool.next(100)));
    assertEquals(spool.epoch(), open(disk).epoch());
  }

  @Test
  void storedResultsAreKeptForThreeDaysUpToABound() {
    CrashDisk disk = new CrashDisk();
    Spool spool = open(disk);
    long written = 0;
    for (int i = 0; written < 2L * Limits.SPOOL_SEGMENT_BYTES; i++) {
      written += 200_000;
      spool.add(Sample.runWithOutput(i, 200_000));
    }
    spool.storedThrough(spool.written());
    assertTrue(spool.status().bytes() > 2L * Limits.SPOOL_SEGMENT_BYTES, "all are kept");

    timers.advance(Limits.SPOOL_KEPT.plus(Duration.ofMinutes(1)));
    spool.storedThrough(spool.written());
    assertTrue(spool.status().bytes() <= Limits.SPOOL_SEGMENT_BYTES, "all but the newest are gone");
  }

  @Test
  void aBatchIsBoundedInNumberAndBytesAndALargeReportComesAlone() {
    Spool spool = open(new CrashDisk());
    for (int i = 0; i < 150; i++) {
      spool.add(Sample.run(i, RunStatus.SUCCESS));
    }
    spool.add(Sample.runWithOutput(200, 200_000));
    spool.add(Sample.runWithOutput(201, 200_000));
    spool.add(Sample.inventory("AWS:Application", 4_000));
    spool.resumed(Map.of());

    assertEquals(Limits.MAX_BATCH_REPORTS, spool.next(1000).size());
    assertEquals(7, spool.next(7).size());
    assertEquals(44, spool.next(1000).size(), "43 small ones and a large one that fits");
    assertEquals(1, spool.next(1000).size());
    assertEquals(1, spool.next(1000).size());
    assertEquals(0, spool.next(1000).size());
  }

  @Test
  void aReportThatIsTooLargeLosesOutputAndKeepsItsStatus() {
    Spool spool = open(new CrashDisk());
    spool.add(Sample.runWithOutput(1, 2_000_000));
    spool.resumed(Map.of());

    Spooled spooled = spool.next(1).getFirst();
    assertTrue(spooled.bytes().size() <= Limits.MAX_REPORT_BYTES);
    assertEquals("RESULTS 1 run 1 Success", Sample.text(spooled));
    Report.Run run = (Report.Run) Sample.report(spooled);
    assertEquals(2_000_000, run.steps().stream().mapToLong(s -> s.stdout().totalBytes()).sum());
    assertTrue(run.steps().stream().allMatch(s -> s.stdout().tail().endsWith(Sample.END)));
  }

  @Test
  void whatAMessageHasNoRoomForIsNotTakenAndCounted() {
    Spool spool = open(new CrashDisk());
    spool.add(Sample.inventory("AWS:Application", 20_000));
    spool.resumed(Map.of());

    assertEquals(List.of(), spool.next(10));
    assertEquals(1, spool.status().droppedInventory());
  }

  @Test
  void aRefusedReportBecomesADeadLetterWithinABound() {
    CrashDisk disk = new CrashDisk();
    Spool spool = open(disk);
    spool.resumed(Map.of());
    for (int i = 1; i <= 60; i++) {
      spool.add(Sample.runWithOutput(i, 200_000));
      spool.refused(Lane.RESULTS, i, "not your run");
      spool.storedThrough(Map.of(Lane.RESULTS, (long) i));
    }
    spool.add(Sample.run(99, RunStatus.IN_PROGRESS));
    spool.refused(Lane.PROGRESS, 1, "no");

    assertEquals(61, spool.status().refused());
    assertEquals(0, spool.status().records());
    assertEquals(List.of(), spool.next(10));
    int bytes =
        disk.sizes().entrySet().stream()
            .filter(file -> file.getKey().startsWith("spool/dead/"))
            .mapToInt(Map.Entry::getValue)
            .sum();
    assertTrue(bytes > 1_000_000 && bytes <= Limits.MAX_DEAD_LETTERS_BYTES, "bytes " + bytes);
  }

  @Test
  void progressAndInventoryDoNotGrowWithTheNumberOfReports() {
    Spool spool = open(new CrashDisk());
    for (int i = 0; i < 2_000; i++) {
      spool.add(Sample.inventory("AWS:File", 20));
      spool.add(Sample.progressWithOutput(1, 5_000));
    }
    assertTrue(spool.status().bytes() < 3_000_000, "bytes " + spool.status().bytes());
    assertEquals(2, spool.status().records());
  }

  @Test
  void whenItIsFullOutputGoesFirstThenInventoryThenProgressAndLostResultsAreCounted() {
    Spool spool = open(new CrashDisk());
    spool.add(Sample.inventory("AWS:File", 20));
    spool.add(Sample.run(0, RunStatus.IN_PROGRESS));
    int added = 0;
    while (spool.status().droppedOutput() == 0) {
      spool.add(Sample.runWithOutput(++added, 240_000));
    }
    assertEquals(0, spool.status().droppedInventory());
    assertEquals(0, spool.status().droppedProgress());
    spool.add(Sample.run(-1, RunStatus.IN_PROGRESS));
    assertEquals(1, spool.status().droppedInventory());
    assertEquals(2, spool.status().droppedProgress());

    Report.Compliance large = Sample.put("Custom:Backup", 400);
    while (spool.status().lostResults() == 0) {
      spool.add(large);
      added++;
    }
    assertTrue(spool.status().bytes() <= Limits.MAX_SPOOL_BYTES);
    assertEquals(added, spool.status().records() + spool.status().lostResults());
  }

  @Test
  void damageIsSetAsideCountedAndTheRestIsSentInANewEpoch() {
    Cases.check(
        200,
        random -> {
          CrashDisk disk = new CrashDisk();
          Spool spool = open(disk);
          for (int i = 1; i <= 20; i++) {
            spool.add(Sample.runWithOutput(i, random.nextInt(2000)));
          }
          String path = "spool/results/0000000000000001.seg";
          byte[] bytes = disk.read(path).orElseThrow();
          bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
          disk.write(path, bytes);

          Spool again = open(disk);

          assertTrue(again.resumed(Map.of()));
          int found = again.next(100).size();
          assertTrue(found >= 19, "found " + found);
          if (again.status().damaged() > 0) {
            assertNotEquals(spool.epoch(), again.epoch());
          }
          again.add(Sample.run(50, RunStatus.SUCCESS));
          assertEquals(1, again.next(100).size());
        });
  }

  @Test
  void noResultThatWasAddedIsEverLostWhateverStopsWhen() {
    Cases.check(120, this::liveWithCrashes);
  }

  private void liveWithCrashes(RandomGenerator random) {
    CrashDisk disk = new CrashDisk();
    Coordinator coordinator = new Coordinator();
    Set<String> added = new LinkedHashSet<>();
    int number = 0;
    for (int life = 0; life < 6; life++) {
      boolean last = life == 5;
      disk.crashAt(last ? Integer.MAX_VALUE : random.nextInt(60), random.nextBoolean());
      try {
        Spool spool = open(disk);
        assertEquals(0, spool.status().missingResults(), "what was not durable is not missed");
        boolean linked = false;
        for (int step = 0; step < 40; step++) {
          int choice = random.nextInt(10);
          if (choice < 4) {
            number++;
            // A large one now and then, so that segments follow each other.
            int size = random.nextInt(8) == 0 ? 250_000 : random.nextInt(300);
            spool.add(Sample.runWithOutput(number, size));
            added.add("run " + number + " Success");
          } else if (choice < 5) {
            spool.add(Sample.run(number + 1, RunStatus.IN_PROGRESS));
          } else if (choice < 6) {
            spool.add(Sample.inventory("AWS:File", random.nextInt(20)));
          } else if (choice < 7 || !linked) {
            assertTrue(coordinator.hello(spool), "the coordinator knows nothing that is lost");
            linked = true;
          } else {
            coordinator.take(spool, spool.next(1 + random.nextInt(4)), random.nextInt(3) > 0);
          }
        }
        if (last) {
          coordinator.hello(spool);
          for (List<Spooled> b = spool.next(50); !b.isEmpty(); b = spool.next(50)) {
            coordinator.take(spool, b, true);
          }
          assertEquals(0, spool.status().records());
          assertEquals(0, spool.status().damaged(), "a crash is no damage");
        }
      } catch (CrashDisk.Crash _) {
        disk = random.nextBoolean() ? disk.restarted(random) : disk.killed();
      }
    }
    added.removeAll(coordinator.has);
    assertEquals(Set.of(), added, "added and not stored");
  }

  private Spool open(CrashDisk disk) {
    return Spool.open(disk, timers, () -> "epoch-" + ++epochs, false);
  }

  /** Stores as the real one does: what is at or below the stored position is not looked at. */
  private static final class Coordinator {
    final Set<String> has = new LinkedHashSet<>();
    final Map<String, Map<Lane, Long>> stored = new HashMap<>();

    boolean hello(Spool spool) {
      return spool.resumed(Map.copyOf(stored.computeIfAbsent(spool.epoch(), _ -> new HashMap<>())));
    }

    void take(Spool spool, List<Spooled> batch, boolean acknowledge) {
      Map<Lane, Long> through = stored.computeIfAbsent(spool.epoch(), _ -> new HashMap<>());
      for (Spooled report : new ArrayList<>(batch)) {
        if (report.sequence() > through.getOrDefault(report.lane(), 0L)) {
          through.put(report.lane(), report.sequence());
          has.add(Sample.text(report).replaceFirst("^\\S+ \\S+ ", ""));
        }
      }
      if (acknowledge) {
        spool.storedThrough(Map.copyOf(through));
      }
    }
  }

  @Test
  void onADiskThatFillsAndEmptiesNoEndIsLostAndWhatIsDroppedIsCounted() {
    Cases.check(
        60,
        random -> {
          MemoryDisk disk = new MemoryDisk();
          Spool spool = Spool.open(disk, timers, () -> "epoch-" + ++epochs, false);
          spool.resumed(Map.of());
          int ends = 0;
          int told = 0;
          for (int i = 1; i <= 200; i++) {
            switch (random.nextInt(12)) {
              case 0 -> disk.boundless();
              case 1 -> disk.room(200L << 20);
              case 2 -> disk.room(random.nextInt(3_000) + 600L);
              default -> {
                if (random.nextInt(3) == 0) {
                  // What ends a run finds room: that is what the reserve is for.
                  if (disk.space().free() < 4_000) {
                    disk.room(4_000);
                  }
                  spool.add(Sample.runWithOutput(++ends, random.nextInt(3_000)));
                } else {
                  spool.add(Sample.progressWithOutput(1_000_000 + ++told, random.nextInt(2_000)));
                }
              }
            }
          }

          assertEquals(0, spool.status().lostResults());
          assertEquals(
              told,
              spool.status().droppedProgress() + spool.status().records() - ends,
              "each is there or counted");
          disk.boundless();
          Spool again = Spool.open(disk, timers, () -> "epoch-" + ++epochs, false);
          again.resumed(Map.of());
          List<Long> sent = new ArrayList<>();
          for (Spooled one : again.next(Limits.MAX_BATCH_REPORTS)) {
            if (one.lane() == Lane.RESULTS) {
              sent.add(one.sequence());
            }
          }
          assertEquals(
              LongStream.rangeClosed(1, ends).boxed().toList(), sent, "all of them, in order");
        });
  }
}
