package dev.holdfast.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.holdfast.agent.assignment.Holding;
import dev.holdfast.agent.inventory.Gatherer;
import dev.holdfast.agent.inventory.Gathering;
import dev.holdfast.agent.spool.CrashDisk;
import dev.holdfast.agent.spool.InventoryLane;
import dev.holdfast.agent.step.HostFacts;
import dev.holdfast.agent.step.NamedTypes;
import dev.holdfast.agent.step.StepPlanner;
import dev.holdfast.agent.step.Stocktaking;
import dev.holdfast.assignment.Assignment;
import dev.holdfast.association.AssociationId;
import dev.holdfast.association.InstanceId;
import dev.holdfast.association.Trigger;
import dev.holdfast.inventory.Items;
import dev.holdfast.report.Report;
import dev.holdfast.task.InventoryLimits;
import dev.holdfast.task.Sha256;
import dev.holdfast.testing.ManualTimers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class InventoryDeskTest {
  private static final InstanceId INSTANCE = new InstanceId("mi-0123456789abcdef0");
  private static final AssociationId A = new AssociationId("00000000-0000-4000-8000-00000000000a");
  private static final AssociationId B = new AssociationId("00000000-0000-4000-8000-00000000000b");
  private static final Instant NOW = Instant.parse("2026-03-04T05:06:00Z");

  private final ManualTimers timers = new ManualTimers(NOW);
  private int givenBack;
  private final List<Report> sent = new ArrayList<>();
  private final Map<AssociationId, Trigger> running = new HashMap<>();
  private final Map<AssociationId, String> documents = new HashMap<>();
  private final InventoryDesk desk =
      new InventoryDesk(
          INSTANCE,
          new CrashDisk(),
          new Roomy(),
          timers,
          new NamedTypes(
              new StepPlanner(
                  new HostFacts("mi-1", "", "Linux", "Debian", "12", "/root", Path.of("/work")))),
          association -> Optional.ofNullable(documents.get(association)).map(this::loaded),
          association -> Optional.ofNullable(running.get(association)),
          () -> givenBack++);

  @Test
  void whatAScheduleGatheredIsPassedOnAtTheInstancesOwnMoment() {
    running.put(A, new Trigger.Tick(NOW));
    take(A);
    Duration spread = InventoryDesk.spread(INSTANCE);
    timers.advance(spread.minusMillis(1));
    assertEquals(List.of(), sent);
    timers.advance(Duration.ofMillis(1));
    assertEquals(1, sent.size());
  }

  @Test
  void whatSomebodyAskedForIsPassedOnAtOnce() {
    running.put(A, new Trigger.Manual("00000000-0000-4000-8000-000000000001"));
    take(A);

    assertEquals(1, sent.size());
  }

  @Test
  void afterGatheringsThatComeCloseTogetherMemoryIsGivenBackOnce() {
    take(A);
    take(A);
    timers.advance(InventoryLimits.GIVE_BACK.minusMillis(1));
    assertEquals(0, givenBack);
    timers.advance(Duration.ofMillis(1));
    assertEquals(1, givenBack);

    take(A);
    timers.advance(InventoryLimits.GIVE_BACK);
    assertEquals(2, givenBack);
  }

  @Test
  void theMomentsOfAFleetAreSpreadAndEachIsAlwaysTheSame() {
    Set<Duration> moments = new TreeSet<>();
    for (int i = 0; i < 100; i++) {
      InstanceId instance = new InstanceId(String.format("mi-%017x", i));
      Duration moment = InventoryDesk.spread(instance);
      assertEquals(moment, InventoryDesk.spread(instance));
      assertTrue(!moment.isNegative() && moment.compareTo(InventoryLimits.SPREAD) < 0);
      moments.add(moment);
    }
    assertTrue(moments.size() > 90, () -> "only " + moments.size() + " moments");
  }

  @Test
  void aTypeOfAnotherAssociationIsLeftOutAndSaid() {
    documents.put(A, "ports: Enabled");
    documents.put(B, "ports: Enabled");
    Gathering ports = Gathering.of(Set.of("AWS:InstanceInformation", "Host:Port"));

    assertEquals(new Stocktaking.Allowed(ports, List.of()), desk.allowed(A, ports));
    Stocktaking.Allowed others = desk.allowed(B, ports);
    assertEquals(Set.of("AWS:InstanceInformation"), others.gathering().types());
    assertEquals(
        List.of("Host:Port is left out: association " + A + " gathers it on this instance"),
        others.leftOut());

    documents.put(A, "ports: Disabled");
    assertEquals(List.of(), desk.allowed(B, ports).leftOut());
    documents.remove(B);
    assertEquals(List.of(), desk.allowed(A, ports).leftOut());
  }

  private void take(AssociationId association) {
    List<Map<String, String>> items = List.of(Map.of("Name", "a"));
    desk.take(
        association,
        Gathering.of(Set.of("Host:Port")),
        Gatherer.Found.of(
            List.of(new Report.Inventory("Host:Port", "1.0", NOW, Items.hash(items), items))));
  }

  private Holding.Loaded loaded(String inputs) {
    String document =
        "schemaVersion: '2.2'\n"
            + "mainSteps:\n"
            + "- name: a\n"
            + "  action: aws:softwareInventory\n"
            + "  inputs:\n"
            + "    "
            + inputs
            + "\n";
    Assignment assignment =
        new Assignment(
            A,
            1,
            "",
            "doc",
            1,
            Sha256.of(new byte[0]),
            Map.of(),
            new Assignment.Recurrence("", "", 0, 0, NOW),
            false,
            true,
            false,
            false,
            false,
            false);
    return new Holding.Loaded(assignment, ByteString.copyFromUtf8(document), Map.of());
  }

  /** A lane that takes everything and never hears of it again. */
  private final class Roomy implements InventoryLane {
    @Override
    public String epoch() {
      return "epoch-1";
    }

    @Override
    public OptionalLong add(Report report) {
      sent.add(report);
      return OptionalLong.of(sent.size());
    }

    @Override
    public long storedThrough() {
      return 0;
    }

    @Override
    public boolean waits(String type, long sequence) {
      return true;
    }
  }
}
