package dev.holdfast.coordinator.watch;

import dev.holdfast.coordinator.ingest.RunEnd;
import dev.holdfast.coordinator.store.Runs;
import dev.holdfast.report.RunStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Measures delivery by the runs of probes: from the instant that was due, to the start on the host,
 * to the report stored. Starts and ends are by the host's clock.
 */
public final class ProbeMeter {
  private final Supplier<Instant> clock;
  private final Consumer<Duration> start;
  private final Consumer<Duration> report;
  private final Consumer<Duration> whole;
  private final LongAdder failures = new LongAdder();

  /**
   * @param clock the coordinator's wall clock, from any thread
   * @param start takes how long after it was due a probe started
   * @param report takes how long after its end its report was stored
   * @param whole takes how long after it was due its report was stored
   */
  public ProbeMeter(
      Supplier<Instant> clock,
      Consumer<Duration> start,
      Consumer<Duration> report,
      Consumer<Duration> whole) {
    this.clock = clock;
    this.start = start;
    this.report = report;
    this.whole = whole;
  }

  /** A run has ended and is stored; only those of probes count. From any thread. */
  public void ended(RunEnd end) {
    Runs.Run run = end.run();
    if (!end.document().equals(ProbeRule.DOCUMENT)) {
      return;
    }
    if (run.status() != RunStatus.SUCCESS) {
      if (run.status() != RunStatus.SKIPPED) {
        failures.increment();
      }
      return;
    }
    Instant stored = clock.get();
    run.started().ifPresent(at -> start.accept(Duration.between(end.due(), at)));
    run.ended().ifPresent(at -> report.accept(Duration.between(at, stored)));
    whole.accept(Duration.between(end.due(), stored));
  }

  /** Probes that started, or should have, and ended otherwise than in success. */
  public long failures() {
    return failures.sum();
  }
}
