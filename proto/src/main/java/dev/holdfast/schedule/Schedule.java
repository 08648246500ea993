package dev.holdfast.schedule;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;

/**
 * When an association recurs. Instants are whole seconds, UTC, after the offset and before the
 * splay.
 */
public sealed interface Schedule {

  /**
   * The first instant strictly after a moment. Any moment is allowed, and the answer costs the same
   * however far away it lies.
   *
   * @param after the moment
   * @param anchor when the schedule was set: rates count from it, and a cron time with an offset
   *     counts only if the time that the expression itself names lies after it, by the clock of the
   *     zone
   * @return empty if it never fires again
   */
  Optional<Instant> next(Instant after, Instant anchor);

  /**
   * A cron expression in a time zone.
   *
   * @param offsetDays days after the day that the expression names, 0 to 6; the time of day is the
   *     one named
   */
  record Cron(CronFields fields, ZoneId zone, int offsetDays) implements Schedule {

    @Override
    public Optional<Instant> next(Instant after, Instant anchor) {
      return new CronInstants(fields, zone, offsetDays).next(after, anchor);
    }
  }

  /** Every so often, counted from the anchor: it never drifts. */
  record Rate(Duration every) implements Schedule {

    @Override
    public Optional<Instant> next(Instant after, Instant anchor) {
      long from = anchor.getEpochSecond();
      long period = every.toSeconds();
      long passed = after.getEpochSecond() < from ? 0 : (after.getEpochSecond() - from) / period;
      long next = from + (passed + 1) * period;
      return next > Instant.MAX.getEpochSecond()
          ? Optional.empty()
          : Optional.of(Instant.ofEpochSecond(next));
    }
  }

  /** Once. */
  record At(Instant at) implements Schedule {

    @Override
    public Optional<Instant> next(Instant after, Instant anchor) {
      return at.isAfter(after) ? Optional.of(at) : Optional.empty();
    }
  }
}
