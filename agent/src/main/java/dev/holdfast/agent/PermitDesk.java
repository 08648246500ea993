package dev.holdfast.agent;

import dev.holdfast.agent.link.Uplink;
import dev.holdfast.agent.schedule.Permits;
import dev.holdfast.agent.schedule.Waiting;
import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Trigger;
import dev.holdfast.permit.Permit;
import dev.holdfast.permit.PermitRequest;
import dev.holdfast.task.RunLimits;
import dev.holdfast.task.Timers;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What this agent asks permits for, and what it was granted. A grant counts only for a run that is
 * asked for without a break since the request that it answers, on the link on which it came, and
 * for {@link RunLimits#PERMIT_VALID} from when that request was made by the monotonic clock. So
 * what the coordinator takes back after hearing a later request can't be used here any more.
 */
final class PermitDesk {
  /** Requests whose moment is remembered: more than are made while one of them is good. */
  private static final int REMEMBERED = 64;

  private final Timers timers;
  private final Uplink uplink;
  private final Runnable round;
  private final Map<AssociationId, Asking> asking = new HashMap<>();
  private final Map<AssociationId, Grant> granted = new HashMap<>();
  private final Map<AssociationId, Trigger> superseded = new HashMap<>();
  private final Map<Long, Duration> saidAt =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Duration> eldest) {
          return size() > REMEMBERED;
        }
      };
  private List<PermitRequest.Hold> held = List.of();
  private Said said = new Said(Map.of(), Set.of());
  private long number;
  private boolean linked;
  private Duration awaySince;
  private Optional<Timers.Timer> again = Optional.empty();

  /**
   * Something that is asked for.
   *
   * @param first the number of the first request that named it since it is asked for on this link
   */
  private record Asking(Trigger trigger, long first, Duration since) {}

  private record Grant(Trigger trigger, Duration until) {}

  /** What the newest request named. */
  private record Said(Map<AssociationId, Trigger> asked, Set<PermitRequest.Hold> held) {}

  PermitDesk(Timers timers, Uplink uplink, Runnable round) {
    this.timers = timers;
    this.uplink = uplink;
    this.round = round;
    this.awaySince = timers.uptime();
  }

  /** What an earlier life of the agent left running is held from the first hello on. */
  void start(List<PermitRequest.Hold> left) {
    held = left;
    awaySince = timers.uptime();
  }

  /** The coordinator has our hello. */
  void linked() {
    linked = true;
    if (!said.equals(current())) {
      say();
    }
    askAgain();
    round.run();
  }

  /** No grant of this link counts any more; what is asked for is asked for anew. */
  void unlinked() {
    again.ifPresent(Timers.Timer::cancel);
    again = Optional.empty();
    granted.clear();
    superseded.clear();
    if (linked) {
      linked = false;
      awaySince = timers.uptime();
      round.run();
    }
  }

  /** An answer came; one to what is not asked for any more is dropped. */
  void heard(Permit permit) {
    Asking asked = asking.get(permit.association());
    Duration since = saidAt.get(permit.number());
    if (!linked
        || asked == null
        || since == null
        || !asked.trigger.equals(permit.trigger())
        || permit.number() < asked.first) {
      return;
    }
    switch (permit.verdict()) {
      case GRANTED ->
          granted.put(
              permit.association(),
              new Grant(permit.trigger(), since.plus(RunLimits.PERMIT_VALID)));
      case SUPERSEDED -> superseded.put(permit.association(), permit.trigger());
    }
    round.run();
  }

  /** What rate control says now. */
  Permits now(Set<String> stopped) {
    Duration uptime = timers.uptime();
    granted.values().removeIf(grant -> grant.until.compareTo(uptime) < 0);
    Map<AssociationId, Trigger> startable = new HashMap<>();
    granted.forEach((association, grant) -> startable.put(association, grant.trigger));
    return new Permits(contact(uptime), startable, superseded, stopped);
  }

  /** When who waits may begin to act alone, if nothing happens before. */
  Optional<Duration> nextLook() {
    Duration left = awaySince.plus(RunLimits.CUT_OFF).minus(timers.uptime());
    return linked || asking.isEmpty() || left.compareTo(Duration.ZERO) <= 0
        ? Optional.empty()
        : Optional.of(left);
  }

  private Permits.Contact contact(Duration uptime) {
    if (linked) {
      return Permits.Contact.LINKED;
    }
    return uptime.minus(awaySince).compareTo(RunLimits.CUT_OFF) < 0
        ? Permits.Contact.AWAY
        : Permits.Contact.CUT_OFF;
  }

  /** The end of a round: what waits for a permit now, and what has started and not ended. */
  void settle(List<Waiting> asks, List<PermitRequest.Hold> holds) {
    Map<AssociationId, Asking> before = Map.copyOf(asking);
    asking.clear();
    for (Waiting ask : asks.subList(0, Math.min(asks.size(), RunLimits.MAX_PERMITS))) {
      Asking known = before.get(ask.association());
      asking.put(
          ask.association(),
          known != null && known.trigger.equals(ask.trigger())
              ? known
              : new Asking(ask.trigger(), number + 1, timers.uptime()));
    }
    granted.entrySet().removeIf(entry -> !asks(entry.getKey(), entry.getValue().trigger));
    superseded.entrySet().removeIf(entry -> !asks(entry.getKey(), entry.getValue()));
    held = holds.subList(0, Math.min(holds.size(), RunLimits.MAX_PERMITS));
    if (linked && !said.equals(current())) {
      say();
      askAgain();
    }
  }

  private boolean asks(AssociationId association, Trigger trigger) {
    Asking asked = asking.get(association);
    return asked != null && asked.trigger.equals(trigger);
  }

  /** What a hello says: all that is asked for is asked for from here on. */
  PermitRequest hello() {
    granted.clear();
    superseded.clear();
    asking.replaceAll((_, asked) -> new Asking(asked.trigger, number + 1, asked.since));
    return request();
  }

  private void say() {
    uplink.permits(request());
  }

  private PermitRequest request() {
    number++;
    Duration uptime = timers.uptime();
    saidAt.put(number, uptime);
    said = current();
    return new PermitRequest(
        number,
        asking.entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .map(
                entry ->
                    new PermitRequest.Ask(
                        entry.getKey(),
                        entry.getValue().trigger,
                        uptime.minus(entry.getValue().since)))
            .toList(),
        held,
        0);
  }

  private Said current() {
    Map<AssociationId, Trigger> asked = new HashMap<>();
    asking.forEach((association, one) -> asked.put(association, one.trigger));
    return new Said(asked, new HashSet<>(held));
  }

  private void askAgain() {
    again.ifPresent(Timers.Timer::cancel);
    again = Optional.empty();
    if (linked && !asking.isEmpty()) {
      again =
          Optional.of(
              timers.after(
                  RunLimits.PERMIT_ASK_AGAIN,
                  () -> {
                    say();
                    askAgain();
                  }));
    }
  }
}
