package dev.holdfast.coordinator.link;

import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.store.Instances;
import dev.holdfast.coordinator.store.Store;
import dev.holdfast.coordinator.store.Write;
import dev.holdfast.report.Lane;
import dev.holdfast.task.RunLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notes the hellos of links, many in one transaction, and finds out what of their spools is stored.
 * On the owner's executor.
 */
final class Greetings {
  private static final Logger LOG = LoggerFactory.getLogger("link");

  /** Hellos of one transaction. */
  static final int AT_ONCE = 200;

  /** Away for so long, what waited for an instance may have expired; a day early, for clocks. */
  static final Duration LONG_AWAY = RunLimits.CATCH_UP.minusDays(1);

  private final Store store;
  private final Intake intake;
  private final Returns returns;
  private final Executor owner;
  private final PresenceKeeper presence;
  private final BiConsumer<Link, Map<Lane, Long>> answer;
  private List<Hello> hellos = new ArrayList<>();

  private record Hello(Link link, Greeting greeting) {}

  /**
   * Makes one.
   *
   * @param answer told, for each hello that is noted, what of its spool is stored
   */
  Greetings(
      Store store,
      Intake intake,
      Returns returns,
      Executor owner,
      PresenceKeeper presence,
      BiConsumer<Link, Map<Lane, Long>> answer) {
    this.store = store;
    this.intake = intake;
    this.returns = returns;
    this.owner = owner;
    this.presence = presence;
    this.answer = answer;
  }

  /** A hello came; its link is answered, or ended. */
  void add(Link link, Greeting greeting) {
    if (hellos.isEmpty()) {
      owner.execute(this::greet);
    }
    hellos.add(new Hello(link, greeting));
  }

  private void greet() {
    List<Hello> all = hellos;
    hellos = new ArrayList<>();
    for (int from = 0; from < all.size(); from += AT_ONCE) {
      greet(all.subList(from, Math.min(all.size(), from + AT_ONCE)));
    }
  }

  private void greet(List<Hello> batch) {
    List<Hello> known;
    try {
      known = store.write(write -> batch.stream().filter(hello -> note(write, hello)).toList());
    } catch (RuntimeException e) {
      if (batch.size() > 1) {
        batch.forEach(hello -> greet(List.of(hello))); // one that fails must not stop the others
        return;
      }
      LOG.error("cannot note the hello of instance={}", batch.getFirst().link.instance(), e);
      batch.getFirst().link.end("the store could not be used; try again");
      return;
    }
    for (Hello hello : batch) {
      if (!known.contains(hello)) {
        hello.link.end("the instance is not registered any more");
        continue;
      }
      warnOfLater(hello);
      intake.opened(
          hello.link.instance(),
          hello.greeting.spoolEpoch(),
          through -> owner.execute(() -> answer.accept(hello.link, through)));
    }
  }

  private boolean note(Write write, Hello hello) {
    InstanceId id = hello.link.instance();
    Optional<Instances.Instance> row = Instances.active(write.read(), id);
    if (row.isEmpty()) {
      return false;
    }
    Instances.heard(write, id, hello.greeting.host(), hello.greeting.clockOffsetMillis());
    presence.online(write, id);
    if (!row.get().host().samePlatform(hello.greeting.host())) {
      returns.platformChanged(write, id);
    }
    if (row.get().heard().plus(LONG_AWAY).isBefore(write.now())) {
      returns.connected(write, id);
    }
    return true;
  }

  private void warnOfLater(Hello hello) {
    long epoch = store.epoch();
    if (hello.greeting.held().epoch() > epoch
        || (hello.greeting.held().epoch() == epoch
            && hello.greeting.held().position() > store.position())) {
      LOG.warn(
          "instance={} holds generation={}, later than this store's {}.{}: it takes no set until"
              + " the store is past it; was an old copy put back without 'restore'?",
          hello.link.instance(),
          hello.greeting.held(),
          epoch,
          store.position());
    }
  }
}
