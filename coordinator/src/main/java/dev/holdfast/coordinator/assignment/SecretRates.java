package dev.holdfast.coordinator.assignment;

import dev.holdfast.association.InstanceId;
import dev.holdfast.task.Limits;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** How often each instance may ask for SecureStrings. Thread-safe. */
final class SecretRates {
  /** Instances that are counted at once; the one that asked longest ago is forgotten. */
  static final int MAX_INSTANCES = 200_000;

  private static final double A_NANOSECOND = Limits.SECRET_FETCHES_A_MINUTE / 60e9;

  private final Map<InstanceId, Bucket> buckets =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<InstanceId, Bucket> eldest) {
          return size() > MAX_INSTANCES;
        }
      };

  private record Bucket(double left, Duration filled) {}

  /**
   * Whether it may ask once more.
   *
   * @param uptime now, in monotonic time
   */
  synchronized boolean admits(InstanceId instance, Duration uptime) {
    Bucket before =
        buckets.getOrDefault(instance, new Bucket(Limits.SECRET_FETCHES_AT_ONCE, uptime));
    double left =
        Math.min(
            Limits.SECRET_FETCHES_AT_ONCE,
            before.left + uptime.minus(before.filled).toNanos() * A_NANOSECOND);
    buckets.put(instance, new Bucket(left < 1 ? left : left - 1, uptime));
    return left >= 1;
  }
}
