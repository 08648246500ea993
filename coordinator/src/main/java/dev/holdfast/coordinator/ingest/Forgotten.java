package dev.holdfast.coordinator.ingest;

import dev.holdfast.association.Trigger;
import dev.holdfast.coordinator.store.Histories;
import dev.holdfast.coordinator.store.Histories.History;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What the store can't know since it came back from a backup: what happened between that and the
 * restore, and what agents went on with until they heard of it. Pure.
 *
 * @param epoch of the history in force
 * @param histories those that began by a restore, oldest first
 */
record Forgotten(long epoch, List<History> histories) {
  /** The store was never restored. */
  static final Forgotten NOTHING = new Forgotten(Histories.FIRST, List.of());

  /**
   * How long after a restore agents come back with what they did before it: one that stays away for
   * longer has to be approved anyway.
   */
  static final Duration LATEST = Duration.ofDays(90);

  /** Clocks of hosts that are behind. */
  private static final Duration SKEW = Duration.ofHours(1);

  Forgotten {
    histories = List.copyOf(histories);
  }

  /**
   * Whether a trigger is of an older history, and of a part of it that is not known any more.
   *
   * @param trigger a change or an enter; of others it can't be told
   */
  boolean older(Trigger trigger) {
    return switch (trigger) {
      case Trigger.Change(var of, var position) -> older(of, position);
      case Trigger.Enter(var of, var position) -> older(of, position);
      case Trigger.Tick _, Trigger.Manual _ -> false;
    };
  }

  private boolean older(long of, long position) {
    boolean known =
        of == Histories.FIRST || histories.stream().anyMatch(history -> history.epoch() == of);
    Optional<History> next = histories.stream().filter(history -> history.epoch() > of).findFirst();
    return of < epoch && (!known || next.filter(end -> position > end.position()).isPresent());
  }

  /** Whether what an agent did at a moment of its clock may be forgotten, if it tells of it now. */
  boolean about(Instant moment, Instant now) {
    return histories.stream()
        .anyMatch(
            history ->
                moment.isAfter(history.backedUp().minus(SKEW))
                    && now.isBefore(history.restored().plus(LATEST)));
  }
}
