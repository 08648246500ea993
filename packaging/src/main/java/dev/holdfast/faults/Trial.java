package dev.holdfast.faults;

import dev.holdfast.system.Rig;
import dev.holdfast.system.Scratch;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * One run of one case: its scale and its randomness, a folder of its own, the figures, and what did
 * not hold. What a case registers is closed when it ends, the newest first.
 */
final class Trial implements AutoCloseable {
  /** Lines of each program that are told of a case that failed. */
  private static final int SAID = 15;

  private final Scale scale;
  private final RandomGenerator random;
  private final Scratch scratch = Scratch.make("holdfast-fault");
  private final Map<Figure, Double> figures = new EnumMap<>(Figure.class);
  private final Map<String, Object> notes = new LinkedHashMap<>();
  private final List<String> broken = new ArrayList<>();
  private final List<String> said = new ArrayList<>();
  private final Deque<AutoCloseable> open = new ArrayDeque<>();

  Trial(Scale scale, long seed) {
    this.scale = scale;
    this.random = new SplittableRandom(seed);
  }

  /** Says that this machine can't do the case. */
  static final class SkippedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    SkippedException(String reason) {
      super(reason);
    }
  }

  Scale scale() {
    return scale;
  }

  /** From the seed that is printed. */
  RandomGenerator random() {
    return random;
  }

  /** A folder that only we can enter; it goes with the trial. */
  Path folder() {
    return scratch.folder();
  }

  /** Closes that at the end, also if the case fails. */
  <T extends AutoCloseable> T closing(T resource) {
    open.push(resource);
    return resource;
  }

  /** Ends the case unless this machine can do what it needs. */
  void needs(boolean can, String what) {
    if (!can) {
      throw new SkippedException(what);
    }
  }

  /** Ends the case unless this program is here. */
  void needsProgram(String name) {
    needs(
        List.of("/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/local/bin").stream()
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, name))),
        "there is no " + name + " here");
  }

  /** Notes what does not hold; the case goes on. */
  void require(boolean holds, String otherwise) {
    if (!holds) {
      broken.add(otherwise);
    }
  }

  /** The same of a time, but at the smallest scale: that runs beside all else, on any machine. */
  void requireInTime(boolean holds, String otherwise) {
    require(holds || scale == Scale.SMOKE, otherwise);
  }

  /** Sets a figure. */
  void figure(Figure figure, double value) {
    figures.put(figure, value);
  }

  /** Adds to a figure. */
  void count(Figure figure, double more) {
    figures.merge(figure, more, Double::sum);
  }

  /** Keeps the larger one. */
  void largest(Figure figure, double value) {
    figures.merge(figure, value, Math::max);
  }

  /** A figure of this case alone. */
  void note(String name, Object value) {
    notes.put(name, value);
  }

  /** What the programs of its rigs said last, once it is closed. */
  List<String> said() {
    return said;
  }

  /** What came of it. */
  Result result() {
    List<String> all = new ArrayList<>(broken);
    for (Figure never : List.of(Figure.LOST, Figure.STARTED_TWICE)) {
      if (figures.getOrDefault(never, 0.0) != 0) {
        all.add(never.text() + " is not 0");
      }
    }
    return new Result(all, figures, notes);
  }

  /**
   * What came of a trial.
   *
   * @param broken what did not hold
   */
  record Result(List<String> broken, Map<Figure, Double> figures, Map<String, Object> notes) {
    Result {
      broken = List.copyOf(broken);
      figures = Map.copyOf(figures);
      notes = new LinkedHashMap<>(notes);
    }

    /** All figures in one line; those that the case could not take are a dash. */
    String line() {
      StringBuilder line = new StringBuilder();
      for (Figure figure : Figure.values()) {
        line.append(figure.text()).append(' ');
        Double value = figures.get(figure);
        line.append(value == null ? "-" : number(value)).append("  ");
      }
      notes.forEach((name, value) -> line.append(name).append(' ').append(value).append("  "));
      return line.toString().strip();
    }

    private static String number(double value) {
      return value == Math.rint(value) ? Long.toString((long) value) : "%.1f".formatted(value);
    }
  }

  @Override
  public void close() {
    RuntimeException failed = null;
    while (!open.isEmpty()) {
      try {
        AutoCloseable resource = open.pop();
        if (resource instanceof Rig rig) {
          said.addAll(rig.lastLines(SAID));
        }
        resource.close();
      } catch (Exception e) {
        failed = new IllegalStateException("cannot clear up: " + e, e);
      }
    }
    scratch.close();
    if (failed != null) {
      throw failed;
    }
  }
}
