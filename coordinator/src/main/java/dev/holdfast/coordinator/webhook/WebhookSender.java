package dev.holdfast.coordinator.webhook;

import dev.holdfast.coordinator.store.EventLog;
import dev.holdfast.coordinator.store.Store;
import dev.holdfast.coordinator.store.Webhooks;
import dev.holdfast.coordinator.store.Webhooks.Condition;
import dev.holdfast.coordinator.store.Webhooks.Webhook;
import dev.holdfast.coordinator.trust.ParameterKeys;
import dev.holdfast.task.Limits;
import dev.holdfast.task.Timers;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the log for the webhooks: of each one event is on its way at a time, and the next follows
 * when it was taken, so that they come in order. What was taken is noted before the next is sent; a
 * crash in between sends it again. All but the sending goes on on the thread of the timers.
 */
public final class WebhookSender {
  /** How long after a commit the log is read: what comes close together is read at once. */
  static final Duration GATHER = Duration.ofMillis(100);

  /** How long it waits when the store could not be used. */
  static final Duration RETRY = Duration.ofSeconds(5);

  /** Events that are looked through at once. */
  static final int EVENTS_AT_ONCE = 500;

  private static final Logger LOG = LoggerFactory.getLogger("webhook");

  private final Store store;
  private final ParameterKeys keys;
  private final Timers timers;
  private final Executor network;
  private final Poster poster;
  private final AtomicBoolean woken = new AtomicBoolean();
  private final Map<String, Long> looked = new HashMap<>();
  private final Set<String> underWay = new HashSet<>();
  private Timers.Timer next = () -> {};

  /**
   * Sends nothing before {@link #start}.
   *
   * @param network where it is sent; takes as long as the network
   */
  public WebhookSender(
      Store store, ParameterKeys keys, Timers timers, Executor network, Poster poster) {
    this.store = store;
    this.keys = keys;
    this.timers = timers;
    this.network = network;
    this.poster = poster;
  }

  /** Begins to follow the log. */
  public void start() {
    store.onCommit(this::wake);
    wake();
  }

  private void wake() {
    if (woken.compareAndSet(false, true)) {
      timers.after(
          GATHER,
          () -> {
            woken.set(false);
            work();
          });
    }
  }

  private void work() {
    next.cancel();
    try {
      Duration soonest = WebhookRule.LONGEST_WAIT;
      List<Webhook> all = store.read(read -> Webhooks.list(read, "", Limits.MAX_WEBHOOKS));
      looked.keySet().retainAll(all.stream().map(WebhookSender::key).toList());
      for (Webhook hook : all) {
        Duration wait = consider(hook).orElse(soonest);
        soonest = wait.compareTo(soonest) < 0 ? wait : soonest;
      }
      if (!all.isEmpty()) {
        arm(soonest);
      }
    } catch (RuntimeException e) {
      LOG.error("webhooks could not be looked after; trying again", e);
      arm(RETRY);
    }
  }

  private static String key(Webhook hook) {
    return hook.name() + " " + hook.serial();
  }

  /** Sends the next event of one; when to look again, if not at the next commit. */
  private Optional<Duration> consider(Webhook hook) {
    if (hook.state().condition() == Condition.GIVEN_UP || underWay.contains(key(hook))) {
      return Optional.empty();
    }
    Duration left = WebhookRule.until(hook.state(), timers.now());
    if (!left.isZero()) {
      return Optional.of(left);
    }
    long from = Math.max(hook.position(), looked.getOrDefault(key(hook), 0L));
    List<EventLog.Event> events = store.read(read -> EventLog.after(read, from, EVENTS_AT_ONCE));
    Optional<EventLog.Event> found =
        events.stream().filter(event -> hook.types().contains(event.type())).findFirst();
    if (found.isPresent()) {
      send(hook, found.get());
      return Optional.empty();
    }
    if (!events.isEmpty()) {
      long through = events.getLast().position();
      looked.put(key(hook), through);
      if (through - hook.position() >= EVENTS_AT_ONCE) {
        note(hook, through, hook.state());
      }
    }
    return events.size() == EVENTS_AT_ONCE ? Optional.of(Duration.ZERO) : Optional.empty();
  }

  private void send(Webhook hook, EventLog.Event event) {
    underWay.add(key(hook));
    Optional<Delivery> delivery = delivery(hook, event);
    network.execute(
        () -> {
          Optional<String> refused =
              delivery.isPresent()
                  ? poster.post(
                      hook.url(), delivery.get().headers(), delivery.get().body().toByteArray())
                  : Optional.of("its secret does not decrypt; put the webhook again");
          timers.after(Duration.ZERO, () -> sent(hook, event, refused));
        });
  }

  private Optional<Delivery> delivery(Webhook hook, EventLog.Event event) {
    return keys.opened(Webhooks.sealedAs(hook.name()), hook.serial(), hook.secret())
        .map(secret -> Delivery.of(event, secret, timers.now()));
  }

  private void sent(Webhook hook, EventLog.Event event, Optional<String> refused) {
    underWay.remove(key(hook));
    try {
      if (refused.isEmpty()) {
        note(hook, event.position(), WebhookRule.taken(hook.state(), timers.now()));
      } else {
        Webhooks.State state = WebhookRule.refused(hook.state(), cut(refused.get()), timers.now());
        if (state.condition() != hook.state().condition()) {
          LOG.warn(
              "webhook={} condition={} event={} reason={}",
              hook.name(),
              state.condition(),
              event.position(),
              state.message());
        }
        note(hook, event.position() - 1, state);
      }
      work();
    } catch (RuntimeException e) {
      LOG.error("what became of a webhook could not be noted; it is sent again", e);
      arm(RETRY);
    }
  }

  private void note(Webhook hook, long position, Webhooks.State state) {
    store.write(
        write -> {
          Webhooks.progress(
              write, hook.name(), hook.serial(), Math.max(position, hook.position()), state);
          return true;
        });
  }

  private void arm(Duration delay) {
    next.cancel();
    next = timers.after(delay, this::work);
  }

  private static String cut(String message) {
    return message.length() <= Limits.MAX_WEBHOOK_MESSAGE
        ? message
        : message.substring(0, Limits.MAX_WEBHOOK_MESSAGE);
  }
}
