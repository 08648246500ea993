package dev.holdfast.agent.inventory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.report.Report;
import dev.holdfast.task.InventoryLimits;
import dev.holdfast.task.Limits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ChangedInventoryTest {
  private final ToldRig rig = new ToldRig();

  @Test
  void firstTheWholeThenThatNothingChangedThenWhatChanged() {
    rig.gather(hundred());
    rig.talk();
    rig.timers.advance(Duration.ofMinutes(30));
    rig.gather(hundred());
    rig.talk();
    rig.gather(hundred("new one"));
    rig.talk();

    assertEquals(
        List.of("AWS:Application whole 100", "AWS:Application same", "AWS:Application -0 +1"),
        rig.sent);
    assertEquals(101, rig.coordinator.stored.getOrDefault("AWS:Application", List.of()).size());
  }

  @Test
  void thatNothingChangedRefreshesTheCaptureTime() {
    rig.gather(hundred());
    rig.talk();
    rig.timers.advance(Duration.ofMinutes(30));
    rig.gather(hundred());
    rig.talk();

    assertEquals(rig.timers.now(), rig.coordinator.captured.get("AWS:Application"));
  }

  @Test
  void aDifferenceThatIsNotClearlySmallerIsSentWhole() {
    rig.gather(rig.of("Host:Port", "a", "b"));
    rig.talk();
    rig.gather(rig.of("Host:Port", "c", "d"));
    rig.talk();

    assertEquals(List.of("Host:Port whole 2", "Host:Port whole 2"), rig.sent);
  }

  @Test
  void whatIsGatheredWhileAReportIsUnderWayFollowsItAsADifference() {
    rig.gather(hundred());
    rig.send();
    rig.gather(hundred("x"));
    rig.gather(hundred("x", "y"));
    rig.talk();

    assertEquals(List.of("AWS:Application whole 100", "AWS:Application -0 +2"), rig.sent);
  }

  @Test
  void aNewStartGoesOnWhereTheOldOneEndedAndANewSpoolBeginsWithTheWhole() {
    rig.gather(hundred());
    rig.talk();
    rig.live(rig.disk.killed());
    rig.gather(hundred("x"));
    rig.talk();
    rig.disk.delete("spool/epoch");
    rig.live(rig.disk.killed());
    rig.gather(hundred("x"));
    rig.talk();

    assertEquals(
        List.of("AWS:Application whole 100", "AWS:Application -0 +1", "AWS:Application whole 101"),
        rig.sent);
  }

  @Test
  void aDamagedFileMakesEverythingWhole() {
    rig.gather(hundred());
    rig.talk();
    for (String path :
        rig.disk.sizes().keySet().stream().filter(p -> p.startsWith("inventory/")).toList()) {
      rig.sent.clear();
      rig.disk.write(path, new byte[] {'x'});
      rig.live(rig.disk.killed());
      rig.gather(hundred("x"));
      rig.talk();
      assertEquals(List.of("AWS:Application whole 101"), rig.sent, path);
      rig.gather(hundred());
      rig.talk();
    }
  }

  @Test
  void whatTheCoordinatorLacksIsSentWholeAtOnceFromTheDisk() {
    rig.gather(hundred());
    rig.talk();
    rig.coordinator.stored.clear();
    rig.live(rig.disk.killed());
    rig.gather(hundred("x"));
    rig.talk();

    assertEquals(
        List.of("AWS:Application whole 100", "AWS:Application -0 +1", "AWS:Application whole 101"),
        rig.sent);
  }

  @Test
  void aWholeCopyThatIsAskedForTakesThePlaceOfANewerDifferenceThatWaits() {
    rig.gather(hundred());
    rig.talk();
    rig.gather(hundred("x"));

    rig.inventory.acknowledged(0, Set.of(), List.of("AWS:Application", "AWS:Unknown"));
    rig.talk();

    assertEquals(List.of("AWS:Application whole 100", "AWS:Application whole 101"), rig.sent);
  }

  @Test
  void aWholeCopyIsSentOnceWhenTheCoordinatorAsksForWhatItHasJustStored() {
    rig.gather(hundred());
    rig.send();
    rig.coordinator.work();
    rig.coordinator.answers.clear();
    rig.spool.storedThrough(Map.of(dev.holdfast.report.Lane.INVENTORY, 1L));
    rig.inventory.acknowledged(1, Set.of(), List.of("AWS:Application"));
    rig.talk();
    assertEquals(List.of("AWS:Application whole 100"), rig.sent);

    rig.gather(hundred());
    rig.talk();
    assertEquals(List.of("AWS:Application whole 100", "AWS:Application whole 100"), rig.sent);
  }

  @Test
  void aRefusedDifferenceIsToldWholeAndARefusedWholeOnlyAfterAWhile() {
    rig.gather(hundred());
    rig.talk();
    rig.coordinator.refuseNext = true;
    rig.gather(hundred("x"));
    rig.talk();
    assertEquals("AWS:Application whole 101", rig.sent.getLast());

    rig.sent.clear();
    rig.coordinator.refuseNext = true;
    rig.gather(rig.of("Host:Port", "a"));
    rig.talk();
    rig.gather(rig.of("Host:Port", "a"));
    rig.talk();
    assertEquals(List.of("Host:Port whole 1"), rig.sent);
    rig.timers.advance(InventoryLimits.AGAIN.plusSeconds(1));
    rig.gather(rig.of("Host:Port", "a"));
    rig.talk();
    assertEquals(List.of("Host:Port whole 1", "Host:Port whole 1"), rig.sent);
  }

  @Test
  void whatWaitsForItsMomentIsPassedOnThenOrWithTheNextStart() {
    rig.inventory.take(
        Gathering.of(List.of()),
        Gatherer.Found.of(List.of(rig.of("Host:Port", "a"))),
        Duration.ofSeconds(20));
    rig.talk();
    assertEquals(List.of(), rig.sent);
    rig.timers.advance(Duration.ofSeconds(20));
    rig.talk();
    assertEquals(List.of("Host:Port whole 1"), rig.sent);

    rig.inventory.take(
        Gathering.of(List.of()),
        Gatherer.Found.of(List.of(rig.of("Host:Port", "b"))),
        Duration.ofSeconds(20));
    rig.live(rig.disk.killed());
    rig.talk();
    assertEquals(List.of("Host:Port whole 1", "Host:Port whole 1"), rig.sent);
  }

  @Test
  void anotherTypesAnswerDoesNotHurryWhatWaitsForItsMoment() {
    rig.gather(rig.of("Host:User", "a"));
    rig.inventory.take(
        Gathering.of(List.of()),
        Gatherer.Found.of(List.of(rig.of("Host:Port", "a"))),
        Duration.ofSeconds(20));
    rig.talk();

    assertEquals(List.of("Host:User whole 1"), rig.sent);
  }

  @Test
  void aTypeWhoseFileIsGoneIsToldOnceAsEmpty() {
    Gathering custom = Gathering.of(List.of(Gathering.CUSTOM));
    rig.inventory.take(
        custom, Gatherer.Found.of(List.of(rig.of("Custom:Rack", "a"))), Duration.ZERO);
    rig.talk();
    rig.gather(rig.of("Host:Port", "a"));
    rig.talk();
    assertEquals(List.of("Custom:Rack whole 1", "Host:Port whole 1"), rig.sent);

    for (int i = 0; i < 3; i++) {
      rig.inventory.take(custom, Gatherer.Found.of(List.of()), Duration.ZERO);
      rig.talk();
    }
    assertEquals(List.of(), rig.coordinator.stored.get("Custom:Rack"));
    assertEquals(3, rig.sent.size());
  }

  @Test
  void filesAreNamedByHashesAndThoseThatNothingNeedsAreRemoved() {
    for (int i = 0; i < 10; i++) {
      rig.gather(rig.of("Custom:../../etc", "number " + i));
      rig.talk();
    }

    List<String> files =
        rig.disk.sizes().keySet().stream().filter(path -> path.startsWith("inventory/")).toList();
    assertEquals(2, files.size(), files::toString);
    assertTrue(files.getFirst().matches("inventory/content/[0-9a-f]{64}"), files::toString);
    assertEquals("inventory/told", files.getLast());
  }

  @Test
  void typesAreBounded() {
    for (int i = 0; i < Limits.MAX_INVENTORY_TYPES + 5; i++) {
      rig.timers.advance(Duration.ofSeconds(1));
      rig.gather(rig.of("Custom:T" + i, "a"));
      rig.talk();
    }

    long kept = rig.disk.sizes().keySet().stream().filter(p -> p.contains("content/")).count();
    assertEquals(Limits.MAX_INVENTORY_TYPES, kept);
  }

  private Report.Inventory hundred(String... more) {
    List<Map<String, String>> items = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      items.add(Map.of("Name", "package " + i * 7_919, "Version", "1." + i));
    }
    for (String name : more) {
      items.add(Map.of("Name", name));
    }
    return rig.of("AWS:Application", items);
  }
}
