package dev.holdfast.simulation;

import dev.holdfast.coordinator.Engine;
import dev.holdfast.coordinator.store.Store;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The coordinator from one start to its crash: an engine over the store, which is all that stays.
 */
final class CoordinatorLife {
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
    this.engine = new Engine(store, timeline, timeline, timeline, Integer.MAX_VALUE);
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
