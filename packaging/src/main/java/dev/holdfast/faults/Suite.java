package dev.holdfast.faults;

import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Runs cases, one after the other, and prints what came of each. */
public final class Suite {
  /** After it a case has hung; nothing of it may take longer. */
  private static final Duration LONGEST = Duration.ofMinutes(20);

  private static final Duration LONGEST_FULL = Duration.ofHours(12);

  /** Takes hours on purpose, so it is run only when it is named. */
  private static final String SOAK = "R22";

  private final Scale scale;
  private final long seed;
  private final PrintStream out;

  /** A suite whose cases draw from this seed. */
  public Suite(Scale scale, long seed, PrintStream out) {
    this.scale = scale;
    this.seed = seed;
    this.out = out;
  }

  /** What became of a case. */
  sealed interface Verdict {
    /** All held. */
    record Passed() implements Verdict {}

    /** Something did not. */
    record Failed(List<String> broken) implements Verdict {
      /** Copies. */
      public Failed {
        broken = List.copyOf(broken);
      }
    }

    /** It could not be done here. */
    record Skipped(String reason) implements Verdict {}
  }

  /**
   * How many came to what.
   *
   * @param broken what did not hold, each with the case's name
   */
  public record Totals(int passed, int failed, int skipped, List<String> broken) {
    /** Copies. */
    public Totals {
      broken = List.copyOf(broken);
    }
  }

  /** The names of all cases. */
  public static List<String> known() {
    return Cases.all().stream().map(Case::id).toList();
  }

  /** Runs these cases. */
  public Totals run(List<String> ids) throws InterruptedException {
    out.println("scale " + scale.name().toLowerCase(Locale.ROOT) + ", seed " + seed);
    int passed = 0;
    int failed = 0;
    int skipped = 0;
    List<String> broken = new ArrayList<>();
    for (String id : ids) {
      switch (run(Cases.named(id))) {
        case Verdict.Passed _ -> passed++;
        case Verdict.Failed(var what) -> {
          failed++;
          what.forEach(one -> broken.add(id + ": " + one));
        }
        case Verdict.Skipped _ -> skipped++;
      }
    }
    out.println("passed " + passed + ", failed " + failed + ", skipped " + skipped);
    return new Totals(passed, failed, skipped, broken);
  }

  private Verdict run(Case one) throws InterruptedException {
    long began = System.nanoTime();
    Trial trial = new Trial(scale, seed);
    Verdict verdict = verdict(one, trial);
    String word =
        switch (verdict) {
          case Verdict.Passed _ -> "pass";
          case Verdict.Failed _ -> "FAIL";
          case Verdict.Skipped(var reason) -> "skipped: " + reason;
        };
    out.printf(
        Locale.ROOT,
        "%s %s (%.1f s): %s%n",
        one.id(),
        word,
        (System.nanoTime() - began) / 1e9,
        one.claim());
    if (!(verdict instanceof Verdict.Skipped)) {
      out.println("    " + trial.result().line());
    }
    if (verdict instanceof Verdict.Failed(var broken)) {
      broken.forEach(what -> out.println("    broken: " + what));
      trial.said().forEach(line -> out.println("    said: " + line));
    }
    return verdict;
  }

  private Verdict verdict(Case one, Trial trial) throws InterruptedException {
    FutureTask<Trial.Result> task =
        new FutureTask<>(
            () -> {
              one.run(trial);
              return trial.result();
            });
    Thread thread = Thread.ofPlatform().name(one.id()).start(task);
    List<String> broken = new ArrayList<>();
    try {
      Duration longest = scale == Scale.FULL ? LONGEST_FULL : LONGEST;
      broken.addAll(task.get(longest.toSeconds(), TimeUnit.SECONDS).broken());
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Trial.SkippedException skipped) {
        trial.close();
        return new Verdict.Skipped(String.valueOf(skipped.getMessage()));
      }
      broken.addAll(trial.result().broken());
      broken.add("the case itself failed: " + told(Objects.requireNonNullElse(e.getCause(), e)));
    } catch (TimeoutException e) {
      broken.add("it hung");
      thread.interrupt();
      thread.join(Duration.ofSeconds(30));
    }
    try {
      trial.close();
    } catch (RuntimeException e) {
      broken.add(told(e));
    }
    return broken.isEmpty() ? new Verdict.Passed() : new Verdict.Failed(broken);
  }

  private static String told(Throwable failure) {
    StringBuilder text = new StringBuilder(String.valueOf(failure));
    for (StackTraceElement frame : failure.getStackTrace()) {
      if (frame.getClassName().startsWith("dev.holdfast.")) {
        text.append("\n      at ").append(frame);
      }
    }
    return text.toString();
  }

  /**
   * {@code packaging/faults/run [--scale smoke|hour|full] [--seed N] [--list] [CASE...]}: exit code
   * 0 if nothing failed, 1 if something did, 2 if the call makes no sense.
   */
  public static void main(String[] arguments) throws InterruptedException {
    Scale scale = Scale.HOUR;
    long seed = System.nanoTime();
    List<String> ids = new ArrayList<>();
    try {
      for (int i = 0; i < arguments.length; i++) {
        switch (arguments[i]) {
          case "--scale" -> scale = Scale.valueOf(arguments[++i].toUpperCase(Locale.ROOT));
          case "--seed" -> seed = Long.parseLong(arguments[++i]);
          case "--list" -> {
            Cases.all().forEach(one -> System.out.println(one.id() + " " + one.claim()));
            return;
          }
          default -> ids.add(Cases.named(arguments[i].toUpperCase(Locale.ROOT)).id());
        }
      }
    } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
      System.err.println(
          "run: "
              + e.getMessage()
              + "; usage: run [--scale smoke|hour|full] [--seed N] [--list] [CASE...]");
      System.exit(2);
    }
    if (ids.isEmpty()) {
      Cases.all().stream().map(Case::id).filter(id -> !id.equals(SOAK)).forEach(ids::add);
    }
    if (new Suite(scale, seed, System.out).run(ids).failed() > 0) {
      System.exit(1);
    }
  }
}
