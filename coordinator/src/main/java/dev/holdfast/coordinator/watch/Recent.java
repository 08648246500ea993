package dev.holdfast.coordinator.watch;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A value that costs something to find out, and may be a little old. However many ask, it is found
 * out by one of them at a time, and not more often than once in its life; who comes meanwhile gets
 * the one of before. Any thread.
 */
final class Recent<T> {
  private static final Logger LOG = LoggerFactory.getLogger("metrics");

  private final Supplier<T> source;
  private final Duration life;
  private final Supplier<Duration> uptime;
  private final ReentrantLock finding = new ReentrantLock();
  private volatile Optional<Known<T>> known = Optional.empty();
  private volatile Optional<Duration> tried = Optional.empty();

  /**
   * @param source finds it out; may fail, then the one of before stays
   * @param life how long it is shown
   * @param uptime monotonic time, from any thread
   */
  Recent(Supplier<T> source, Duration life, Supplier<Duration> uptime) {
    this.source = source;
    this.life = life;
    this.uptime = uptime;
  }

  private record Known<T>(T value, Duration at) {}

  /** The value; empty if it could never be found out. */
  Optional<T> get() {
    if (outdated() && finding.tryLock()) {
      try {
        if (outdated()) {
          find();
        }
      } finally {
        finding.unlock();
      }
    }
    return known.map(Known::value);
  }

  /** How old it is; empty if it could never be found out. */
  Optional<Duration> age() {
    return known.map(value -> uptime.get().minus(value.at));
  }

  private boolean outdated() {
    return tried.filter(at -> uptime.get().minus(at).compareTo(life) < 0).isEmpty();
  }

  private void find() {
    tried = Optional.of(uptime.get());
    try {
      known = Optional.of(new Known<>(source.get(), uptime.get()));
    } catch (RuntimeException e) {
      LOG.warn("figures could not be read; the older ones are shown reason={}", e.toString());
    }
  }
}
