package dev.holdfast.coordinator;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.holdfast.coordinator.server.Admission;
import dev.holdfast.coordinator.server.CallRates;
import dev.holdfast.coordinator.server.Metrics;
import dev.holdfast.coordinator.server.OpenStreams;
import dev.holdfast.coordinator.store.Store;
import dev.holdfast.task.TransportLimits;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Supplier;

/** What the coordinator shows of its state as metrics. */
final class Figures {
  private Figures() {}

  /** Of the store. */
  static void ofStore(Metrics metrics, Store store, Path data, Supplier<Duration> uptime) {
    store.onCommitTimed(uptime, metrics::committed);
    metrics.gauge(
        "holdfast_log_position", "Position of the newest event of the log.", store::position);
    metrics.gauge(
        "holdfast_store_bytes",
        "Bytes of the store on the disk.",
        () -> size(data.resolve("holdfast.db")) + size(data.resolve("holdfast.db-wal")));
    metrics.gauge(
        "holdfast_free_bytes",
        "Bytes that are free on the disk of the store.",
        () -> {
          try {
            return Files.getFileStore(data).getUsableSpace();
          } catch (IOException e) {
            return Double.NaN;
          }
        });
  }

  /** Of the links and of what comes by them. */
  static void ofEngine(Metrics metrics, Engine engine) {
    metrics.gauge("holdfast_links", "Links of agents.", engine.links()::open);
    metrics.gauge(
        "holdfast_links_settled",
        "Links of agents that hold what is wanted of them.",
        engine.links()::settled);
    metrics.counter(
        "holdfast_links_turned_away_total",
        "Links that were refused because their instance came too often.",
        engine.links()::turnedAway);
    metrics.counter(
        "holdfast_messages_slowed_total",
        "Messages of agents after which no other was read for a time: more than their quota.",
        engine.links()::slowed);
    metrics.counter(
        "holdfast_sets_adopted_total",
        "How often an agent told that it holds what is wanted of it now.",
        engine.links()::adopted);
    metrics.counter(
        "holdfast_reports_stored_total",
        "Reports of agents that were stored.",
        () -> engine.ingest().totals().stored());
    metrics.counter(
        "holdfast_reports_refused_total",
        "Reports of agents that were refused for good.",
        () -> engine.ingest().totals().refused());
    metrics.counter(
        "holdfast_report_commits_total",
        "Transactions that stored reports.",
        () -> engine.ingest().totals().commits());
    metrics.counter(
        "holdfast_report_commits_failed_total",
        "Transactions that should have stored reports and failed.",
        () -> engine.ingest().totals().failures());
  }

  /** Of a port. */
  static void ofPort(Metrics metrics, String name, Admission door) {
    metrics.gauge(
        "holdfast_" + name + "_connections",
        "Connections that are open on the " + name + " port.",
        door::open);
    metrics.counter(
        "holdfast_" + name + "_connections_refused_total",
        "Connections to the " + name + " port that were too many.",
        door::refused);
    metrics.counter(
        "holdfast_" + name + "_handshakes_postponed_total",
        "Connections to the " + name + " port that came too quickly after others.",
        door::postponed);
    metrics.counter(
        "holdfast_" + name + "_floods_total",
        "Connections to the " + name + " port that sent too many frames that carry nothing.",
        door::floods);
  }

  /** Of the calls of people, agents and strangers. */
  static void ofRates(Metrics metrics, CallRates rates) {
    metrics.counter(
        "holdfast_calls_refused_total",
        "Calls that were refused because their caller called too often.",
        rates::refused);
  }

  /** Of the streams that people hold open. */
  static void ofStreams(Metrics metrics, OpenStreams streams) {
    metrics.gauge("holdfast_admin_streams", "Streams that people hold open.", streams::size);
  }

  /** Of the process. */
  static void ofProcess(Metrics metrics) {
    Runtime runtime = Runtime.getRuntime();
    metrics.gauge(
        "holdfast_heap_bytes",
        "Bytes of the heap in use.",
        () -> runtime.totalMemory() - runtime.freeMemory());
    metrics.gauge("holdfast_heap_max_bytes", "Bytes that the heap may have.", runtime::maxMemory);
    metrics.gauge(
        "holdfast_threads",
        "Platform threads.",
        ManagementFactory.getThreadMXBean()::getThreadCount);
    if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system) {
      metrics.gauge("holdfast_open_files", "Open files.", system::getOpenFileDescriptorCount);
      metrics.counter(
          "holdfast_cpu_seconds_total",
          "Seconds of processor time.",
          () -> system.getProcessCpuTime() / 1e9);
    }
  }

  /** How many connections all ports may have: most of the files that may be open. */
  static int connections() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
        ? (int)
            Math.min(
                Integer.MAX_VALUE,
                system.getMaxFileDescriptorCount()
                    / 100
                    * TransportLimits.CONNECTIONS_PERCENT_OF_FILES)
        : Integer.MAX_VALUE;
  }

  private static double size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      return 0;
    }
  }
}
