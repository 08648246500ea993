package dev.holdfast.agent.inventory;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.holdfast.agent.spool.CrashDisk;
import dev.holdfast.inventory.Items;
import dev.holdfast.report.Report;
import dev.holdfast.task.InventoryLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Whatever goes wrong between agent and coordinator, it ends at the agent's truth. */
final class ChangedInventoryPropertyTest {
  private static final List<String> TYPES = List.of("AWS:Application", "Host:Port", "Custom:Rack");

  @Test
  void withLossCrashesRefusalsAndForgettingItEndsAtTheAgentsTruth() {
    for (long seed = 0; seed < 400; seed++) {
      Life life = new Life(seed, 12);
      for (int step = 0; step < 60; step++) {
        life.step(true);
      }
      life.calm();
      assertEquals(
          life.hashes(life.truth), life.hashes(life.rig.coordinator.stored), "seed " + seed);
    }
  }

  @Test
  void withoutFaultsNoSecondWholeCopyIsSentHoweverLateTheAnswers() {
    for (long seed = 0; seed < 40; seed++) {
      Life life = new Life(seed, 250);
      for (int step = 0; step < 60; step++) {
        life.step(false);
      }
      life.calm();
      assertEquals(
          life.hashes(life.truth), life.hashes(life.rig.coordinator.stored), "seed " + seed);
      String which = "seed " + seed + " sent " + life.rig.sent;
      life.rig.coordinator.wholes.forEach((type, copies) -> assertEquals(1, copies, which));
    }
  }

  /** One agent, one coordinator, and what happens to them. */
  private static final class Life {
    final ToldRig rig = new ToldRig();
    final Map<String, List<Map<String, String>>> truth = new TreeMap<>();
    private final SplittableRandom random;

    Life(long seed, int items) {
      random = new SplittableRandom(seed);
      for (String type : TYPES) {
        List<Map<String, String>> all = new ArrayList<>();
        for (int i = 0; i < items; i++) {
          all.add(item());
        }
        truth.put(type, all);
      }
    }

    private Map<String, String> item() {
      return Map.of("Name", Long.toHexString(random.nextLong()), "Version", "1");
    }

    void step(boolean faults) {
      switch (random.nextInt(faults ? 14 : 8)) {
        case 0, 1 -> gather();
        case 2, 3 -> rig.send();
        case 4 -> rig.coordinator.work();
        case 5 -> rig.hear();
        case 6 -> rig.timers.advance(Duration.ofSeconds(random.nextInt(40)));
        case 7 -> rig.live(rig.disk.killed());
        case 8 -> rig.connect();
        case 9 -> rig.coordinator.refuseNext = true;
        case 10 -> rig.coordinator.stored.remove(TYPES.get(random.nextInt(TYPES.size())));
        case 11 -> damage();
        case 12, 13 -> crash();
        default -> throw new AssertionError();
      }
    }

    private void gather() {
      List<Report.Inventory> found = new ArrayList<>();
      for (String type : TYPES) {
        if (random.nextBoolean()) {
          found.add(look(type));
        }
      }
      Duration delay = Duration.ofSeconds(random.nextBoolean() ? 0 : random.nextInt(30));
      rig.inventory.take(Gathering.of(List.of()), Gatherer.Found.of(found), delay);
    }

    private Report.Inventory look(String type) {
      List<Map<String, String>> items = new ArrayList<>(truth.getOrDefault(type, List.of()));
      for (int changes = random.nextInt(3); changes > 0; changes--) {
        if (random.nextBoolean() && !items.isEmpty()) {
          items.remove(random.nextInt(items.size()));
        } else {
          items.add(random.nextInt(4) == 0 && !items.isEmpty() ? items.getFirst() : item());
        }
      }
      truth.put(type, items);
      return rig.of(type, items);
    }

    private void damage() {
      List<String> files =
          rig.disk.sizes().keySet().stream().filter(path -> path.startsWith("inventory/")).toList();
      if (!files.isEmpty()) {
        rig.disk.write(files.get(random.nextInt(files.size())), new byte[] {1, 2, 3});
        if (random.nextBoolean()) {
          rig.live(rig.disk.killed());
        }
      }
    }

    /** The power goes within the next few changes of the disk; and perhaps again after that. */
    private void crash() {
      rig.disk.crashAt(random.nextInt(8), random.nextBoolean());
      Supplier<CrashDisk> left =
          () -> {
            CrashDisk disk = rig.disk;
            return random.nextBoolean() ? disk.restarted(random) : disk.killed();
          };
      try {
        gather();
        rig.send();
        rig.coordinator.work();
        rig.hear();
        rig.timers.advance(Duration.ofSeconds(31));
      } catch (CrashDisk.Crash e) {
        // As meant.
      }
      rig.live(left.get());
    }

    /** No more faults: what was refused may be told again, and all is looked at once more. */
    void calm() {
      rig.coordinator.refuseNext = false;
      rig.timers.advance(InventoryLimits.AGAIN.plusDays(1));
      rig.connect();
      List<Report.Inventory> found = new ArrayList<>();
      TYPES.forEach(type -> found.add(rig.of(type, truth.getOrDefault(type, List.of()))));
      rig.inventory.take(Gathering.of(List.of()), Gatherer.Found.of(found), Duration.ZERO);
      rig.talk();
    }

    Map<String, String> hashes(Map<String, List<Map<String, String>>> contents) {
      Map<String, String> hashes = new TreeMap<>();
      contents.forEach((type, items) -> hashes.put(type, Items.hash(items)));
      return hashes;
    }
  }
}
