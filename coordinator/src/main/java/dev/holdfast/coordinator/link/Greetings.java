package dev.holdfast.coordinator.link;

import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.store.Identities;
import dev.holdfast.coordinator.store.InstanceState;
import dev.holdfast.coordinator.store.Instances;
import dev.holdfast.coordinator.store.Store;
import dev.holdfast.coordinator.store.Write;
import dev.holdfast.report.Lane;
import dev.holdfast.task.IdentityLimits;
import dev.holdfast.task.RunLimits;
import dev.holdfast.task.Timers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
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

  private static final String COPIED = "two machines say that they are this instance";

  private final Store store;
  private final Intake intake;
  private final Returns returns;
  private final Executor owner;
  private final Timers timers;
  private final PresenceKeeper presence;
  private final BiConsumer<Link, Map<Lane, Long>> answer;
  private final Map<InstanceId, CopyRule> copies = new HashMap<>();
  private List<Hello> hellos = new ArrayList<>();

  /**
   * A hello that waits to be noted.
   *
   * @param peerAddress where it comes from
   * @param copied it shows that the instance is on two machines
   */
  private record Hello(Link link, String peerAddress, Greeting greeting, boolean copied) {}

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
      Timers timers,
      PresenceKeeper presence,
      BiConsumer<Link, Map<Lane, Long>> answer) {
    this.store = store;
    this.intake = intake;
    this.returns = returns;
    this.owner = owner;
    this.timers = timers;
    this.presence = presence;
    this.answer = answer;
  }

  /** A hello came; its link is answered, or ended. */
  void add(Link link, String peerAddress, Greeting greeting) {
    if (hellos.isEmpty()) {
      owner.execute(this::greet);
    }
    CopyRule now =
        copies
            .getOrDefault(link.instance(), CopyRule.NONE)
            .heard(greeting.copy().process(), timers.uptime());
    // once it is found it is told, and counted anew
    copies.put(link.instance(), now.copied() ? CopyRule.NONE : now);
    hellos.add(new Hello(link, peerAddress, greeting, now.copied()));
  }

  private void greet() {
    List<Hello> all = hellos;
    hellos = new ArrayList<>();
    for (int from = 0; from < all.size(); from += AT_ONCE) {
      greet(all.subList(from, Math.min(all.size(), from + AT_ONCE)));
    }
  }

  private void greet(List<Hello> batch) {
    Map<Hello, Admitted> known;
    try {
      known =
          store.write(
              write -> {
                Map<Hello, Admitted> admitted = new HashMap<>();
                batch.forEach(
                    hello -> note(write, hello).ifPresent(how -> admitted.put(hello, how)));
                return admitted;
              });
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
      Admitted how = known.get(hello);
      if (how == null) {
        hello.link.end("the instance is not registered any more, or is another copy of this host");
        continue;
      }
      hello.link.admitted(how);
      if (how.state().held()) {
        continue;
      }
      warnOfLater(hello);
      intake.opened(
          hello.link.instance(),
          hello.greeting.spoolEpoch(),
          through -> owner.execute(() -> answer.accept(hello.link, through)));
    }
  }

  /** How it is let in; empty if it is not. */
  private Optional<Admitted> note(Write write, Hello hello) {
    InstanceId id = hello.link.instance();
    Optional<Instances.Instance> row = Instances.find(write.read(), id);
    Optional<Identities.Identity> identity =
        Identities.find(write.read(), id).filter(known -> known.state().connects());
    if (row.isEmpty() || identity.isEmpty()) {
      return Optional.empty();
    }
    Greeting.Copy copy = hello.greeting.copy();
    String approved = identity.get().approvedNonce();
    boolean other = !approved.isEmpty() && !approved.equals(copy.installNonce());
    InstanceState state = identity.get().state();
    if (other && state != InstanceState.DUPLICATE) {
      return Optional.empty();
    }
    // until the one that was chosen has another certificate, the others come with the same
    if (state == InstanceState.ACTIVE && hello.copied && !renews(identity.get())) {
      state = InstanceState.DUPLICATE;
      Identities.become(write, id, state, COPIED);
      returns.stateChanged(write, id);
      LOG.warn("instance={} is on more than one machine: nothing runs until one is approved", id);
    }
    Instances.heard(write, id, hello.greeting.host(), hello.greeting.clockOffsetMillis());
    if (state.held()) {
      if (state == InstanceState.DUPLICATE) {
        claim(write, hello);
      }
      String why = identity.get().reason();
      return Optional.of(new Admitted(state, why.isEmpty() && hello.copied ? COPIED : why, false));
    }
    Identities.fingerprint(write, id, copy.fingerprint());
    presence.online(write, id);
    if (!row.get().host().samePlatform(hello.greeting.host())) {
      returns.platformChanged(write, id);
    }
    if (row.get().heard().plus(LONG_AWAY).isBefore(write.now())) {
      returns.connected(write, id);
    }
    return Optional.of(new Admitted(state, "", renews(identity.get())));
  }

  /** One of several copies was chosen, and still has the certificate that all of them have. */
  private static boolean renews(Identities.Identity identity) {
    return !identity.approvedNonce().isEmpty()
        && identity
            .since()
            .filter(since -> identity.promoted().filter(since::isBefore).isEmpty())
            .isPresent();
  }

  private static void claim(Write write, Hello hello) {
    Greeting.Copy copy = hello.greeting.copy();
    Instances.Host host = hello.greeting.host();
    Identities.claims(
        write,
        hello.link.instance(),
        new Identities.Claimant(
            copy.installNonce(),
            copy.process(),
            host.bootId(),
            copy.fingerprint(),
            host.computerName(),
            hello.peerAddress,
            write.now()),
        IdentityLimits.MAX_CLAIMANTS);
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
