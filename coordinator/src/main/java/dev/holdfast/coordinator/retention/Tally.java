package dev.holdfast.coordinator.retention;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/** How many rows have gone since the start. Any thread. */
final class Tally {
  private final Map<What, LongAdder> counts = new EnumMap<>(What.class);

  Tally() {
    for (What what : What.values()) {
      counts.put(what, new LongAdder());
    }
  }

  /** What goes. */
  enum What {
    RUNS,
    /** What the steps of a run put out; the run stays. */
    OUTPUTS,
    EXECUTIONS,
    /** How targets of executions ended. */
    TARGETS,
    /** Memberships that ended. */
    MEMBERSHIPS,
    /** What is left of associations that are deleted. */
    ASSOCIATIONS,
    FREEZES,
    EVENTS,
    AUDIT;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  void add(What what, int count) {
    counter(what).add(count);
  }

  long of(What what) {
    return counter(what).sum();
  }

  private LongAdder counter(What what) {
    return Objects.requireNonNull(counts.get(what));
  }
}
