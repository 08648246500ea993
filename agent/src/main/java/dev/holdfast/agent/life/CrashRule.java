package dev.holdfast.agent.life;

import dev.holdfast.task.RunLimits;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Decides what follows from the crashes of an agent. Pure.
 *
 * @param parkAfter crashes within {@link RunLimits#CRASH_WINDOW} with the same run in progress
 *     after which its association is parked; 0: never
 * @param safeModeAfter crashes within that time after which nothing runs; 0: never
 */
public record CrashRule(int parkAfter, int safeModeAfter) {
  /** What holds unless the host is configured otherwise. */
  public static final CrashRule DEFAULT =
      new CrashRule(RunLimits.CRASHES_TO_PARK, RunLimits.CRASHES_TO_SAFE_MODE);

  /** Nothing follows from a crash: for agents that are killed on purpose. */
  public static final CrashRule NEVER = new CrashRule(0, 0);

  /**
   * An end that nobody asked for.
   *
   * @param at when the next life began
   * @param run that was in progress and began last; empty if none was
   */
  public record Crash(Instant at, Optional<Suspect> run) {}

  /**
   * What follows.
   *
   * @param park the run whose association is to be parked
   * @param safeMode whether nothing is to run
   */
  public record Verdict(Optional<Suspect> park, boolean safeMode) {}

  /**
   * Those of the crashes that still count: an older one is over, one of the future no reckoning.
   */
  static List<Crash> recent(List<Crash> crashes, Instant now) {
    return crashes.stream()
        .filter(
            crash ->
                !crash.at().isAfter(now) && crash.at().isAfter(now.minus(RunLimits.CRASH_WINDOW)))
        .toList();
  }

  /** What follows from the newest of these crashes. */
  Verdict decide(List<Crash> crashes, Instant now) {
    List<Crash> recent = recent(crashes, now);
    Optional<Suspect> newest = recent.isEmpty() ? Optional.empty() : recent.getLast().run();
    long same =
        newest
            .map(
                run ->
                    recent.stream()
                        .filter(crash -> crash.run().filter(run::sameRun).isPresent())
                        .count())
            .orElse(0L);
    return new Verdict(
        newest.filter(_ -> parkAfter > 0 && same >= parkAfter),
        safeModeAfter > 0 && recent.size() >= safeModeAfter);
  }
}
