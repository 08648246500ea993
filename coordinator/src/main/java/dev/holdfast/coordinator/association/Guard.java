package dev.holdfast.coordinator.association;

import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.admin.Refusal;
import dev.holdfast.wire.RateCodec;
import dev.holdfast.wire.v1.Association;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Counts on how many instances one change would run at once, and refuses more than were foreseen.
 */
final class Guard {
  private final int instances;
  private final int acknowledged;
  private final Set<InstanceId> running = new HashSet<>();
  private boolean spreadable;

  /**
   * For one change.
   *
   * @param instances more than this need an acknowledgement
   * @param acknowledged how many whoever asks has foreseen
   */
  Guard(int instances, int acknowledged) {
    this.instances = instances;
    this.acknowledged = acknowledged;
  }

  /**
   * These run what is executed now.
   *
   * @param members read only if they count
   * @param content if it has a splay or a concurrency they don't count
   */
  void change(Supplier<? extends Collection<InstanceId>> members, Association content) {
    if (content.getScheduleSplaySeconds() == 0) {
      enter(members.get(), content);
      spreadable = true;
    }
  }

  /** These came in, and run without any splay. */
  void enter(Collection<InstanceId> came, Association content) {
    if (RateCodec.of(content).concurrency().isEmpty()) {
      running.addAll(came);
    }
  }

  /** Forgets what was counted since; for a part of a change that was refused alone. */
  Runnable mark() {
    Set<InstanceId> before = new HashSet<>(running);
    boolean spreadableBefore = spreadable;
    return () -> {
      running.retainAll(before);
      spreadable = spreadableBefore;
    };
  }

  /** Refuses if these are too many. */
  void check() {
    int count = running.size();
    if (count > instances && acknowledged < count) {
      throw new Refusal(
          "BlastRadius",
          "this would run on "
              + count
              + " instances at once; set acknowledge_targets to at least "
              + count
              + (spreadable
                  ? ", or max_concurrency, or schedule_splay_seconds"
                  : ", or max_concurrency"),
          List.of(
              new Refusal.Finding(
                  "acknowledge_targets", "is " + acknowledged + "; " + count + " is needed")));
    }
  }
}
