package dev.holdfast.coordinator;

import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.admin.Presences;
import dev.holdfast.coordinator.assignment.SetBodies;
import dev.holdfast.coordinator.association.AssociationDesk;
import dev.holdfast.coordinator.compliance.FreshnessSweep;
import dev.holdfast.coordinator.execution.TickKeeper;
import dev.holdfast.coordinator.ingest.Ingest;
import dev.holdfast.coordinator.link.GrpcLinks;
import dev.holdfast.coordinator.link.Links;
import dev.holdfast.coordinator.store.Store;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;

/**
 * What goes on by itself: links and what is pushed through them, reports into the store, ticks, and
 * verdicts that go stale. Each has its thread, so that a slow disk does not keep links waiting.
 */
final class CoordinatorEngine {
  private static final Duration STOP = Duration.ofSeconds(2);

  /** How often it is counted what links there are. */
  private static final Duration COUNTING = Duration.ofSeconds(5);

  private final OwnerThread linking = new OwnerThread("link");
  private final OwnerThread committing = new OwnerThread("commit");
  private final OwnerThread ticking = new OwnerThread("tick");
  private final Ingest ingest;
  private final Links links;
  private final GrpcLinks service;
  private final TickKeeper ticks;
  private final FreshnessSweep freshness;
  private volatile Links.Counts counts = new Links.Counts(0, 0, 0);

  /** Over a store; nothing goes on before {@link #start}. */
  CoordinatorEngine(Store store, AssociationDesk desk) {
    // links hand reports to the ingest, and the ingest ends links
    AtomicReference<BiConsumer<InstanceId, String>> ending =
        new AtomicReference<>((instance, reason) -> {});
    this.ingest =
        new Ingest(store, committing, (instance, reason) -> ending.get().accept(instance, reason));
    this.links = new Links(store, ingest, desk::connected, linking, linking);
    ending.set(links::end);
    this.service = new GrpcLinks(links, new SetBodies(store), linking);
    this.ticks = new TickKeeper(store, ticking);
    this.freshness = new FreshnessSweep(store, ticking);
  }

  void start() {
    linking.await(STOP, links::start);
    linking.every(COUNTING, () -> counts = links.counts());
    ticks.start();
    freshness.start();
  }

  /** Ends the links, and commits what came by them. */
  void stop() {
    linking.await(STOP, links::stop);
    ticking.stop();
    committing.stop();
    linking.stop();
  }

  /** The service of the agent port. */
  GrpcLinks service() {
    return service;
  }

  Presences presences() {
    return links;
  }

  /** Whether the link of an instance lives. */
  boolean connected(InstanceId instance) {
    return links.connected(instance);
  }

  /** How many links there were a few seconds ago. */
  Links.Counts links() {
    return counts;
  }

  Ingest.Totals totals() {
    return ingest.totals();
  }
}
