package dev.holdfast.agent;

import dev.holdfast.agent.assignment.Holding;
import dev.holdfast.agent.disk.Disk;
import dev.holdfast.agent.inventory.ChangedInventory;
import dev.holdfast.agent.inventory.Gatherer;
import dev.holdfast.agent.inventory.Gathering;
import dev.holdfast.agent.inventory.TypeOwners;
import dev.holdfast.agent.link.InventoryAcks;
import dev.holdfast.agent.spool.InventoryLane;
import dev.holdfast.agent.step.NamedTypes;
import dev.holdfast.agent.step.Stocktaking;
import dev.holdfast.association.AssociationId;
import dev.holdfast.association.InstanceId;
import dev.holdfast.association.Trigger;
import dev.holdfast.task.InventoryLimits;
import dev.holdfast.task.Sha256;
import dev.holdfast.task.Timers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Inventory between the runs that gather it and the spool: who may gather which type, and when and
 * in what form it is passed on. On the owner's thread.
 */
final class InventoryDesk implements Stocktaking, InventoryAcks {
  private final ChangedInventory changed;
  private final TypeOwners owners;
  private final Function<AssociationId, Optional<Trigger>> running;
  private final Duration spread;
  private final Timers timers;
  private final Runnable giveBack;
  private boolean givingBack;

  /**
   * With what it asks.
   *
   * @param loaded what an association runs now, if it is assigned
   * @param running the trigger of an association's run that is in progress
   * @param giveBack gives memory to the system that a gathering took and needs no more
   */
  InventoryDesk(
      InstanceId instance,
      Disk disk,
      InventoryLane lane,
      Timers timers,
      NamedTypes named,
      Function<AssociationId, Optional<Holding.Loaded>> loaded,
      Function<AssociationId, Optional<Trigger>> running,
      Runnable giveBack) {
    this.timers = timers;
    this.giveBack = giveBack;
    this.changed = new ChangedInventory(disk, lane, timers);
    this.owners =
        new TypeOwners(
            disk,
            (association, type) ->
                loaded
                    .apply(association)
                    .map(
                        now ->
                            named.names(
                                now.document().toByteArray(), now.assignment().parameters(), type))
                    .orElse(false));
    this.running = running;
    this.spread = spread(instance);
  }

  /** How late this instance passes on what a schedule gathered; always the same. */
  static Duration spread(InstanceId instance) {
    byte[] hash = Sha256.of(("inventory|" + instance).getBytes(StandardCharsets.UTF_8)).raw();
    long number = ByteBuffer.wrap(hash).getLong() & Long.MAX_VALUE;
    return Duration.ofMillis(number % InventoryLimits.SPREAD.toMillis());
  }

  /** Takes up what the disk holds. */
  void start() {
    changed.start();
  }

  @Override
  public Allowed allowed(AssociationId asking, Gathering wanted) {
    Map<String, AssociationId> others = owners.claim(asking, wanted.types());
    Set<String> types = new TreeSet<>(wanted.types());
    types.removeAll(others.keySet());
    List<String> leftOut =
        others.entrySet().stream()
            .map(
                each ->
                    each.getKey()
                        + " is left out: association "
                        + each.getValue()
                        + " gathers it on this instance")
            .toList();
    return new Allowed(wanted.only(types), leftOut);
  }

  @Override
  public void take(AssociationId asking, Gathering gathering, Gatherer.Found found) {
    boolean scheduled =
        running.apply(asking).filter(trigger -> trigger instanceof Trigger.Tick).isPresent();
    changed.take(gathering, found, scheduled ? spread : Duration.ZERO);
    giveBackSoon();
  }

  /** Once for gatherings that come close together. */
  private void giveBackSoon() {
    if (!givingBack) {
      givingBack = true;
      timers.after(
          InventoryLimits.GIVE_BACK,
          () -> {
            givingBack = false;
            giveBack.run();
          });
    }
  }

  @Override
  public void forgotten() {
    changed.forgotten();
  }

  @Override
  public void acknowledged(long storedThrough, Set<Long> refused, Collection<String> whole) {
    changed.acknowledged(storedThrough, refused, whole);
  }
}
