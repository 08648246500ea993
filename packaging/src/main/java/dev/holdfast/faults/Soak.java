package dev.holdfast.faults;

import dev.holdfast.system.Rig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Hours of ordinary life, with a restart of the coordinator now and then. */
final class Soak implements Case {
  private static final Duration BETWEEN_SAMPLES = Duration.ofSeconds(5);

  /** Samples at the beginning that are not judged: programs load what they need. */
  private static final double WARMING = 0.2;

  @Override
  public String id() {
    return "R22";
  }

  @Override
  public String claim() {
    return "over hours under load and restarts nothing is lost, and the coordinator's memory,"
        + " descriptors and threads stay what they were";
  }

  @Override
  public void run(Trial trial) throws Exception {
    Duration length = Duration.ofSeconds(trial.scale().of(60, 1_200, 8 * 3_600));
    Duration life = length.dividedBy(trial.scale().of(1, 2, 8));
    Rig rig = Field.coordinator(trial, Field.OPEN_DOOR);
    Load load = Load.start(trial, rig, trial.scale().of(5, 50, 200), 2, 2);
    trial.require(load.moves(Duration.ofSeconds(60)), "nothing was acknowledged to begin with");
    double slope = 0;
    long end = System.nanoTime() + length.toNanos();
    while (System.nanoTime() < end) {
      slope = Math.max(slope, live(trial, rig, life));
      rig.coordinator().kill();
      trial.count(Figure.FAULTS, 1);
      rig.startCoordinator();
      trial.require(load.moves(Duration.ofMinutes(2)), "nothing is acknowledged after a restart");
    }
    trial.note("mb-an-hour", "%.2f".formatted(slope));
    // At the smallest scale a minute says nothing of an hour.
    trial.require(
        trial.scale() != Scale.FULL || slope < 1, "memory grows by " + slope + " MB an hour");
    load.judge(trial, 20);
  }

  /** One life of the coordinator; by how many MB an hour its memory grew. */
  private static double live(Trial trial, Rig rig, Duration length) throws InterruptedException {
    List<double[]> samples = new ArrayList<>();
    long pid = rig.coordinator().pid();
    long began = System.nanoTime();
    while (System.nanoTime() - began < length.toNanos()) {
      TimeUnit.MILLISECONDS.sleep(BETWEEN_SAMPLES.toMillis());
      double hours = (System.nanoTime() - began) / 3.6e12;
      samples.add(new double[] {hours, Memory.resident(pid), count(pid, "fd"), count(pid, "task")});
      trial.largest(Figure.PEAK_RSS, Memory.resident(pid));
    }
    List<double[]> warm = samples.subList((int) (samples.size() * WARMING), samples.size());
    for (int i = 2; i <= 3; i++) {
      double first = warm.getFirst()[i];
      double last = warm.getLast()[i];
      trial.require(
          last <= first * 1.1 + 10,
          (i == 2 ? "descriptors" : "threads") + " went from " + first + " to " + last);
    }
    return slope(warm);
  }

  /** The line through the samples that fits best. */
  private static double slope(List<double[]> samples) {
    double x = samples.stream().mapToDouble(sample -> sample[0]).average().orElse(0);
    double y = samples.stream().mapToDouble(sample -> sample[1]).average().orElse(0);
    double above = samples.stream().mapToDouble(s -> (s[0] - x) * (s[1] - y)).sum();
    double below = samples.stream().mapToDouble(s -> (s[0] - x) * (s[0] - x)).sum();
    return below == 0 ? 0 : above / below;
  }

  private static long count(long pid, String what) {
    try (Stream<Path> all = Files.list(Path.of("/proc", Long.toString(pid), what))) {
      return all.count();
    } catch (IOException e) {
      throw new UncheckedIOException("the coordinator is gone", e);
    }
  }
}
