package dev.holdfast.assignment;

import java.time.Instant;
import java.util.Optional;

/**
 * A time in which nothing starts by itself: ticks in it are skipped, what else is pending waits for
 * its end, and only manual starts go on. It stays known when its time is over, so that whoever was
 * off does not make up for its ticks.
 *
 * @param from the first moment of it
 * @param until its end, not in it any more; empty: until somebody ends it
 * @param reason why, in words
 * @param who set it
 */
public record Freeze(Instant from, Optional<Instant> until, String reason, String who) {

  /** Whether a moment lies in it. */
  public boolean covers(Instant moment) {
    return !moment.isBefore(from) && until.filter(end -> !moment.isBefore(end)).isEmpty();
  }
}
