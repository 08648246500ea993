package dev.holdfast.coordinator;

import dev.holdfast.config.HostPort;
import dev.holdfast.coordinator.retention.Retention;
import dev.holdfast.coordinator.server.CallRates;
import dev.holdfast.coordinator.server.Liveness;
import dev.holdfast.coordinator.server.Metrics;
import dev.holdfast.coordinator.server.MetricsListener;
import dev.holdfast.coordinator.server.OpenStreams;
import dev.holdfast.coordinator.store.Meta;
import dev.holdfast.coordinator.store.Store;
import dev.holdfast.coordinator.store.StoreException;
import dev.holdfast.coordinator.watch.FleetFigures;
import dev.holdfast.task.InventoryLimits;
import dev.holdfast.task.Limits;
import dev.holdfast.task.OwnerThread;
import dev.holdfast.task.TransportLimits;
import dev.holdfast.task.WatchLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the coordinator shows of itself to those who watch it: metrics, health, readiness. */
final class Watching {
  private static final Logger LOG = LoggerFactory.getLogger("metrics");

  private final Store store;
  private final Path data;
  private final OwnerThread watch;
  private final Liveness engineThread;
  private final Metrics metrics;
  private final AtomicBoolean trying = new AtomicBoolean();
  private volatile boolean open;

  /** Over metrics to which nobody added figures yet. */
  Watching(Store store, Path data, OwnerThread watch, Metrics metrics) {
    this.store = store;
    this.data = data;
    this.watch = watch;
    this.metrics = metrics;
    this.engineThread = new Liveness("engine", watch::uptime);
  }

  /** The parts that are shown. */
  record Parts(
      Engine engine,
      Doors doors,
      CallRates rates,
      OpenStreams streams,
      Retention retention,
      Supplier<X509Certificate> certificate,
      Supplier<X509Certificate> authority,
      String version) {}

  /** Adds all figures. */
  void add(Parts parts) {
    Figures.ofStore(metrics, store, data, watch::uptime);
    Figures.ofEngine(metrics, parts.engine, watch::uptime);
    Figures.ofPort(metrics, "agent", parts.doors.agents());
    Figures.ofPort(metrics, "admin", parts.doors.admins());
    Figures.ofRates(metrics, parts.rates);
    Figures.ofStreams(metrics, parts.streams);
    ProcessFigures.add(metrics, parts.version);
    new FleetWatch(metrics, parts.engine, new FleetFigures(store, watch), watch).add();
    metrics.gauge(
        "holdfast_ready",
        "1 if the coordinator can work, as /readyz says it, else 0.",
        () -> notReady().isEmpty() ? 1 : 0);
    metrics.gauge(
        "holdfast_engine_still_seconds",
        "For how long the thread that decides has not gone round.",
        () -> Figures.seconds(engineThread.still()));
    metrics.gauge(
        "holdfast_certificate_expires_timestamp_seconds",
        "When a certificate expires, in seconds since 1970: the coordinator's, the authority's.",
        "certificate",
        () ->
            Map.of(
                "coordinator", expiry(parts.certificate.get()),
                "authority", expiry(parts.authority.get())));
    metrics.gauge(
        "holdfast_sweep_age_seconds",
        "How long ago a sweep was done last, or the start: of freshness, inventory, retention.",
        "sweep",
        () ->
            Map.of(
                "freshness", sinceDone(parts.engine.freshness().done()),
                "inventory", sinceDone(parts.engine.inventorySweep().done()),
                "retention", sinceDone(parts.retention.done())));
    metrics.counter(
        "holdfast_retention_gone_total",
        "Rows that went since they were kept for long enough, by what they are.",
        List.of("what"),
        parts.retention::gone);
    Map<String, Double> limits = limits();
    metrics.gauge(
        "holdfast_limit", "Bounds that one can come near, by name.", "name", () -> limits);
  }

  /** The port on which it is shown; not open yet. */
  MetricsListener listener(HostPort asked) {
    return new MetricsListener(asked, metrics, engineThread::dead, this::notReady);
  }

  /**
   * Looks from now on whether the owner goes round, and whether a store that took nothing takes
   * something again.
   *
   * @param owner the thread that decides
   * @param spare for what may take as long as the disk
   */
  void begin(Executor owner, Executor spare) {
    watch.every(
        WatchLimits.LOOK,
        () -> {
          owner.execute(engineThread::beat);
          if (store.unwritable().isPresent() && trying.compareAndSet(false, true)) {
            spare.execute(this::tryToWrite);
          }
        });
  }

  /** The ports are open. */
  void opened() {
    open = true;
  }

  /** Why the coordinator can't work now, if it can't. */
  Optional<String> notReady() {
    if (!open) {
      return Optional.of("starting");
    }
    Optional<String> unwritable = store.unwritable();
    if (unwritable.isPresent()) {
      return unwritable;
    }
    try {
      long free = Files.getFileStore(data).getUsableSpace();
      if (free < WatchLimits.READY_FREE_BYTES) {
        return Optional.of(
            "only "
                + free
                + " bytes are free on the disk of "
                + data
                + ", and "
                + WatchLimits.READY_FREE_BYTES
                + " are needed: make room");
      }
      store.read(read -> true);
      return engineThread.dead();
    } catch (IOException | StoreException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  private void tryToWrite() {
    try {
      store.write(
          write -> {
            Meta.put(write, Meta.TRIED, Long.toString(write.now().toEpochMilli()));
            return true;
          });
      LOG.info("the disk takes what is written again data={}", data);
    } catch (RuntimeException e) {
      LOG.debug("the disk still takes nothing reason={}", e.toString());
    } finally {
      trying.set(false);
    }
  }

  private double sinceDone(Optional<Duration> done) {
    return Figures.seconds(watch.uptime().minus(done.orElse(Duration.ZERO)));
  }

  private static double expiry(X509Certificate certificate) {
    return certificate.getNotAfter().toInstant().toEpochMilli() / 1e3;
  }

  private static Map<String, Double> limits() {
    Map<String, Double> limits = new LinkedHashMap<>();
    limits.put("open_files", ProcessFigures.maxFiles());
    limits.put("connections", (double) Figures.connections());
    limits.put("reports_waiting_bytes", (double) Limits.MAX_ALL_WAITING_BYTES);
    limits.put("webhooks", (double) Limits.MAX_WEBHOOKS);
    limits.put("inventory_changes", (double) InventoryLimits.MAX_ALL_CHANGES);
    limits.put("counted_peers", (double) TransportLimits.MAX_COUNTED_PEERS);
    limits.put("probed_instances", (double) WatchLimits.MAX_PROBED);
    return limits;
  }
}
