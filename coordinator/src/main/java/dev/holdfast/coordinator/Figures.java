package dev.holdfast.coordinator;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.holdfast.coordinator.link.LinkFigures;
import dev.holdfast.coordinator.server.Admission;
import dev.holdfast.coordinator.server.CallRates;
import dev.holdfast.coordinator.server.Metrics;
import dev.holdfast.coordinator.server.OpenStreams;
import dev.holdfast.coordinator.store.OldRows;
import dev.holdfast.coordinator.store.Store;
import dev.holdfast.coordinator.store.StoreException;
import dev.holdfast.task.TransportLimits;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Supplier;

/** What the coordinator shows of its state as metrics. */
final class Figures {
  /** Buckets of what should take seconds, and takes longer when something is wrong. */
  static final double[] SECONDS = {
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300
  };

  private Figures() {}

  /** Of the store. */
  static void ofStore(Metrics metrics, Store store, Path data, Supplier<Duration> uptime) {
    store.onCommitTimed(uptime, metrics::committed);
    metrics.gauge(
        "holdfast_store_writable",
        "1 if the disk took what was written last, else 0.",
        () -> store.unwritable().isEmpty() ? 1 : 0);
    metrics.gauge(
        "holdfast_log_position", "Position of the newest event of the log.", store::position);
    metrics.gauge(
        "holdfast_store_bytes",
        "Bytes of the store on the disk.",
        () -> size(data.resolve("holdfast.db")) + size(data.resolve("holdfast.db-wal")));
    metrics.gauge(
        "holdfast_store_reusable_bytes",
        "Bytes of the store that hold nothing and are taken by what is written next.",
        () -> reusable(store));
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
  static void ofEngine(Metrics metrics, Engine engine, Supplier<Duration> uptime) {
    LinkFigures links = engine.links().figures();
    metrics.gauge("holdfast_links", "Links of agents.", links::open);
    metrics.gauge(
        "holdfast_links_held",
        "Links of agents that may not work yet: theirs is an instance that waits or was found"
            + " twice, or a hello is being answered.",
        () -> Math.max(0, links.open() - links.linked()));
    metrics.gauge(
        "holdfast_links_settled",
        "Links of agents that hold what is wanted of them.",
        links::settled);
    metrics.gauge(
        "holdfast_unsettled_age_seconds",
        "For how long the linked instance that waits longest has not held what is wanted of it.",
        () -> seconds(links.oldestUnsettled()));
    links.onAcknowledged(
        metrics.histogram(
            "holdfast_ack_seconds",
            "From reports coming to their acknowledgement leaving, a batch.",
            SECONDS));
    links.onPushed(
        metrics.histogram(
            "holdfast_push_seconds",
            "From the commit of a change to a linked instance telling that it holds it.",
            SECONDS));
    metrics.gauge(
        "holdfast_reactor_lag_seconds",
        "How long ago the oldest change was committed from which sets are still to be computed.",
        () -> seconds(links.behind()));
    metrics.gauge(
        "holdfast_reactor_lag_events",
        "Events of the log for which it was not looked yet whom they concern.",
        links::unreadEvents);
    metrics.counter(
        "holdfast_links_turned_away_total",
        "Links that were refused because their instance came too often.",
        links::turnedAway);
    metrics.counter(
        "holdfast_messages_slowed_total",
        "Messages of agents after which no other was read for a time: more than their quota.",
        links::slowed);
    metrics.counter(
        "holdfast_sets_adopted_total",
        "How often an agent told that it holds what is wanted of it now.",
        links::adopted);
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
    metrics.gauge(
        "holdfast_reports_waiting",
        "Reports that wait to be stored.",
        () -> engine.ingest().queue().reports());
    metrics.gauge(
        "holdfast_reports_waiting_bytes",
        "Bytes of the reports that wait to be stored.",
        () -> engine.ingest().queue().bytes());
    metrics.gauge(
        "holdfast_reports_waiting_age_seconds",
        "For how long the report or hello has waited that has waited longest to be stored.",
        () ->
            engine
                .ingest()
                .queue()
                .oldest()
                .map(came -> seconds(uptime.get().minus(came)))
                .orElse(0.0));
    metrics.gauge(
        "holdfast_ticks_behind_seconds",
        "How late the row of a tick is that should be written by now.",
        () -> seconds(engine.ticks().behind()));
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

  static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }

  private static double reusable(Store store) {
    try {
      return store.read(OldRows::reusableBytes);
    } catch (StoreException e) {
      return Double.NaN;
    }
  }

  private static double size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      return 0;
    }
  }
}
