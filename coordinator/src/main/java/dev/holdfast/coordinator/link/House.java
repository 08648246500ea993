package dev.holdfast.coordinator.link;

import dev.holdfast.permit.PermitRequest;
import dev.holdfast.wire.agent.Report;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What a link needs of those who keep it. */
interface House {
  /** A hello came, from an address. */
  void greeted(Link link, String peerAddress, Greeting greeting);

  /** Reports came. */
  void reported(Link link, String spoolEpoch, List<Report> reports, long bytes);

  /** A run asks that associations start; {@link Link#refreshed} follows. */
  void refresh(Link link, long number, Refresher.Ask ask);

  /** It says what it asks permits for and holds. */
  void asks(Link link, PermitRequest request);

  /** A heartbeat or another message came, and the signs of life are new. */
  void heard(Link link);

  /** The work loop stopped, or moves again. */
  void moved(Link link, Presence presence);

  /** It holds what is wanted of it, or does not any more; as {@link Held.Settling} says it. */
  void settled(boolean settled, boolean told, Optional<Duration> changed);

  /** It is gone. */
  void ended(Link link);

  /**
   * A message came.
   *
   * @param bytes of it
   * @param results among the reports in it
   * @return for how long no other is to be read of its instance
   */
  Duration spent(Link link, long bytes, int results);

  /** What agents should be told now. */
  Pace pace();

  /**
   * Whether the reports of all links together leave room for more; if not, {@link Link#letNextCome}
   * is called when they do.
   */
  boolean roomy(Link link);
}
