package dev.holdfast.agent.schedule;

import dev.holdfast.association.AssociationId;
import dev.holdfast.task.RunLimits;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Tells ticks that are merely late from those that were missed. A tick is on time if, at the
 * instant at which it was due (splay included), this program was up and awake and the assignment
 * was in effect with the {@code effective_from} that it has now. It stays on time, however long a
 * slot of the host or a slow timer delays its start, until this program ends or the host falls
 * asleep: what has not started by then is missed. Every other due tick is missed.
 *
 * <p>Awake is judged by the wall clock: the work loop goes round at least every {@link
 * RunLimits#ROUND}, unless it said that it waits longer; if {@link RunLimits#ASLEEP_AFTER} or more
 * lie between two rounds, that much longer if it waits longer, then the host slept, the program was
 * stopped, or the clock was set forward: in each case nobody could act on what was due in between.
 * A clock that goes back makes nothing missed.
 *
 * <p>On the agent's own thread.
 */
public final class Watch {
  private final Map<AssociationId, Held> held = new HashMap<>();
  private Instant awakeSince;
  private Instant lastRound;
  private Duration longer = Duration.ZERO;

  /** From the start of this program's life. */
  public Watch(Instant start) {
    this.awakeSince = start;
    this.lastRound = start;
  }

  /**
   * One round of the work loop.
   *
   * @return for each plan, the instant from which its ticks are on time
   */
  public Map<AssociationId, Instant> round(Instant now, List<Plan> plans) {
    if (!now.isBefore(lastRound.plus(RunLimits.ASLEEP_AFTER).plus(longer))) {
      awakeSince = now;
    }
    awakeSince = earlier(awakeSince, now);
    lastRound = now;
    Map<AssociationId, Instant> onTimeFrom = new HashMap<>();
    Map<AssociationId, Held> still = new HashMap<>();
    for (Plan plan : plans) {
      Held before = held.get(plan.association());
      Instant since =
          before != null && before.effectiveFrom.equals(plan.effectiveFrom())
              ? earlier(before.since, now)
              : now;
      still.put(plan.association(), new Held(plan.effectiveFrom(), since));
      onTimeFrom.put(plan.association(), since.isAfter(awakeSince) ? since : awakeSince);
    }
    held.clear();
    held.putAll(still);
    return onTimeFrom;
  }

  /** The next round comes after this time, or sooner. */
  public void waits(Duration atMost) {
    Duration beyond = atMost.minus(RunLimits.ROUND);
    longer = beyond.isNegative() ? Duration.ZERO : beyond;
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }

  private record Held(Instant effectiveFrom, Instant since) {}
}
