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
   * The first instant strictly after a moment.
   *
   * @param after the moment
   * @param anchor when the schedule was set: rates count from it, and a cron day with an offset
   *     counts only if its base day lies after it
   * @return empty if it never fires again
   */
  Optional<Instant> next(Instant after, Instant anchor);

  /**
   * A cron expression in a time zone.
   *
   * @param offsetDays days after the day that the expression names, 0 to 6
   */
  record Cron(CronFields fields, ZoneId zone, int offsetDays) implements Schedule {

    @Override
    public Optional<Instant> next(Instant after, Instant anchor) {
      if (offsetDays == 0) {
        return CronInstants.next(fields, zone, after);
      }
      Instant base = after.minus(Duration.ofDays(offsetDays + 1L));
      base = base.isBefore(anchor) ? anchor : base;
      Optional<Instant> next = CronInstants.next(fields, zone, base);
      while (next.isPresent()) {
        Instant shifted =
            CronInstants.resolve(
                next.get().atZone(zone).toLocalDateTime().plusDays(offsetDays), zone);
        if (shifted.isAfter(after)) {
          return Optional.of(shifted);
        }
        next = CronInstants.next(fields, zone, next.get());
      }
      return Optional.empty();
    }
  }

  /** Every so often, counted from the anchor: it never drifts. */
  record Rate(Duration every) implements Schedule {

    @Override
    public Optional<Instant> next(Instant after, Instant anchor) {
      Instant from = Instant.ofEpochSecond(anchor.getEpochSecond());
      long period = every.toSeconds();
      if (after.isBefore(from)) {
        return Optional.of(from.plusSeconds(period));
      }
      long passed = Duration.between(from, after).toSeconds() / period;
      return Optional.of(from.plusSeconds((passed + 1) * period));
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
