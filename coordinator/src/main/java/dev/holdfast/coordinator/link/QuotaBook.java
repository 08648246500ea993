package dev.holdfast.coordinator.link;

import dev.holdfast.association.InstanceId;
import dev.holdfast.task.TransportLimits;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.UnaryOperator;

/**
 * What each instance may still send and whether it may come; a new link gives it no new allowance.
 * On the owner's executor, but for the counts.
 */
final class QuotaBook {
  private final Quotas quotas;
  private final Map<InstanceId, Allowance> allowances =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<InstanceId, Allowance> eldest) {
          return size() > TransportLimits.MAX_COUNTED_PEERS;
        }
      };
  private final LongAdder slowed = new LongAdder();
  private final LongAdder turnedAway = new LongAdder();

  QuotaBook(Quotas quotas) {
    this.quotas = quotas;
  }

  /** It wants a link: for how long it may have none; zero: it may, and that counts. */
  Duration link(InstanceId instance, Duration now) {
    Duration wait = of(instance, now).untilLink(now);
    if (wait.isZero()) {
      change(instance, now, allowance -> allowance.linked(now));
    } else {
      turnedAway.increment();
    }
    return wait;
  }

  /** A message came: for how long no other is to be read. */
  Duration received(InstanceId instance, long bytes, int results, Duration now) {
    change(instance, now, allowance -> allowance.received(bytes, results, now));
    Duration wait = of(instance, now).owed(now);
    if (!wait.isZero()) {
      slowed.increment();
    }
    return wait;
  }

  /** How many messages were followed by a wait. From any thread. */
  long slowed() {
    return slowed.sum();
  }

  /** How many links were refused for being too many. From any thread. */
  long turnedAway() {
    return turnedAway.sum();
  }

  private Allowance of(InstanceId instance, Duration now) {
    Allowance known = allowances.get(instance);
    return known == null ? Allowance.full(quotas, now) : known;
  }

  private void change(InstanceId instance, Duration now, UnaryOperator<Allowance> how) {
    allowances.put(instance, how.apply(of(instance, now)));
  }
}
