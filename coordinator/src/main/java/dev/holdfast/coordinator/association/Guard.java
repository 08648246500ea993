package dev.holdfast.coordinator.association;

import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.admin.Refusal;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Counts on how many instances one change would run at once, and refuses more than were foreseen.
 */
final class Guard {
  private final int instances;
  private final int acknowledged;
  private final Set<InstanceId> running = new TreeSet<>();
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
   * @param splaySeconds over which they are spread; then they don't count
   */
  void change(List<InstanceId> members, int splaySeconds) {
    if (splaySeconds == 0) {
      running.addAll(members);
      spreadable = true;
    }
  }

  /** These came in, and run without any splay. */
  void enter(Set<InstanceId> came) {
    running.addAll(came);
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
              + (spreadable ? ", or schedule_splay_seconds" : ""),
          List.of(
              new Refusal.Finding(
                  "acknowledge_targets", "is " + acknowledged + "; " + count + " is needed")));
    }
  }
}
