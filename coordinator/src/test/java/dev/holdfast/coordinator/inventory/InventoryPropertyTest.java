package dev.holdfast.coordinator.inventory;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.store.InventoryChanges;
import dev.holdfast.coordinator.testing.Estate;
import dev.holdfast.report.Report;
import dev.holdfast.testing.Cases;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Agents that send differences, whole contents and the same again, over links that lose answers, to
 * a coordinator whose transactions fail and that restarts.
 */
final class InventoryPropertyTest {
  private static final int INSTANCES = 4;
  private static final List<String> TYPES = List.of(Shop.APPLICATION, Shop.RACK);

  @TempDir Path folder;

  /** What one agent knows of one type. */
  private static final class Agent {
    final InstanceId id;
    final String type;
    List<Map<String, String>> truth = List.of();
    Optional<List<Map<String, String>>> acknowledged = Optional.empty();
    final List<Report> sent = new ArrayList<>();
    Optional<List<Map<String, String>>> first = Optional.empty();

    Agent(InstanceId id, String type) {
      this.id = id;
      this.type = type;
    }
  }

  private static final class Fault extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  @Test
  void whateverComesTheStoredContentEndsAtTheTruthAndTheIndexIsThatOfTheRows() {
    try (Shop first = new Shop(folder)) {
      Cases.check(
          6,
          random -> {
            first.estate.clear();
            first.estate.store.write(
                write -> {
                  first.desk.stock().load(write);
                  return true;
                });
            List<Agent> agents = new ArrayList<>();
            for (int i = 0; i < INSTANCES; i++) {
              InstanceId id = first.add(i, i % 2 == 0 ? "Debian GNU/Linux" : "AlmaLinux");
              TYPES.forEach(type -> agents.add(new Agent(id, type)));
            }
            for (int step = 0; step < 60; step++) {
              Agent agent = agents.get(random.nextInt(agents.size()));
              if (random.nextInt(3) > 0) {
                agent.truth = changed(random, agent.truth);
              }
              step(first, agent, random);
              if (random.nextInt(25) == 0) {
                restart(first);
              }
              assertEquals(first.recounted(), first.indexed());
            }
            agents.forEach(agent -> settle(first, agent));
            agents.forEach(
                agent ->
                    assertEquals(
                        Optional.of(Shop.sorted(agent.truth)), first.stored(agent.id, agent.type)));
            assertEquals(first.recounted(), first.indexed());
            restart(first);
            assertEquals(first.recounted(), first.indexed());
            agents.forEach(agent -> addUp(first, agent));
          });
    }
  }

  private static void restart(Shop shop) {
    shop.estate.store.write(
        write -> {
          shop.desk.stock().load(write);
          return true;
        });
  }

  private static void step(Shop shop, Agent agent, RandomGenerator random) {
    Report report =
        switch (random.nextInt(6)) {
          case 0 -> Shop.whole(agent.type, agent.truth);
          case 1 ->
              agent.sent.isEmpty()
                  ? Shop.whole(agent.type, agent.truth)
                  : agent.sent.get(random.nextInt(agent.sent.size()));
          default ->
              agent
                  .acknowledged
                  .<Report>map(base -> Shop.difference(agent.type, base, agent.truth))
                  .orElseGet(() -> Shop.whole(agent.type, agent.truth));
        };
    agent.sent.add(report);
    List<String> before = shop.estate.dump();
    try {
      boolean partly = random.nextInt(10) == 0;
      boolean wholly = random.nextInt(8) == 0;
      InventoryDesk.Outcome outcome =
          shop.estate.store.write(
              write -> {
                InventoryDesk.Outcome done;
                try {
                  done =
                      write.attempt(
                          () -> {
                            InventoryDesk.Outcome part = deliver(shop, write, agent, report);
                            if (partly) {
                              throw new Fault();
                            }
                            return part;
                          });
                } catch (Fault fault) {
                  done = deliver(shop, write, agent, report);
                }
                if (wholly) {
                  throw new Fault();
                }
                return done;
              });
      boolean heard = random.nextInt(4) > 0;
      switch (outcome) {
        case InventoryDesk.Outcome.Stored _ -> {
          agent.first = agent.first.or(() -> shop.stored(agent.id, agent.type));
          if (heard) {
            agent.acknowledged = shop.stored(agent.id, agent.type);
          }
        }
        case InventoryDesk.Outcome.Whole _ -> {
          assertEquals(before, shop.estate.dump(), "what does not fit changes nothing");
          if (heard) {
            agent.acknowledged = Optional.empty();
          }
        }
        case InventoryDesk.Outcome.Refused(var reason) -> throw new AssertionError(reason);
      }
    } catch (Fault fault) {
      assertEquals(before, shop.estate.dump());
    }
  }

  private static InventoryDesk.Outcome deliver(
      Shop shop, dev.holdfast.coordinator.store.Write write, Agent agent, Report report) {
    return switch (report) {
      case Report.Inventory all -> shop.desk.whole(write, agent.id, all);
      case Report.InventoryDelta delta -> shop.desk.difference(write, agent.id, delta);
      case Report.Run _, Report.Compliance _ -> throw new AssertionError(report);
    };
  }

  /** The last report arrives: as the agent does it, whole if that is asked for. */
  private static void settle(Shop shop, Agent agent) {
    List<Map<String, String>> base = agent.acknowledged.orElse(List.of());
    InventoryDesk.Outcome outcome = shop.move(agent.id, agent.type, base, agent.truth);
    if (outcome instanceof InventoryDesk.Outcome.Whole) {
      assertEquals(new InventoryDesk.Outcome.Stored(), shop.put(agent.id, agent.type, agent.truth));
    }
    agent.first = agent.first.or(() -> shop.stored(agent.id, agent.type));
  }

  /** The first content and all changes come to the last content. */
  private static void addUp(Shop shop, Agent agent) {
    Map<Map<String, String>, Integer> counts = new HashMap<>();
    agent.first.orElseThrow().forEach(item -> counts.merge(item, 1, Integer::sum));
    shop.estate.store.read(
        read -> {
          Forms forms = new Forms(read);
          for (InventoryChanges.Change change :
              InventoryChanges.of(read, agent.id, 0, Integer.MAX_VALUE)) {
            if (change.type().equals(agent.type)) {
              change.before().ifPresent(had -> counts.merge(item(forms, had), -1, Integer::sum));
              change.after().ifPresent(had -> counts.merge(item(forms, had), 1, Integer::sum));
            }
          }
          return true;
        });
    List<Map<String, String>> sum = new ArrayList<>();
    counts.forEach(
        (item, count) -> {
          for (int i = 0; i < count; i++) {
            sum.add(item);
          }
          assertEquals(true, count >= 0, item.toString());
        });
    assertEquals(Shop.sorted(agent.truth), Shop.sorted(sum));
  }

  private static Map<String, String> item(Forms forms, InventoryChanges.Had had) {
    forms.learn(List.of(had.item()));
    return new TreeMap<>(
        Own.join(Attributes.of(forms.item(had.item())).map(), Attributes.of(had.own()).map()));
  }

  private static List<Map<String, String>> changed(
      RandomGenerator random, List<Map<String, String>> before) {
    List<Map<String, String>> after = new ArrayList<>(before);
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      if (!after.isEmpty() && random.nextBoolean()) {
        after.remove(random.nextInt(after.size()));
      } else {
        Map<String, String> item = new TreeMap<>();
        item.put("Name", "n" + random.nextInt(5));
        item.put("Version", "1." + random.nextInt(3));
        if (random.nextBoolean()) {
          item.put("InstalledTime", Estate.START.plusSeconds(random.nextInt(3)).toString());
        }
        after.add(item);
      }
    }
    return after;
  }
}
