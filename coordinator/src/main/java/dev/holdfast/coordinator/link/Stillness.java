package dev.holdfast.coordinator.link;

import dev.holdfast.task.Limits;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Whether a link is over by itself, because nothing moves on it that should, or because who opened
 * it may not be here any more: pure. All times but {@code expires} are monotonic.
 *
 * @param opened when it was
 * @param greeted its hello was answered
 * @param stuckSince since when something waits for its agent and none of it is taken
 * @param storingSince since when reports wait and none is stored
 * @param lostAt when it is lost unless a message comes; empty while none is read
 * @param expires when the certificate does with which it was opened
 */
record Stillness(
    Duration opened,
    boolean greeted,
    Optional<Duration> stuckSince,
    Optional<Duration> storingSince,
    Optional<Duration> lostAt,
    Optional<Instant> expires) {

  /** Why it is over; empty if it is not. */
  Optional<String> over(Duration now, Instant clock) {
    String limit = Limits.LINK_PROGRESS.toSeconds() + " s";
    if (expires.filter(at -> !clock.isBefore(at)).isPresent()) {
      return Optional.of("its certificate has expired; come back by the key of this host");
    } else if (!greeted && longAgo(opened, now)) {
      return Optional.of("no hello was answered for " + limit);
    } else if (stuckSince.filter(since -> longAgo(since, now)).isPresent()) {
      return Optional.of("the agent took no message for " + limit);
    } else if (storingSince.filter(since -> longAgo(since, now)).isPresent()) {
      return Optional.of(
          "reports could not be stored for " + limit + "; connect and send them again");
    } else if (lostAt.filter(at -> now.compareTo(at) >= 0).isPresent()) {
      return Optional.of("two heartbeats are missing");
    }
    return Optional.empty();
  }

  private static boolean longAgo(Duration since, Duration now) {
    return now.compareTo(since.plus(Limits.LINK_PROGRESS)) >= 0;
  }
}
