package dev.holdfast.agent.link;

import dev.holdfast.task.Timers;
import java.time.Instant;
import java.util.Optional;

/** When the link last did what. On the agent's own thread only. */
public final class Contact {
  private final Timers timers;
  private final Runnable settled;
  private String state = LinkMachine.Phase.IDLE.word();
  private Instant since;
  private Optional<Instant> heard = Optional.empty();
  private Optional<Instant> confirmed = Optional.empty();

  /**
   * @param settled called each time the set that is held is confirmed
   */
  Contact(Timers timers, Runnable settled) {
    this.timers = timers;
    this.settled = settled;
    this.since = timers.now();
  }

  /** Since when the link stands where it stands. */
  public Instant since() {
    return since;
  }

  /** When the coordinator said anything last; empty if it has not in this life of the agent. */
  public Optional<Instant> heard() {
    return heard;
  }

  /** When it was last sure that what is held is what is wanted; empty if not in this life. */
  public Optional<Instant> confirmed() {
    return confirmed;
  }

  void moved(LinkMachine.Phase phase) {
    if (!phase.word().equals(state)) {
      state = phase.word();
      since = timers.now();
    }
  }

  void hear() {
    heard = Optional.of(timers.now());
  }

  void settle() {
    confirmed = Optional.of(timers.now());
    settled.run();
  }
}
