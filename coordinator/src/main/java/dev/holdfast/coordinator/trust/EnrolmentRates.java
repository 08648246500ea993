package dev.holdfast.coordinator.trust;

import dev.holdfast.task.Limits;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How often hosts may ask to enrol, all together and from each source address. Not for this host
 * itself. Thread-safe.
 */
public final class EnrolmentRates {
  /** Source addresses that are counted at once; the one that asked longest ago is forgotten. */
  static final int MAX_ADDRESSES = 10_000;

  private final Settings settings;
  private final Map<String, Bucket> addresses =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
          return size() > MAX_ADDRESSES;
        }
      };
  private final Bucket all;

  /**
   * What is configured; each at least 1.
   *
   * @param addressASecond of one source address, in the long run
   * @param addressAtOnce of one source address, after a pause
   * @param allASecond of all sources
   */
  public record Settings(int addressASecond, int addressAtOnce, int allASecond) {
    /** Unless configured otherwise. */
    public static final Settings DEFAULT =
        new Settings(
            Limits.ENROLMENTS_A_SECOND, Limits.ENROLMENTS_AT_ONCE, Limits.ALL_ENROLMENTS_A_SECOND);

    /** Refuses what would let nobody in. */
    public Settings {
      if (addressASecond < 1 || addressAtOnce < 1 || allASecond < 1) {
        throw new IllegalArgumentException("rates of enrolment are at least 1");
      }
    }
  }

  /** With nothing asked yet. */
  public EnrolmentRates(Settings settings) {
    this.settings = settings;
    this.all = new Bucket(settings.allASecond);
  }

  /**
   * Whether one more may be tried.
   *
   * @param uptime now, in monotonic time
   */
  synchronized boolean admits(String address, Duration uptime) {
    if (Network.loopback(address)) {
      return true;
    }
    return addresses
            .computeIfAbsent(Network.source(address), _ -> new Bucket(settings.addressAtOnce))
            .take(uptime, settings.addressASecond, settings.addressAtOnce)
        && all.take(uptime, settings.allASecond, settings.allASecond);
  }

  private static final class Bucket {
    private double tokens;
    private Optional<Duration> filled = Optional.empty();

    Bucket(int tokens) {
      this.tokens = tokens;
    }

    boolean take(Duration now, int aSecond, int atMost) {
      Duration since = filled.map(now::minus).orElse(Duration.ZERO);
      tokens = Math.min(atMost, tokens + since.toNanos() / 1e9 * aSecond);
      filled = Optional.of(now);
      if (tokens < 1) {
        return false;
      }
      tokens--;
      return true;
    }
  }
}
