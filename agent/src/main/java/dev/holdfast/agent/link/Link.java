package dev.holdfast.agent.link;

import dev.holdfast.agent.identity.Papers;
import dev.holdfast.agent.link.LinkMachine.Phase;
import dev.holdfast.agent.link.LinkMachine.Signal;
import dev.holdfast.agent.run.Secrets;
import dev.holdfast.agent.spool.Spool;
import dev.holdfast.assignment.Generation;
import dev.holdfast.permit.PermitRequest;
import dev.holdfast.task.Limits;
import dev.holdfast.task.Sha256;
import dev.holdfast.task.Timers;
import dev.holdfast.wire.PermitCodec;
import dev.holdfast.wire.WireException;
import dev.holdfast.wire.agent.Ack;
import dev.holdfast.wire.agent.AgentMessage;
import dev.holdfast.wire.agent.CoordinatorMessage;
import dev.holdfast.wire.agent.Pacing;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a link to the coordinator: dials, says hello, sends what is spooled, hands on what is
 * wanted, and dials again when the connection ends. On the agent's own thread only.
 */
public final class Link implements Uplink {
  private static final Logger LOG = LoggerFactory.getLogger("link");

  private final Dialer dialer;
  private final Timers timers;
  private final Spool spool;
  private final Wanted wanted;
  private final Host host;
  private final Contact contact;
  private final Backoff backoff;
  private final Heartbeats heartbeats;
  private final Fetches fetches;
  private final RefreshAsks refreshes;
  private final FailureLog failures;
  private final Papers papers;
  private final Renewals renewals;
  private final Standings standings;
  private final SendingWindow window;

  private Phase phase = Phase.IDLE;
  private Optional<Dialer.Connection> connection = Optional.empty();
  private Optional<Ear> ear = Optional.empty();
  private Optional<Timers.Timer> watch = Optional.empty();
  private Duration linkedSince = Duration.ZERO;
  private boolean wasLinked;

  /**
   * Makes a link that does nothing before {@link #start}.
   *
   * @param inventory hears what becomes of inventory that was sent
   * @param papers the certificate with which this host is let in
   * @param settled called each time the coordinator has confirmed or replaced the set that is held
   */
  public Link(
      Dialer dialer,
      Papers papers,
      Timers timers,
      RandomGenerator random,
      Spool spool,
      InventoryAcks inventory,
      Wanted wanted,
      Host host,
      Runnable settled) {
    this.dialer = dialer;
    this.timers = timers;
    this.spool = spool;
    this.wanted = wanted;
    this.host = host;
    this.contact = new Contact(timers, settled);
    this.window = new SendingWindow(spool, inventory);
    this.backoff = new Backoff(random);
    this.heartbeats = new Heartbeats(timers, random, this::beat);
    this.fetches = new Fetches(timers);
    this.refreshes = new RefreshAsks(timers);
    this.failures = new FailureLog(timers);
    this.papers = papers;
    this.renewals = new Renewals(papers, timers, random, () -> on(Signal.RENEWED, ""));
    this.standings = new Standings(papers, renewals, signal -> on(signal, ""));
  }

  /** Begins to keep a link. */
  public void start() {
    on(Signal.START, "");
  }

  /** Ends the link for good. */
  public void stop() {
    on(Signal.STOP, "");
  }

  /** In one word where it stands: {@code linked}, {@code connecting}, {@code waiting}, ... */
  public String state() {
    return phase.word();
  }

  /** When it last did what. */
  public Contact contact() {
    return contact;
  }

  /** Where runs get their SecureStrings from. */
  public Secrets secrets() {
    return fetches.secrets();
  }

  @Override
  public boolean linked() {
    return phase == Phase.LINKED;
  }

  @Override
  public void fetch(Sha256 body, Consumer<Optional<byte[]>> result) {
    fetches.add(body, result);
  }

  /** What runs ask of the coordinator over this link. */
  public RefreshAsks refreshes() {
    return refreshes;
  }

  @Override
  public void adopted(Generation generation, Sha256 set) {
    if (linked()) {
      send(Greeting.adopted(generation, set));
      contact.settle();
    }
  }

  @Override
  public void permits(PermitRequest request) {
    if (linked()) {
      send(Greeting.permits(request, spool));
    }
  }

  @Override
  public void spooled() {
    sendReports();
  }

  @Override
  public void waitsChanged() {
    if (linked()) {
      heartbeats.early();
    }
  }

  private void on(Signal signal, String why) {
    LinkMachine.Step step = LinkMachine.on(phase, signal);
    phase = step.phase();
    contact.moved(phase);
    switch (step.action()) {
      case NONE -> {
        // The signal came late.
      }
      case DIAL -> dial();
      case GREET -> {
        watch(Limits.HELLO_ANSWER, "the coordinator did not answer the hello in time");
        String nonce = papers.installNonce().orElse(host.installNonce());
        send(Greeting.hello(host, nonce, wanted, spool, timers.now()));
      }
      case BEGIN -> begin();
      case HOLD -> {
        unwatch();
        failures.over();
        connection.ifPresent(renewals::open);
        heartbeats.begin();
      }
      case REDIAL -> {
        endLink();
        hangUp();
        dial();
      }
      case WAIT -> waitAfter(why);
      case HANG_UP_AND_WAIT -> {
        hangUp();
        waitAfter(why);
      }
      case HANG_UP -> {
        unwatch();
        endLink();
        hangUp();
      }
    }
  }

  private void dial() {
    Ear listening = new Ear();
    ear = Optional.of(listening);
    if (renewals.mustRecover()) {
      watch(Limits.OPEN.multipliedBy(2), "the coordinator can't be reached in time");
      renewals.recover(
          refusal -> {
            if (listening.hears() && refusal.isEmpty()) {
              connect(listening);
            } else if (listening.hears()) {
              on(Signal.CLOSED, refusal); // the next try is a connection again
            }
          });
      return;
    }
    connect(listening);
  }

  private void connect(Ear listening) {
    watch(Limits.OPEN, "the coordinator can't be reached in time");
    Dialer.Connection dialled = dialer.dial(listening);
    if (listening.hears()) {
      connection = Optional.of(dialled);
    }
  }

  private void watch(Duration patience, String otherwise) {
    unwatch();
    watch = Optional.of(timers.after(patience, () -> on(Signal.OVERDUE, otherwise)));
  }

  private void unwatch() {
    watch.ifPresent(Timers.Timer::cancel);
    watch = Optional.empty();
  }

  private void hangUp() {
    connection.ifPresent(Dialer.Connection::close);
    connection = Optional.empty();
    ear = Optional.empty();
  }

  private void begin() {
    unwatch();
    wasLinked = true;
    linkedSince = timers.uptime();
    failures.over();
    LOG.info("linked to the coordinator");
    connection.ifPresent(fetches::open);
    connection.ifPresent(refreshes::open);
    connection.ifPresent(renewals::open);
    heartbeats.begin();
    wanted.linked();
    if (!wanted.waits().isEmpty() || !wanted.conditions().isEmpty()) {
      waitsChanged();
    }
    sendReports();
  }

  private void endLink() {
    renewals.close();
    heartbeats.end();
    window.clear();
    fetches.close();
    refreshes.close();
    wanted.unlinked();
  }

  private void waitAfter(String why) {
    unwatch();
    endLink();
    connection = Optional.empty();
    ear = Optional.empty();
    Duration wait = backoff.next(wasLinked ? timers.uptime().minus(linkedSince) : Duration.ZERO);
    wasLinked = false;
    failures.tell(why, wait);
    watch = Optional.of(timers.after(wait, () -> on(Signal.WAITED, "")));
  }

  private void received(CoordinatorMessage message) {
    contact.hear();
    try {
      switch (message.getMessageCase()) {
        case ACK -> acknowledged(message.getAck());
        case SET -> inLink(() -> Answers.set(message, wanted));
        case CURRENT -> inLink(() -> Answers.current(message.getCurrent(), wanted, contact));
        case PACING -> pace(message.getPacing());
        case PERMIT -> inLink(() -> wanted.permit(PermitCodec.fromProto(message.getPermit())));
        case STANDING -> standings.told(message.getStanding());
        case REFRESHED -> refreshes.answered(message.getRefreshed());
        case MESSAGE_NOT_SET -> LOG.debug("a message of a kind that this version does not know");
      }
    } catch (WireException e) {
      on(Signal.BROKEN, "the coordinator sent what means nothing: " + e.getMessage());
    }
  }

  private void inLink(Runnable task) {
    if (!linked()) {
      throw new WireException("a set before the hello was answered");
    }
    task.run();
  }

  private void acknowledged(Ack ack) {
    if (phase == Phase.GREETING) {
      if (window.resumed(ack, wanted.generationHeld().epoch())) {
        on(Signal.ACKNOWLEDGED, "");
      } else {
        on(Signal.BROKEN, "the spool began a new epoch");
      }
      return;
    }
    window.acknowledged(ack);
    sendReports();
  }

  private void pace(Pacing pacing) {
    if (pacing.getHeartbeatSeconds() > 0) {
      heartbeats.period(Duration.ofSeconds(pacing.getHeartbeatSeconds()), linked());
    }
    backoff.window(Duration.ofSeconds(pacing.getReconnectWindowSeconds()));
  }

  private void beat() {
    if (connection.map(Dialer.Connection::ready).orElse(false)) {
      send(Greeting.heartbeat(wanted, timers.now()));
    }
  }

  private void sendReports() {
    while (linked() && connection.map(Dialer.Connection::ready).orElse(false)) {
      Optional<AgentMessage> reports = window.next();
      if (reports.isEmpty()) {
        return;
      }
      send(reports.get());
    }
  }

  private void send(AgentMessage message) {
    connection.ifPresent(open -> open.send(message));
  }

  /** Hears of one connection; deaf once that is no longer the link's. */
  private final class Ear implements Dialer.Listener {
    @Override
    public void opened() {
      if (hears()) {
        on(Signal.OPENED, "");
      }
    }

    @Override
    public void received(CoordinatorMessage message) {
      if (hears()) {
        Link.this.received(message);
      }
    }

    @Override
    public void ready() {
      if (hears()) {
        sendReports();
      }
    }

    @Override
    public void turnedAway(String reason) {
      gone(true, reason);
    }

    @Override
    public void tooOften(String reason, Duration retryAfter) {
      if (hears()) {
        backoff.atLeast(retryAfter);
      }
      gone(false, reason);
    }

    @Override
    public void closed(String reason) {
      gone(false, reason);
    }

    private void gone(boolean turnedAway, String reason) {
      if (hears()) {
        renewals.ended(turnedAway);
        on(Signal.CLOSED, reason);
      }
    }

    boolean hears() {
      return ear.filter(listening -> listening == this).isPresent();
    }
  }
}
