package dev.holdfast.simulation;

import dev.holdfast.agent.link.Dialer;
import dev.holdfast.association.InstanceId;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** The network between the hosts and the coordinator: slow, and sometimes not there. */
final class Network {
  private static final Duration FAST = Duration.ofMillis(40);
  private static final Duration SLOW = Duration.ofSeconds(4);

  private final World world;
  private final RandomGenerator random;
  private final Checker checker;
  private final Map<InstanceId, Wire> wires = new HashMap<>();
  private final Map<InstanceId, Duration> awayUntil = new HashMap<>();
  private Optional<CoordinatorLife> coordinator = Optional.empty();
  private boolean slow;

  Network(World world, Checker checker) {
    this.world = world;
    this.checker = checker;
    this.random = world.random();
  }

  /** Who listens at the coordinator's address. */
  void listens(Optional<CoordinatorLife> life) {
    coordinator = life;
  }

  /** Whether connections made from now on are slow. */
  void slow(boolean on) {
    slow = on;
  }

  Wire dial(InstanceId instance, Timeline agent, Dialer.Listener listener) {
    Wire wire = new Wire(world, random, checker, instance, slow ? SLOW : FAST, agent, listener);
    wires.put(instance, wire);
    boolean away = awayUntil.getOrDefault(instance, Duration.ZERO).compareTo(world.elapsed()) > 0;
    wire.open(away ? Optional.empty() : coordinator);
    return wire;
  }

  /** Breaks the connection of an instance. */
  void cut(InstanceId instance, String reason) {
    Wire wire = wires.remove(instance);
    if (wire != null) {
      wire.cutFor(reason);
    }
  }

  /** Keeps an instance from the coordinator for a time. */
  void partition(InstanceId instance, Duration length) {
    awayUntil.put(instance, world.elapsed().plus(length));
    cut(instance, "partitioned");
  }

  /** Everybody can reach everybody again. */
  void heal() {
    awayUntil.clear();
    slow = false;
  }
}
