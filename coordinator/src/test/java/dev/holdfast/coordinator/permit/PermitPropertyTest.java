package dev.holdfast.coordinator.permit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Trigger;
import dev.holdfast.permit.PermitRequest;
import dev.holdfast.report.RunStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Agents that ask, start, end, die and come back, and a coordinator that dies and comes back, at
 * any moment: never more run than may; after one error too many nothing more is granted; all ends.
 */
final class PermitPropertyTest {
  private static final int AGENTS = 7;
  private static final int STEPS = 400;

  @TempDir Path folder;

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void neverAboveTheLimitStopsInTimeAndComesToAnEnd(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int limit = 1 + random.nextInt(3);
    int errors = random.nextInt(4);
    try (PermitScene scene = new PermitScene(folder, AGENTS)) {
      AssociationId id = scene.create(Integer.toString(limit), Integer.toString(errors));
      Fleet fleet = new Fleet(scene, random, id, limit, errors);
      for (int step = 0; step < STEPS; step++) {
        fleet.step();
        fleet.check();
      }
      fleet.settle();
      assertTrue(fleet.starts > AGENTS, () -> "only " + fleet.starts + " runs started");
    }
  }

  private static final class Fleet {
    private final PermitScene scene;
    private final SplittableRandom random;
    private final AssociationId id;
    private final int limit;
    private final int errors;
    private int starts;
    private final List<Trigger> triggers = new ArrayList<>();

    /** Runs that have started, ended or not; and triggers that were stopped. */
    private final Set<String> begun = new HashSet<>();

    private final Set<String> stopped = new HashSet<>();

    Fleet(PermitScene scene, SplittableRandom random, AssociationId id, int limit, int errors) {
      this.scene = scene;
      this.random = random;
      this.id = id;
      this.limit = limit;
      this.errors = errors;
      triggers.add(scene.change(id));
    }

    void step() {
      PermitScene.Agent agent = scene.agent(1 + random.nextInt(AGENTS));
      if (!agent.linked() && random.nextInt(3) > 0) {
        agent.link();
      }
      switch (random.nextInt(20)) {
        case 0 -> agent.cut();
        case 1, 2 -> agent.link();
        case 3 -> scene.restart();
        case 4 -> scene.advance(Duration.ofSeconds(random.nextInt(30)));
        case 5 -> {
          if (triggers.size() < 40) {
            scene.advance(Duration.ofSeconds(1));
            triggers.add(scene.start(id));
          }
        }
        case 6 -> withdraw(agent);
        case 7 -> agent.report();
        case 8 -> agent.deaf = random.nextInt(3) == 0;
        case 9, 10, 11, 12 -> ask(agent);
        default -> goOn(agent);
      }
    }

    private void withdraw(PermitScene.Agent agent) {
      agent.asks.clear();
      agent.told.clear(); // what was granted before is no use any more
      agent.say();
    }

    private void ask(PermitScene.Agent agent) {
      if (agent.holds.isEmpty() && agent.linked()) {
        int newest = triggers.size() - 1;
        Trigger trigger = triggers.get(Math.max(0, newest - random.nextInt(3)));
        if (agent.asks.stream().noneMatch(ask -> ask.trigger().equals(trigger))) {
          agent.told.clear();
        }
        if (!begun.contains(agent.id + trigger.text())) {
          agent.ask(id, trigger);
        }
      }
    }

    private void goOn(PermitScene.Agent agent) {
      for (PermitRequest.Hold hold : List.copyOf(agent.holds)) {
        if (random.nextBoolean()) {
          agent.end(
              id, hold.trigger(), random.nextInt(3) == 0 ? RunStatus.FAILED : RunStatus.SUCCESS);
          if (random.nextBoolean()) {
            agent.report();
          }
          return;
        }
      }
      for (PermitRequest.Ask ask : List.copyOf(agent.asks)) {
        if (agent.linked() && agent.granted(id, ask.trigger())) {
          assertTrue(begun.add(agent.id + ask.trigger().text()), "started twice");
          starts++;
          agent.begin(id, ask.trigger());
        }
      }
    }

    void check() {
      long running = scene.agents.values().stream().mapToLong(agent -> agent.holds.size()).sum();
      assertTrue(running <= limit, () -> running + " run at once, allowed are " + limit);
      assertTrue(scene.counting(id) <= limit, "more permits than may be");
      for (Trigger trigger : triggers) {
        var rate = scene.execution(id, trigger).rate();
        assertEquals(
            rate.stopped().isPresent(),
            rate.stopped().isPresent() || rate.errors() > errors,
            "stopped with its first error too many");
        if (rate.stopped().isPresent() && stopped.add(trigger.text())) {
          grantedNothingSince(trigger);
        }
      }
    }

    /** From here on no row of a stopped execution may come that was not there. */
    private void grantedNothingSince(Trigger trigger) {
      for (PermitScene.Agent agent : scene.agents.values()) {
        boolean holdsRow =
            scene.rows.store.read(
                read ->
                    dev.holdfast.coordinator.store.PermitRows.of(read, agent.id).stream()
                        .anyMatch(row -> row.trigger().equals(trigger)));
        if (!holdsRow) {
          begun.add(agent.id + trigger.text()); // a start after this is one too many
        }
      }
    }

    /** No more trouble: everything that runs ends, and whoever may start does. */
    void settle() {
      for (int round = 0; round < 40; round++) {
        for (PermitScene.Agent agent : scene.agents.values()) {
          agent.deaf = false;
          if (!agent.linked()) {
            agent.link();
          }
          for (PermitRequest.Hold hold : List.copyOf(agent.holds)) {
            agent.end(id, hold.trigger(), RunStatus.SUCCESS);
          }
          agent.report();
          Trigger newest = triggers.getLast();
          if (agent.asks.stream().noneMatch(ask -> ask.trigger().equals(newest))) {
            agent.told.clear();
            agent.asks.clear();
            if (!begun.contains(agent.id + newest.text())) {
              agent.ask(id, newest);
            } else {
              agent.say();
            }
          }
          goOn(agent);
          check();
        }
      }
      Trigger newest = triggers.getLast();
      scene
          .targets(id, newest)
          .forEach(target -> assertTrue(target.status().terminal(), () -> "not ended: " + target));
      assertEquals(0, scene.counting(id));
    }
  }
}
