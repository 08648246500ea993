package dev.holdfast.agent.link;

import dev.holdfast.task.Timers;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells why there is no link: each reason once, and again after a while. */
final class FailureLog {
  private static final Logger LOG = LoggerFactory.getLogger("link");

  /** The same reason is told again after this. */
  private static final Duration QUIET = Duration.ofMinutes(1);

  private final Timers timers;
  private String last = "";
  private Duration lastTold = Duration.ZERO;

  FailureLog(Timers timers) {
    this.timers = timers;
  }

  /** A connection ended, or never came to be. */
  void tell(String why, Duration wait) {
    Duration now = timers.uptime();
    if (why.equals(last) && now.minus(lastTold).compareTo(QUIET) < 0) {
      return;
    }
    last = why;
    lastTold = now;
    LOG.warn("no link to the coordinator; trying again reason={} in-ms={}", why, wait.toMillis());
  }

  /** There is a link: the next failure is told, whatever it is. */
  void over() {
    last = "";
  }
}
