package dev.holdfast.simulation;

import dev.holdfast.coordinator.Engine;
import dev.holdfast.coordinator.store.Store;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * The coordinator from one start to its crash: an engine over the store, which is all that stays.
 */
final class CoordinatorLife {
  /** As long as a slow disk takes, so that what comes meanwhile is committed together. */
  private static final Duration COMMITS = Duration.ofMillis(250);

  private final Timeline timeline;
  private final Engine engine;
  private final Set<Wire> wires = new LinkedHashSet<>();
  private boolean alive = true;

  CoordinatorLife(World world, Store store) {
    this.timeline =
        new Timeline(
            world,
            Duration.ZERO,
            failure -> {
              throw failure;
            });
    RandomGenerator random = world.random();
    this.engine =
        new Engine(
            store,
            timeline,
            timeline,
            commit ->
                timeline.after(Duration.ofMillis(random.nextLong(COMMITS.toMillis())), commit),
            Integer.MAX_VALUE);
    timeline.perform(engine::start);
  }

  boolean alive() {
    return alive;
  }

  Engine engine() {
    return engine;
  }

  Timeline timeline() {
    return timeline;
  }

  /** The connections that are open now. */
  Set<Wire> wires() {
    return wires;
  }

  /** The process is gone: nothing in memory is left, and its connections break. */
  void crash() {
    alive = false;
    timeline.stop();
    List.copyOf(wires).forEach(wire -> wire.cutFor("the coordinator is gone"));
  }
}
