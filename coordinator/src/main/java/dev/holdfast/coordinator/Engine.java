package dev.holdfast.coordinator;

import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.assignment.SetBodies;
import dev.holdfast.coordinator.association.AssociationDesk;
import dev.holdfast.coordinator.association.Refreshes;
import dev.holdfast.coordinator.compliance.FreshnessSweep;
import dev.holdfast.coordinator.execution.TickKeeper;
import dev.holdfast.coordinator.ingest.Ingest;
import dev.holdfast.coordinator.inventory.InventoryDesk;
import dev.holdfast.coordinator.inventory.InventorySweep;
import dev.holdfast.coordinator.inventory.Stock;
import dev.holdfast.coordinator.link.Links;
import dev.holdfast.coordinator.link.Quotas;
import dev.holdfast.coordinator.link.Returns;
import dev.holdfast.coordinator.permit.PermitDesk;
import dev.holdfast.coordinator.store.Store;
import dev.holdfast.coordinator.store.Write;
import dev.holdfast.task.Timers;
import java.util.concurrent.Executor;

/**
 * All of a coordinator that lies between its store and the network: what follows from changes, the
 * open links, storing reports, the ticks. Threads, time and the network are given, so that the
 * program and the simulation of a fleet run the same engine.
 */
public final class Engine {
  private final Store store;
  private final Executor owner;
  private final AssociationDesk desk;
  private final InventoryDesk inventory = new InventoryDesk(new Stock());
  private final SetBodies bodies;
  private final Ingest ingest;
  private final Links links;
  private final TickKeeper ticks;
  private final FreshnessSweep sweep;
  private final InventorySweep inventorySweep;
  private final PermitDesk permits;

  /** With the quotas that hold unless configured otherwise. */
  public Engine(
      Store store, Timers timers, Executor owner, Executor committer, int guardInstances) {
    this(store, timers, owner, committer, guardInstances, Quotas.DEFAULT);
  }

  /**
   * Puts the parts together and starts nothing.
   *
   * @param timers run their tasks on the owner's thread
   * @param owner runs tasks one at a time, in order; takes them from any thread
   * @param committer runs one task at a time, each as long as the disk takes
   * @param guardInstances a change that would run on more instances at once needs an
   *     acknowledgement
   * @param quotas how much each instance may send, and how often it may come
   */
  public Engine(
      Store store,
      Timers timers,
      Executor owner,
      Executor committer,
      int guardInstances,
      Quotas quotas) {
    this.store = store;
    this.owner = owner;
    this.desk = new AssociationDesk(guardInstances);
    this.bodies = new SetBodies(store);
    this.ingest = new Ingest(store, inventory, committer, this::unstored, timers::uptime);
    this.links =
        new Links(store, bodies, ingest, returns(desk), new Refreshes(), owner, timers, quotas);
    this.permits = new PermitDesk(store, owner, timers, links::connected, links::permit);
    links.permitsFrom(permits);
    this.ticks = new TickKeeper(store, timers);
    this.sweep = new FreshnessSweep(store, timers);
    this.inventorySweep = new InventorySweep(store, inventory, timers);
  }

  /** Begins to follow the log and the clock. On the owner's thread. */
  public void start() {
    store.write(
        write -> {
          desk.prepare(write);
          inventory.stock().load(write);
          return true;
        });
    ticks.start();
    sweep.start();
    inventorySweep.start();
    links.start();
    permits.start();
  }

  /** Ends all links. On the owner's thread. */
  public void stop() {
    links.stop();
  }

  /** What follows for associations from a change. */
  public AssociationDesk desk() {
    return desk;
  }

  /** What is installed on instances, and who has what. */
  public InventoryDesk inventory() {
    return inventory;
  }

  /** What writes the rows of ticks. */
  public TickKeeper ticks() {
    return ticks;
  }

  /** What makes verdicts unknown that nobody confirmed in time. */
  public FreshnessSweep freshness() {
    return sweep;
  }

  /** What deletes inventory that nobody needs. */
  public InventorySweep inventorySweep() {
    return inventorySweep;
  }

  /** The bodies that instances may fetch. */
  public SetBodies bodies() {
    return bodies;
  }

  /** Where reports go. */
  public Ingest ingest() {
    return ingest;
  }

  /** The open links. */
  public Links links() {
    return links;
  }

  /** Who waits for a permit. */
  public PermitDesk permits() {
    return permits;
  }

  private static Returns returns(AssociationDesk desk) {
    return new Returns() {
      @Override
      public void connected(Write write, InstanceId instance) {
        desk.connected(write, instance);
      }

      @Override
      public void platformChanged(Write write, InstanceId instance) {
        desk.platformChanged(write, instance);
      }

      @Override
      public void stateChanged(Write write, InstanceId instance) {
        desk.instanceChanged(write, instance);
      }
    };
  }

  private void unstored(InstanceId instance, String reason) {
    owner.execute(() -> links.end(instance, reason));
  }
}
