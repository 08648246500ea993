package dev.holdfast.coordinator.link;

import dev.holdfast.assignment.AssignmentSet;
import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.admin.Linked;
import dev.holdfast.coordinator.admin.Presences;
import dev.holdfast.coordinator.assignment.SetBodies;
import dev.holdfast.coordinator.assignment.SetPlanner;
import dev.holdfast.coordinator.store.Identities;
import dev.holdfast.coordinator.store.Instances;
import dev.holdfast.coordinator.store.Store;
import dev.holdfast.permit.Permit;
import dev.holdfast.permit.PermitRequest;
import dev.holdfast.report.Lane;
import dev.holdfast.task.IdentityLimits;
import dev.holdfast.task.Limits;
import dev.holdfast.task.Timers;
import dev.holdfast.wire.agent.Report;
import dev.holdfast.wire.v1.PingStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * The open links, one an instance: a newer one takes the place of the older. What is said on them,
 * what is computed for them and when it is pushed goes on on the owner's executor, one thing at a
 * time; presence may be asked for from anywhere.
 */
public final class Links implements Presences, Linked {
  /** How often links and presence are looked at, while there is any link. */
  static final Duration LOOK = Duration.ofSeconds(5);

  private final Supplier<Outbox> outboxes;
  private final Intake intake;
  private final Greetings greetings;
  private final RefreshQueue refreshes;
  private PermitOffice permits = PermitOffice.NONE;
  private final Executor owner;
  private final Timers timers;
  private final Reactor reactor;
  private final IdentityWatch identities;
  private final PresenceKeeper presence;
  private final House house = new Keeping();
  private final ConcurrentMap<InstanceId, Link> links = new ConcurrentHashMap<>();
  private final Quotas quotas;
  private final QuotaBook book;
  private final Room room = new Room();
  private final LinkFigures figures;
  private boolean looking;
  private boolean stopped;
  private volatile Instant started = Instant.MAX;
  private volatile Duration comeBackBy = Duration.ZERO;

  /**
   * Who opens a link.
   *
   * @param instance found out from its certificate
   * @param serial of that certificate, hex; empty if there is none
   * @param expires when that certificate does
   * @param address where it comes from
   */
  public record Peer(
      InstanceId instance, String serial, Optional<Instant> expires, String address) {}

  /** All links; those whose hello was acknowledged; those that hold what was wanted last. */
  public record Counts(int open, int linked, int settled) {}

  /**
   * @param intake where reports go
   * @param returns hears of hellos that may change what is wanted of an instance
   * @param refresher decides what starts when a run asks that associations do
   * @param owner runs tasks in order, on the thread of {@code timers}; takes them from any thread
   * @param quotas how much each instance may send, and how often it may come
   */
  public Links(
      Store store,
      SetBodies bodies,
      Intake intake,
      Returns returns,
      Refresher refresher,
      Executor owner,
      Timers timers,
      Quotas quotas) {
    this.outboxes = () -> new Outbox(store.epoch(), bodies::added);
    this.quotas = quotas;
    this.book = new QuotaBook(quotas);
    this.intake = intake;
    this.owner = owner;
    this.timers = timers;
    this.presence = new PresenceKeeper(store, timers, this::connected);
    this.greetings = new Greetings(store, intake, returns, owner, timers, presence, this::answer);
    this.identities =
        new IdentityWatch(store, owner, timers, () -> !links.isEmpty(), this::identityChanged);
    this.refreshes = new RefreshQueue(store, refresher, owner);
    this.reactor = new Reactor(store, new SetPlanner(store.epoch()), owner, timers, new Circle());
    this.figures = new LinkFigures(links.values(), book, reactor, timers);
  }

  /** From here on this hears what agents ask permits for. Before {@link #start}. */
  public void permitsFrom(PermitOffice office) {
    permits = office;
  }

  /** Sends an answer on the open link of an instance; nothing if there is none. */
  public void permit(InstanceId instance, Permit permit) {
    Optional.ofNullable(links.get(instance)).ifPresent(link -> link.permit(permit));
  }

  /** Begins: follows the log, and gives instances that were linked before a time to come back. */
  public void start() {
    started = timers.now();
    comeBackBy = timers.uptime().plus(Limits.RECONNECT_LONGEST);
    reactor.start();
    identities.start();
    presence.start();
  }

  /** Ends all links and writes when their instances were last heard. */
  public void stop() {
    stopped = true;
    List.copyOf(links.values()).forEach(link -> link.stop("the coordinator is stopping"));
    presence.stop();
  }

  /** A link opens; an older one of the instance ends, unless this one is one too many. */
  public Session open(Peer peer, Outlet outlet) {
    InstanceId instance = peer.instance;
    Link link =
        new Link(
            instance,
            peer.serial,
            peer.expires,
            peer.address,
            outlet,
            outboxes.get(),
            timers,
            house);
    if (stopped) {
      link.end("the coordinator is stopping");
      return link;
    }
    Duration wait = book.link(instance, timers.uptime());
    if (!wait.isZero()) {
      outlet.turnAway("this instance opens links too often", wait);
      link.closed();
      return link;
    }
    Optional.ofNullable(links.get(instance))
        .ifPresent(older -> older.end("a newer link of this instance was opened"));
    links.put(instance, link);
    lookSoon();
    identities.lookSoon();
    return link;
  }

  /** A link whose instance is in another state ends; one of a replaced certificate, soon. */
  private void identityChanged(Identities.Change change) {
    Link link = links.get(change.id());
    if (link == null) {
      return;
    }
    // of one whose hello was not noted yet the state is looked at then
    if (link.state().filter(state -> state != change.state()).isPresent()) {
      link.end(
          change.state().connects()
              ? "the state of the instance changed; connect again"
              : "the instance may not connect any more");
    } else if (outdated(link, change)) {
      timers.after(
          IdentityLimits.OLD_LINK, () -> link.end("its certificate was replaced; connect again"));
    }
  }

  private static boolean outdated(Link link, Identities.Change change) {
    return !link.serial().isEmpty()
        && !change.serial().isEmpty()
        && !link.serial().equals(change.serial());
  }

  /**
   * Ends the link of an instance, if it has one, with a reason that the agent sees; it may connect
   * again. From any thread.
   */
  public void drop(InstanceId instance, String reason) {
    owner.execute(() -> end(instance, reason));
  }

  @Override
  public PingStatus of(Instances.Instance instance) {
    Optional<PresenceRule.Signs> signs =
        Optional.ofNullable(links.get(instance.id())).flatMap(Link::signs);
    Instant heard = instance.lastSeen().orElse(instance.registered());
    boolean comingBack = timers.uptime().compareTo(comeBackBy) < 0 && heard.isBefore(started);
    return PresenceRule.of(
            new PresenceRule.Facts(
                signs, timers.uptime(), comingBack, Duration.between(heard, timers.now())))
        .status();
  }

  @Override
  public Optional<Standing> standing(InstanceId instance) {
    return connected(instance)
        ? Optional.ofNullable(links.get(instance)).flatMap(Link::standing)
        : Optional.empty();
  }

  @Override
  public List<Concern> concerns(InstanceId instance) {
    return standing(instance).map(Standing::concerns).orElse(List.of());
  }

  /** Whether the link of an instance lives. From any thread. */
  public boolean connected(InstanceId instance) {
    return Optional.ofNullable(links.get(instance))
        .flatMap(Link::signs)
        .filter(signs -> timers.uptime().compareTo(signs.lostAt()) < 0)
        .isPresent();
  }

  /** The same of one that is not held: whether what is asked of it reaches it. From any thread. */
  public boolean linked(InstanceId instance) {
    return connected(instance)
        && Optional.ofNullable(links.get(instance)).filter(Link::linked).isPresent();
  }

  /** Ends the link of an instance, if there is one. On the owner's executor. */
  public void end(InstanceId instance, String reason) {
    Optional.ofNullable(links.get(instance)).ifPresent(link -> link.end(reason));
  }

  /** How many links there are. On the owner's executor. */
  public Counts counts() {
    int linked = (int) links.values().stream().filter(Link::linked).count();
    return new Counts(links.size(), linked, figures.settled());
  }

  /** How many links are open. From any thread. */
  public int open() {
    return links.size();
  }

  /** What they count. From any thread. */
  public LinkFigures figures() {
    return figures;
  }

  private void answer(Link link, Map<Lane, Long> through) {
    link.answer(through);
    if (link.linked()) {
      presence.back(link.instance());
      reactor.concern(link.instance());
    }
  }

  private void stored(Link link, int reports, long bytes, Intake.Stored stored) {
    permits.stored();
    if (links.get(link.instance()) != link) {
      return; // it ended, and what it had on the way was taken off then
    }
    link.stored(stored, reports, bytes);
    room.give(bytes);
  }

  private void lookSoon() {
    if (!looking) {
      looking = true;
      timers.after(timers.idle(LOOK), this::look);
    }
  }

  private void look() {
    looking = false;
    if (stopped) {
      return;
    }
    List.copyOf(links.values()).forEach(Link::look);
    presence.write();
    if (!links.isEmpty() || !presence.idle()) {
      lookSoon();
    }
  }

  /** What links ask of those who keep them. */
  private final class Keeping implements House {
    @Override
    public void greeted(Link link, String peerAddress, Greeting greeting) {
      greetings.add(link, peerAddress, greeting);
    }

    @Override
    public void reported(Link link, String spoolEpoch, List<Report> reports, long bytes) {
      room.take(bytes);
      Duration came = timers.uptime();
      intake.received(
          link.instance(),
          spoolEpoch,
          reports,
          stored ->
              owner.execute(
                  () -> {
                    stored(link, reports.size(), bytes, stored);
                    figures.acknowledged(timers.uptime().minus(came));
                  }));
    }

    @Override
    public void refresh(Link link, long number, Refresher.Ask ask) {
      refreshes.add(link, number, ask);
    }

    @Override
    public Duration spent(Link link, long bytes, int results) {
      return book.received(link.instance(), bytes, results, timers.uptime());
    }

    @Override
    public void asks(Link link, PermitRequest request) {
      if (links.get(link.instance()) == link) {
        permits.said(link.instance(), request);
      }
    }

    @Override
    public void heard(Link link) {
      presence.heard(link.instance());
    }

    @Override
    public void moved(Link link, Presence now) {
      presence.changed(link.instance(), now);
    }

    @Override
    public void settled(boolean now, boolean told, Optional<Duration> changed) {
      figures.settled(now, told, changed);
    }

    @Override
    public void ended(Link link) {
      room.forget(link);
      if (links.remove(link.instance(), link)) {
        room.give(link.unacknowledgedBytes());
        permits.left(link.instance());
        if (link.signs().isPresent()) {
          presence.left(link.instance());
          lookSoon();
        }
      }
    }

    @Override
    public Pace pace() {
      return Pace.of(links.size(), quotas.returnsASecond());
    }

    @Override
    public boolean roomy(Link link) {
      return room.roomy(link);
    }
  }

  /** Whom the reactor computes for. */
  private final class Circle implements Reactor.Audience {
    @Override
    public boolean linked(InstanceId instance) {
      Link link = links.get(instance);
      return link != null && link.linked();
    }

    @Override
    public Collection<InstanceId> linked() {
      return links.values().stream().filter(Link::linked).map(Link::instance).toList();
    }

    @Override
    public void wanted(InstanceId instance, AssignmentSet set, Optional<Duration> committed) {
      Optional.ofNullable(links.get(instance)).ifPresent(link -> link.want(set, committed));
    }

    @Override
    public void gone(InstanceId instance) {
      end(instance, "the instance is not registered any more");
    }
  }
}
