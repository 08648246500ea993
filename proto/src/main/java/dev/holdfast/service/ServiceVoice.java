package dev.holdfast.service;

import dev.holdfast.service.ServiceRule.Said;
import dev.holdfast.service.ServiceRule.Situation;
import dev.holdfast.service.ServiceRule.Word;
import dev.holdfast.task.Timers;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the service manager how the program stands, from the moment that it is ready until it
 * stops. It never holds the program up and never fails it: what is not taken is told again.
 *
 * <p>If the thread of its timers stands still it is silent, and so it is, as to the watchdog, if
 * nobody completes a round any more; then the service manager does with the program what it was
 * told to do with one that hangs.
 */
public final class ServiceVoice {
  private static final Logger LOG = LoggerFactory.getLogger("service");

  private final Notices notices;
  private final Optional<Duration> watchdog;
  private final Timers timers;
  private final Rounds rounds;
  private final Supplier<String> status;
  private Said said = Said.NOTHING;
  private boolean ready;

  /**
   * A voice that says nothing yet.
   *
   * @param watchdog within which time the manager wants to hear that the program lives
   * @param timers on whose thread it looks
   * @param status what the program is about, in a line for people; asked on that thread
   */
  ServiceVoice(
      Notices notices,
      Optional<Duration> watchdog,
      Timers timers,
      Rounds rounds,
      Supplier<String> status) {
    this.notices = notices;
    this.watchdog = watchdog;
    this.timers = timers;
    this.rounds = rounds;
    this.status = status;
  }

  /**
   * A voice, if a service manager listens.
   *
   * @param environment of this process
   * @param pid of this process
   * @param timers made only if one listens; on whose thread it looks
   * @param status what the program is about, in a line for people; asked on that thread
   */
  public static Optional<ServiceVoice> of(
      Map<String, String> environment,
      long pid,
      Supplier<Timers> timers,
      Rounds rounds,
      Supplier<String> status) {
    if (!environment.containsKey("NOTIFY_SOCKET")
        || !System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("linux")) {
      return Optional.empty();
    }
    Surroundings around = Surroundings.of(environment, pid);
    if (around.socket().isEmpty()) {
      LOG.warn("NOTIFY_SOCKET is no path and no name of a local socket; nobody is told anything");
      return Optional.empty();
    }
    return Optional.of(
        new ServiceVoice(
            new DatagramNotices(around.socket().get()),
            around.watchdog(),
            timers.get(),
            rounds,
            status));
  }

  /** The program is ready. From any thread; repeats are harmless. */
  public synchronized void ready() {
    if (!ready) {
      ready = true;
      timers.after(Duration.ZERO, this::look);
    }
  }

  /** The program begins to stop: the last that is said. From any thread. */
  public synchronized void stopping() {
    say(new Situation(ready, true, "stopping", said.rounds()));
  }

  private void look() {
    Situation now = new Situation(true, false, line(), rounds.completed());
    synchronized (this) {
      if (said.stopping()) {
        return;
      }
      boolean taken = say(now);
      timers.after(ServiceRule.wait(watchdog, taken), this::look);
    }
    if (watchdog.isPresent()) {
      rounds.ask();
    }
  }

  private String line() {
    try {
      return status.get();
    } catch (RuntimeException e) {
      return "cannot tell: " + e;
    }
  }

  private synchronized boolean say(Situation now) {
    Word word = ServiceRule.next(watchdog.isPresent(), said, now);
    if (!word.message().isEmpty() && !notices.tell(word.message())) {
      LOG.debug("the service manager did not take a message");
      return false;
    }
    said = word.after();
    return true;
  }
}
