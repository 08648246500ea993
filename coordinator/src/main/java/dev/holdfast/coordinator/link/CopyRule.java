package dev.holdfast.coordinator.link;

import dev.holdfast.task.IdentityLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether an instance is on two machines: pure. Each process of an agent has a name of its own. A
 * process whose place another took does not come back, since it is dead: not after a restart, not
 * after a reboot, not while an old connection is still half open. At most what a dead one had sent
 * may come late, and that makes the living one come back once. So when those who lost their place
 * come back again and again, more than one of them lives.
 *
 * @param newest the process that was heard last; empty before the first
 * @param earlier those before it, the newest last; at most {@link IdentityLimits#MAX_PROCESSES}
 * @param returns when one came back that had lost its place, in monotonic time
 */
record CopyRule(String newest, List<String> earlier, List<Duration> returns) {
  /** Nothing was heard. */
  static final CopyRule NONE = new CopyRule("", List.of(), List.of());

  /** So many times in {@link #COUNTS}, and it is on two machines. */
  static final int TOO_MANY = 3;

  /** For how long a return counts. */
  static final Duration COUNTS = Duration.ofMinutes(10);

  /** Copies. */
  CopyRule {
    earlier = List.copyOf(earlier);
    returns = List.copyOf(returns);
  }

  /** What is known once a process said hello; one without a name says nothing. */
  CopyRule heard(String process, Duration uptime) {
    if (process.isEmpty() || process.equals(newest)) {
      return this;
    }
    List<Duration> counted = new ArrayList<>(returns);
    counted.removeIf(at -> at.plus(COUNTS).compareTo(uptime) <= 0);
    List<String> before = new ArrayList<>(earlier);
    if (before.remove(process)) {
      counted.add(uptime);
    }
    if (!newest.isEmpty()) {
      before.add(newest);
    }
    if (before.size() > IdentityLimits.MAX_PROCESSES) {
      before.removeFirst();
    }
    return new CopyRule(process, before, counted);
  }

  /** Whether it is on two machines. */
  boolean copied() {
    return returns.size() >= TOO_MANY;
  }
}
