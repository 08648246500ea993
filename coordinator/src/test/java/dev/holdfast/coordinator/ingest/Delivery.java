package dev.holdfast.coordinator.ingest;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.inventory.InventoryDesk;
import dev.holdfast.coordinator.inventory.Stock;
import dev.holdfast.coordinator.store.Lanes;
import dev.holdfast.coordinator.testing.Estate;
import dev.holdfast.report.Lane;
import dev.holdfast.wire.agent.Report;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/** Reports as links bring them: in batches, some again, over links that break. */
final class Delivery {
  /** What one agent has in its spool, by lane, in the order of its sequences. */
  record Spool(InstanceId instance, Map<Lane, List<Report>> lanes) {}

  private final Estate estate;
  private final RandomGenerator random;
  private final List<Spool> spools;
  private final Deque<Runnable> committer = new ArrayDeque<>();
  private final Ingest ingest;
  private final Map<InstanceId, Map<Lane, Integer>> sent = new TreeMap<>();
  private final Map<InstanceId, Map<Lane, Long>> acknowledged = new TreeMap<>();

  Delivery(Estate estate, RandomGenerator random, List<Spool> spools) {
    this.estate = estate;
    this.random = random;
    this.spools = spools;
    this.ingest =
        new Ingest(
            estate.store,
            new InventoryDesk(new Stock()),
            committer::add,
            (instance, _) -> sent.remove(instance));
  }

  void some(int steps) {
    for (int i = 0; i < steps; i++) {
      Spool spool = spools.get(random.nextInt(spools.size()));
      switch (random.nextInt(8)) {
        case 0 -> hello(spool);
        case 1, 2 -> commit();
        default -> send(spool);
      }
    }
    commit();
  }

  void all() {
    for (Spool spool : spools) {
      hello(spool);
      commit();
      while (sent.containsKey(spool.instance)
          && spool.lanes.entrySet().stream()
              .anyMatch(lane -> next(spool, lane.getKey()) < lane.getValue().size())) {
        send(spool);
      }
    }
    commit();
  }

  private void hello(Spool spool) {
    sent.remove(spool.instance);
    ingest.opened(
        spool.instance,
        "spool",
        through -> {
          through.forEach((lane, sequence) -> acknowledge(spool.instance, lane, sequence));
          Map<Lane, Integer> next = new EnumMap<>(Lane.class);
          // Nothing forbids an agent to send again what is stored.
          through.forEach(
              (lane, sequence) ->
                  next.put(lane, Math.max(0, sequence.intValue() - random.nextInt(3))));
          sent.put(spool.instance, next);
        });
  }

  private int next(Spool spool, Lane lane) {
    return sent.getOrDefault(spool.instance, Map.of()).getOrDefault(lane, 0);
  }

  private void send(Spool spool) {
    Map<Lane, Integer> next = sent.get(spool.instance);
    if (next == null) {
      hello(spool);
      return;
    }
    List<Report> batch = new ArrayList<>();
    spool.lanes.forEach(
        (lane, reports) -> {
          int from = next.getOrDefault(lane, 0);
          int to = Math.min(reports.size(), from + random.nextInt(5));
          batch.addAll(reports.subList(from, to));
          next.put(lane, to);
        });
    ingest.received(
        spool.instance,
        "spool",
        batch,
        stored ->
            stored
                .through()
                .forEach((lane, sequence) -> acknowledge(spool.instance, lane, sequence)));
    if (random.nextInt(3) == 0) {
      commit();
    }
  }

  private void acknowledge(InstanceId instance, Lane lane, long sequence) {
    acknowledged
        .computeIfAbsent(instance, _ -> new EnumMap<>(Lane.class))
        .merge(lane, sequence, Math::max);
  }

  private void commit() {
    while (!committer.isEmpty()) {
      committer.poll().run();
    }
  }

  /** What was acknowledged is stored. */
  void checkAcknowledged() {
    acknowledged.forEach(
        (instance, lanes) -> {
          Map<Lane, Long> stored = estate.store.read(read -> Lanes.storedThrough(read, instance));
          lanes.forEach(
              (lane, sequence) ->
                  assertTrue(
                      stored.getOrDefault(lane, 0L) >= sequence,
                      () -> instance + " " + lane + " " + sequence + " of " + stored));
        });
  }
}
