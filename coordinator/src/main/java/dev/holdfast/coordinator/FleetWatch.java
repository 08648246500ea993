package dev.holdfast.coordinator;

import dev.holdfast.coordinator.link.LinkFigures;
import dev.holdfast.coordinator.server.Metrics;
import dev.holdfast.coordinator.watch.FleetFigures;
import dev.holdfast.coordinator.watch.FleetFigures.Fleet;
import dev.holdfast.coordinator.watch.ProbeMeter;
import dev.holdfast.coordinator.watch.RunEnds;
import dev.holdfast.task.Limits;
import dev.holdfast.task.Timers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** What the coordinator shows of the fleet: instances, runs, permits, webhooks, probes. */
final class FleetWatch {
  /** Buckets of what waits for the host's own schedule, or for the host to be there. */
  private static final double[] LONG_SECONDS = {
    0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 21_600, 86_400
  };

  private final Metrics metrics;
  private final Engine engine;
  private final FleetFigures figures;
  private final Timers timers;

  /**
   * @param timers the clocks alone are used, from any thread
   */
  FleetWatch(Metrics metrics, Engine engine, FleetFigures figures, Timers timers) {
    this.metrics = metrics;
    this.engine = engine;
    this.figures = figures;
    this.timers = timers;
  }

  /** Adds all figures, and counts from now on. */
  void add() {
    instances();
    runs();
    permits();
    webhooks();
    probes();
    metrics.gauge(
        "holdfast_figures_age_seconds",
        "How old the figures are that are read from the store now and then.",
        () -> Figures.seconds(figures.age()));
    metrics.gauge(
        "holdfast_associations", "Associations.", number(fleet -> (double) fleet.associations()));
  }

  private void instances() {
    LinkFigures links = engine.links().figures();
    metrics.gauge(
        "holdfast_instances",
        "Instances that may connect, by presence.",
        "presence",
        () ->
            figures
                .now()
                .map(
                    fleet -> {
                      LinkFigures.There there = links.there();
                      return FleetFigures.presences(
                          fleet.told(),
                          there.online(),
                          there.silent(),
                          timers.uptime().compareTo(Limits.RECONNECT_LONGEST) < 0);
                    })
                .orElse(Map.of()));
  }

  private void runs() {
    RunEnds ends = new RunEnds();
    engine.ingest().onEnded(ends::ended);
    metrics.counter(
        "holdfast_runs_ended_total",
        "Runs whose end was stored, by status and detailed status.",
        List.of("status", "detail"),
        ends::counts);
    metrics.gauge(
        "holdfast_runs_in_progress",
        "Runs that were in progress when they were told of last.",
        number(fleet -> (double) fleet.inProgress()));
    metrics.gauge(
        "holdfast_executions_open",
        "Associations whose newest execution has targets that did not tell an end yet.",
        number(fleet -> (double) fleet.openExecutions()));
  }

  private void permits() {
    metrics.gauge(
        "holdfast_permits",
        "Permits of runs whose number is limited: held, waited for, lost with their instance.",
        "state",
        () ->
            figures
                .now()
                .map(
                    fleet ->
                        Map.of(
                            "held",
                            (double) fleet.permits().held(),
                            "waiting",
                            (double) engine.permits().waiting(),
                            "lost",
                            (double) fleet.permits().lost()))
                .orElse(Map.of()));
  }

  private void webhooks() {
    metrics.gauge(
        "holdfast_webhooks",
        "Webhooks, by how sending to them goes.",
        "condition",
        () -> figures.now().map(fleet -> FleetFigures.webhooks(fleet.webhooks())).orElse(Map.of()));
    metrics.gauge(
        "holdfast_webhook_lag_seconds",
        "For how long the webhook has failed that has failed longest; 0 if none does.",
        number(fleet -> age(fleet.failingSince())));
    metrics.gauge(
        "holdfast_backup_timestamp_seconds",
        "When the newest backup was taken, in seconds since 1970; 0 if none was.",
        number(fleet -> fleet.backedUp().map(FleetWatch::epoch).orElse(0.0)));
  }

  private void probes() {
    ProbeMeter meter =
        new ProbeMeter(
            timers::now,
            metrics.histogram(
                "holdfast_probe_start_seconds",
                "From the instant that a probe was due to its start on the host, by its clock.",
                LONG_SECONDS),
            metrics.histogram(
                "holdfast_probe_report_seconds",
                "From the end of a probe, by its host's clock, to its report stored.",
                LONG_SECONDS),
            metrics.histogram(
                "holdfast_probe_seconds",
                "From the instant that a probe was due to its report stored.",
                LONG_SECONDS));
    engine.ingest().onEnded(meter::ended);
    metrics.counter(
        "holdfast_probe_failures_total",
        "Probes that ended, and neither in success nor skipped.",
        meter::failures);
    metrics.gauge(
        "holdfast_probe_instances",
        "Instances that are probed, each as often as associations probe it.",
        number(fleet -> (double) fleet.probes().probed()));
    metrics.gauge(
        "holdfast_probe_late_instances",
        "Those of them without a success since a tick that should be stored by now.",
        number(fleet -> (double) fleet.probes().late()));
    metrics.gauge(
        "holdfast_probe_oldest_success_seconds",
        "How long ago the probed instance succeeded for which that is longest; 0 if none is"
            + " probed.",
        number(fleet -> Figures.seconds(fleet.probes().oldest())));
  }

  private java.util.function.DoubleSupplier number(Function<Fleet, Double> which) {
    return () -> figures.now().map(which).orElse(Double.NaN);
  }

  private double age(Optional<Instant> since) {
    return since
        .map(at -> Duration.between(at, timers.now()))
        .filter(Duration::isPositive)
        .map(Figures::seconds)
        .orElse(0.0);
  }

  private static double epoch(Instant at) {
    return at.toEpochMilli() / 1e3;
  }
}
