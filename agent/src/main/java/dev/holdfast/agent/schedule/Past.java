package dev.holdfast.agent.schedule;

import dev.holdfast.association.Trigger;
import dev.holdfast.task.RunLimits;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * What the ledger knows of one association, as the agenda reads it. The sets are those of the
 * ledger itself: read them in the round in which they were given.
 *
 * @param handledThrough ticks up to this instant are started, skipped, or covered by another run
 * @param forgottenThrough the newest tick that was started or skipped and is no longer remembered
 * @param ticks started or skipped
 * @param others started triggers that are no ticks
 * @param catchUp missed ticks that one run will make up for
 * @param delay a pending {@code change:} that waits for its splay
 * @param again a trigger whose end nobody saw, to be started once more
 */
public record Past(
    Optional<Instant> handledThrough,
    Optional<Instant> forgottenThrough,
    TickSet ticks,
    Set<Trigger> others,
    Optional<CatchUp> catchUp,
    Optional<Delay> delay,
    Optional<Again> again) {

  /** Nothing ever happened. */
  public static final Past NONE =
      new Past(
          Optional.empty(),
          Optional.empty(),
          new TickSet(),
          Set.of(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());

  /**
   * Missed ticks that wait for the run that makes up for them.
   *
   * @param tick the newest of them, which will be the trigger
   * @param missed how many they are, at least 1
   * @param notBefore when the splay is over
   */
  public record CatchUp(Instant tick, int missed, Instant notBefore) {}

  /**
   * A pending trigger that waits for its splay.
   *
   * @param notBefore when the splay is over
   */
  public record Delay(Trigger trigger, Instant notBefore) {}

  /**
   * A trigger to be started once more.
   *
   * @param attempt the number that the next start gets
   * @param since when the start before it was
   */
  public record Again(
      Trigger trigger, int attempt, boolean caughtUp, int missedTicks, Instant since) {}

  /** Whether the trigger was started or skipped here. */
  public boolean knows(Trigger trigger) {
    return switch (trigger) {
      case Trigger.Tick(Instant at) -> ticks.contains(at);
      case Trigger.Change _, Trigger.Enter _, Trigger.Manual _ -> others.contains(trigger);
    };
  }

  /** Whether no later change or entry was started: it took the place of this one. */
  boolean isNewest(Trigger trigger) {
    Place place = Place.of(trigger).orElseThrow();
    return others.stream()
        .flatMap(known -> Place.of(known).stream())
        .noneMatch(known -> known.compareTo(place) > 0);
  }

  /**
   * Ticks up to this instant are done with. The newest known tick counts too: after the clock went
   * far back and forth again, an older tick than one that ran is not worth a run.
   */
  Instant doneThrough(Instant effectiveFrom, Instant now) {
    Instant done = effectiveFrom;
    done = later(done, handledThrough);
    done = later(done, ticks.newestUpTo(now));
    return later(
        done,
        forgottenThrough.filter(forgotten -> !forgotten.isAfter(now.plus(RunLimits.LEDGER_TIME))));
  }

  /** With the ticks handled through an earlier instant, and nothing missed after it. */
  Past rebasedTo(Instant now) {
    return new Past(
        Optional.of(now),
        forgottenThrough,
        ticks,
        others,
        catchUp.filter(waiting -> !waiting.tick().isAfter(now)),
        delay,
        again);
  }

  private static Instant later(Instant one, Optional<Instant> other) {
    return other.filter(instant -> instant.isAfter(one)).orElse(one);
  }
}
