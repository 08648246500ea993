package dev.holdfast.coordinator.permit;

import dev.holdfast.coordinator.execution.LostAfter;
import dev.holdfast.coordinator.store.Associations;
import dev.holdfast.coordinator.store.Executions.Execution;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.task.Sha256;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** How long a run of an execution may be silent: a revision's bytes never change, so it is kept. */
final class Patience {
  private static final int REMEMBERED = 1_000;

  private final Map<String, Duration> known =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Duration> eldest) {
          return size() > REMEMBERED;
        }
      };

  /** Of the revision of its trigger, or of the one in force if that takes longer. */
  Duration of(Read read, Execution execution) {
    Duration then = known.computeIfAbsent(execution.revisionSha256(), r -> LostAfter.of(read, r));
    Duration now =
        Associations.find(read, execution.association())
            .flatMap(Associations.Association::revision)
            .map(Sha256::hex)
            .map(hex -> known.computeIfAbsent(hex, r -> LostAfter.of(read, r)))
            .orElse(then);
    return now.compareTo(then) > 0 ? now : then;
  }
}
