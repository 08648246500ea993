package dev.holdfast.coordinator.execution;

import dev.holdfast.coordinator.store.Associations.InForce;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The schedules that were in force, one after the other: a tick is judged by the one of its own
 * instant, so that an edit does not rewrite what was.
 *
 * @param schedules oldest first
 */
record Timeline(List<InForce> schedules) {

  Timeline {
    schedules = List.copyOf(schedules);
  }

  /** From when ticks counted at this instant; after all time if there were none then. */
  Instant effectiveFrom(Instant tick) {
    return at(tick)
        .filter(schedule -> !schedule.enabled() || !schedule.expression().isEmpty())
        .map(InForce::from)
        .orElse(Instant.MAX);
  }

  /** Whether the association was disabled at this instant. */
  boolean disabled(Instant instant) {
    return at(instant).map(schedule -> !schedule.enabled()).orElse(false);
  }

  private Optional<InForce> at(Instant instant) {
    return schedules.stream()
        .filter(schedule -> !schedule.from().isAfter(instant))
        .reduce((_, later) -> later);
  }
}
