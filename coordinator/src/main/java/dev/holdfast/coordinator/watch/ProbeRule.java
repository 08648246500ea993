package dev.holdfast.coordinator.watch;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Decides how probes stand. Pure. */
public final class ProbeRule {
  /** The document that probes: whoever is associated with it is measured. */
  public static final String DOCUMENT = "Holdfast-Probe";

  private ProbeRule() {}

  /**
   * An instance that is probed by an association.
   *
   * @param since when it came to be probed
   * @param success when its probe last was successful, by its own clock
   * @param due the newest tick whose probe should be stored by now; {@link Instant#MIN} if none
   */
  record Probed(Instant since, Optional<Instant> success, Instant due) {}

  /**
   * How they stand together.
   *
   * @param probed how many there are
   * @param late how many of them have no success since a tick that should be stored by now
   * @param oldest how long ago the one succeeded, or came to be probed, for which that is longest;
   *     zero if there is none
   */
  public record Standing(int probed, int late, Duration oldest) {}

  static Standing standing(List<Probed> all, Instant now) {
    int late = (int) all.stream().filter(ProbeRule::late).count();
    Duration oldest =
        all.stream()
            .map(one -> Duration.between(one.success.orElse(one.since), now))
            .filter(Duration::isPositive)
            .max(Duration::compareTo)
            .orElse(Duration.ZERO);
    return new Standing(all.size(), late, oldest);
  }

  /** Who came after the tick owes nothing for it. */
  private static boolean late(Probed one) {
    return one.since.isBefore(one.due) && one.success.filter(at -> !at.isBefore(one.due)).isEmpty();
  }
}
