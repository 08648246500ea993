package dev.holdfast.coordinator.link;

import dev.holdfast.task.Timers;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** What the links count of themselves. Counted on the owner's executor, read from any thread. */
public final class LinkFigures {
  private final Collection<Link> links;
  private final QuotaBook book;
  private final Reactor reactor;
  private final Timers timers;
  private final AtomicInteger settled = new AtomicInteger();
  private final AtomicLong adopted = new AtomicLong();
  private final List<Consumer<Duration>> acknowledged = new CopyOnWriteArrayList<>();
  private final List<Consumer<Duration>> pushed = new CopyOnWriteArrayList<>();

  /**
   * @param links those that are open, whoever comes and goes
   */
  LinkFigures(Collection<Link> links, QuotaBook book, Reactor reactor, Timers timers) {
    this.links = links;
    this.book = book;
    this.reactor = reactor;
    this.timers = timers;
  }

  /**
   * How those who are linked are there.
   *
   * @param online whose work loop goes round
   * @param silent whose work loop stands still
   */
  public record There(int online, int silent) {}

  /** Hears how long a batch of reports took, from its coming until its acknowledgement left. */
  public void onAcknowledged(Consumer<Duration> listener) {
    acknowledged.add(listener);
  }

  /** Hears how long a change took, from its commit until a linked instance told that it has it. */
  public void onPushed(Consumer<Duration> listener) {
    pushed.add(listener);
  }

  /** Links that are open. */
  public int open() {
    return links.size();
  }

  /** Those whose hello was acknowledged. */
  public int linked() {
    return count(Link::linked);
  }

  /** Those that hold what was wanted of them last. */
  public int settled() {
    return settled.get();
  }

  /** How often an agent has told that it holds what is wanted of it now. */
  public long adopted() {
    return adopted.get();
  }

  /** Links that were refused for being too many of one instance. */
  public long turnedAway() {
    return book.turnedAway();
  }

  /** Messages that were followed by a wait. */
  public long slowed() {
    return book.slowed();
  }

  /** How the linked are there. */
  public There there() {
    Duration uptime = timers.uptime();
    int online = 0;
    int silent = 0;
    for (Link link : links) {
      Optional<PresenceRule.Signs> signs = link.signs();
      if (signs.isPresent()) {
        switch (PresenceRule.of(new PresenceRule.Facts(signs, uptime, false, Duration.ZERO))) {
          case ONLINE -> online++;
          case SILENT -> silent++;
          case CONNECTION_LOST, UNKNOWN, INACTIVE -> {
            // its link will be ended
          }
        }
      }
    }
    return new There(online, silent);
  }

  /** For how long the one waits that has waited longest for what is wanted of it; zero if none. */
  public Duration oldestUnsettled() {
    return links.stream()
        .map(Link::waitsSince)
        .flatMap(Optional::stream)
        .min(Duration::compareTo)
        .map(since -> timers.uptime().minus(since))
        .filter(Duration::isPositive)
        .orElse(Duration.ZERO);
  }

  /** Events of the log for which nobody looked yet whom they concern. */
  public long unreadEvents() {
    return reactor.unreadEvents();
  }

  /** How long ago the oldest change was committed from which sets are still to be computed. */
  public Duration behind() {
    return reactor.behind();
  }

  private int count(Predicate<Link> which) {
    return Math.toIntExact(links.stream().filter(which).count());
  }

  void acknowledged(Duration took) {
    acknowledged.forEach(listener -> listener.accept(took));
  }

  void settled(boolean now, boolean told, Optional<Duration> changed) {
    settled.addAndGet(now ? 1 : -1);
    if (now && told) {
      adopted.incrementAndGet();
      changed.ifPresent(
          committed -> {
            Duration took = timers.uptime().minus(committed);
            pushed.forEach(listener -> listener.accept(took));
          });
    }
  }
}
