package dev.holdfast.coordinator.trust;

import dev.holdfast.task.Limits;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * Counts wrong codes of each activation, and locks one for which too many come. In memory: codes
 * have 256 bits, so a lock is an alarm rather than the protection. Only activations that exist are
 * counted, so there are never more entries than activations. Thread-safe.
 */
final class WrongCodes {
  private static final int MANY = 1_000;

  private final Map<String, Deque<Duration>> wrong = new HashMap<>();
  private final Map<String, Duration> lockedUntil = new HashMap<>();

  /** Whether an activation is locked. */
  synchronized boolean locked(String activation, Duration uptime) {
    Duration until = lockedUntil.get(activation);
    if (until != null && uptime.compareTo(until) >= 0) {
      lockedUntil.remove(activation);
      return false;
    }
    return until != null;
  }

  /** Counts a wrong code; whether it locks the activation now. */
  synchronized boolean count(String activation, Duration uptime) {
    if (locked(activation, uptime)) {
      return false;
    }
    if (wrong.size() >= MANY) {
      wrong.values().removeIf(times -> old(times.getLast(), uptime));
    }
    Deque<Duration> times = wrong.computeIfAbsent(activation, _ -> new ArrayDeque<>());
    times.removeIf(time -> old(time, uptime));
    times.add(uptime);
    if (times.size() < Limits.WRONG_CODES) {
      return false;
    }
    wrong.remove(activation);
    lockedUntil.put(activation, uptime.plus(Limits.WRONG_CODES_TIME));
    return true;
  }

  private static boolean old(Duration time, Duration uptime) {
    return time.plus(Limits.WRONG_CODES_TIME).compareTo(uptime) <= 0;
  }
}
