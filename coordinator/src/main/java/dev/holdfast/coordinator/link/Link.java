package dev.holdfast.coordinator.link;

import dev.holdfast.assignment.AssignmentSet;
import dev.holdfast.association.InstanceId;
import dev.holdfast.coordinator.admin.Linked;
import dev.holdfast.coordinator.link.Greeting.Unacceptable;
import dev.holdfast.coordinator.store.InstanceState;
import dev.holdfast.permit.Permit;
import dev.holdfast.permit.PermitRequest;
import dev.holdfast.report.Lane;
import dev.holdfast.task.Limits;
import dev.holdfast.task.Sha256;
import dev.holdfast.task.Timers;
import dev.holdfast.wire.agent.AgentMessage;
import dev.holdfast.wire.agent.Heartbeat;
import dev.holdfast.wire.agent.ReportBatch;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One open link. It says hello first and once; then reports go up and are acknowledged, sets go
 * down. What an agent sends beyond what it may ends its link. On the owner's executor only; {@link
 * #signs}, {@link #linked} and {@link #waitsSince} may be read from anywhere.
 */
final class Link implements Session {
  private final InstanceId instance;
  private final String serial;
  private final Optional<Instant> expires;
  private final String peerAddress;
  private final Outlet outlet;
  private final Outbox outbox;
  private final Timers timers;
  private final House house;
  private final Duration opened;
  private final RefreshGate refreshes;
  private final Held held;

  private volatile LinkPhase phase = LinkPhase.OPENED;
  private Admitted admitted = Admitted.ACTIVE;
  private boolean noted;
  private Optional<Greeting> greeting = Optional.empty();
  private PermitRequest permits = PermitRequest.NONE;
  private Pace pace = new Pace(Limits.HEARTBEAT, Limits.RECONNECT_FIRST);
  private final Pulse pulse = new Pulse(pace.heartbeat());
  private int unacknowledged;
  private int answered;
  private long unacknowledgedBytes;
  private boolean owesNext;

  /** No message is read before this; its instance sent more than it may. */
  private Duration slowedUntil = Duration.ZERO;

  private Optional<Duration> stuckSince = Optional.empty();
  private Optional<Duration> storingSince = Optional.empty();

  Link(
      InstanceId instance,
      String serial,
      Optional<Instant> expires,
      String peerAddress,
      Outlet outlet,
      Outbox outbox,
      Timers timers,
      House house) {
    this.instance = instance;
    this.serial = serial;
    this.expires = expires;
    this.peerAddress = peerAddress;
    this.outlet = outlet;
    this.outbox = outbox;
    this.timers = timers;
    this.house = house;
    this.held = new Held(house::settled);
    this.opened = timers.uptime();
    this.refreshes = new RefreshGate(timers);
  }

  InstanceId instance() {
    return instance;
  }

  /** Of the certificate that it was opened with, hex; empty if it was opened without one. */
  String serial() {
    return serial;
  }

  /** The state in which its instance was let in; empty before its hello was noted. */
  Optional<InstanceState> state() {
    return noted ? Optional.of(admitted.state()) : Optional.empty();
  }

  /** The signs of life since its hello was acknowledged; empty before. */
  Optional<PresenceRule.Signs> signs() {
    return pulse.signs();
  }

  /** What it holds, what is wanted and what waits; empty before its hello was acknowledged. */
  Optional<Linked.Standing> standing() {
    return pulse.signs().map(_ -> held.standing());
  }

  /** Bytes of reports that are on their way to be stored. */
  long unacknowledgedBytes() {
    return unacknowledgedBytes;
  }

  boolean linked() {
    return phase == LinkPhase.LINKED;
  }

  /** Since when it does not hold what is wanted, in uptime. From any thread. */
  Optional<Duration> waitsSince() {
    return held.waitsSince();
  }

  @Override
  public void received(AgentMessage message) {
    if (phase == LinkPhase.CLOSED) {
      return;
    }
    try {
      take(message);
    } catch (Unacceptable unacceptable) {
      end(String.valueOf(unacceptable.getMessage()));
      return;
    }
    if (phase == LinkPhase.LINKED || phase == LinkPhase.HELD) {
      hear();
    }
    owesNext = true;
    pay(message);
    letNextCome();
  }

  /** Counts a message against what its instance may send. */
  private void pay(AgentMessage message) {
    Duration wait =
        house.spent(this, message.getSerializedSize(), BatchRule.results(message.getReports()));
    if (!wait.isZero()) {
      slowedUntil = timers.uptime().plus(wait);
      timers.after(wait, this::letNextCome);
    }
  }

  private void take(AgentMessage message) throws Unacceptable {
    switch (message.getMessageCase()) {
      case HELLO -> {
        if (phase != LinkPhase.OPENED) {
          throw new Unacceptable("a second hello; it is sent once, as the first message");
        }
        Greeting checked = Greeting.of(message.getHello(), peerAddress, timers.now());
        phase = LinkPhase.GREETED;
        greeting = Optional.of(checked);
        permits = checked.permits();
        held.told(checked.held(), checked.set());
        house.greeted(this, peerAddress, checked);
      }
      case REPORTS -> take(message.getReports(), greeted().spoolEpoch());
      case HEARTBEAT -> {
        greeted();
        HeartbeatRule.check(message.getHeartbeat());
        take(message.getHeartbeat());
      }
      case ADOPTED -> {
        greeted();
        if (message.getAdopted().getSetSha256().size() != 32) {
          throw new Unacceptable("set_sha256 of the adopted set has not 32 bytes");
        }
        held.told(message.getAdopted());
        held.tell(true, true);
      }
      case REFRESH -> {
        greeted();
        if (phase == LinkPhase.HELD) {
          throw new Unacceptable("this instance is held: nothing can be started on it");
        }
        switch (refreshes.take(message.getRefresh())) {
          case RefreshGate.Passed(var number, var ask) -> house.refresh(this, number, ask);
          case RefreshGate.Refused(var number, var reply) -> refreshed(number, reply);
        }
      }
      case PERMITS -> {
        greeted();
        asks(Greeting.permits(message.getPermits()));
      }
      case MESSAGE_NOT_SET -> greeted(); // of a newer agent: it says nothing to us
    }
  }

  /** The newest says all; before the hello is answered it takes the place of what that said. */
  private void asks(PermitRequest request) {
    permits = request;
    if (phase == LinkPhase.LINKED) {
      house.asks(this, request);
    }
  }

  private Greeting greeted() throws Unacceptable {
    if (phase == LinkPhase.OPENED || greeting.isEmpty()) {
      throw new Unacceptable("a message before the hello; the hello is the first message");
    }
    return greeting.get();
  }

  private void take(ReportBatch batch, String spoolEpoch) throws Unacceptable {
    int count = batch.getReportsCount();
    long bytes = batch.getSerializedSize();
    BatchRule.check(count, bytes, unacknowledged);
    if (count == 0 || phase == LinkPhase.HELD) {
      return;
    }
    unacknowledged += count;
    unacknowledgedBytes += bytes;
    storingSince = storingSince.or(() -> Optional.of(timers.uptime()));
    house.reported(this, spoolEpoch, batch.getReportsList(), bytes);
  }

  private void take(Heartbeat heartbeat) {
    if (phase != LinkPhase.LINKED) {
      return;
    }
    held.waits(
        WaitCodec.of(heartbeat.getWaitsList()), WaitCodec.concerns(heartbeat.getConditionsList()));
    pulse.beat(heartbeat.getWorkLoopCount()).ifPresent(presence -> house.moved(this, presence));
    Pace now = house.pace();
    if (pace.outdated(now)) {
      pace = now;
      outbox.pace(now);
      flush();
    }
  }

  private void hear() {
    pulse.hear(pace.heartbeat(), outbox.empty(), timers);
    house.heard(this);
  }

  /** Its hello is noted, and this much of its spool is stored. */
  void answer(Map<Lane, Long> storedThrough) {
    if (phase != LinkPhase.GREETED) {
      return;
    }
    phase = LinkPhase.LINKED;
    outbox.acknowledge(storedThrough, List.of(), List.of());
    if (admitted.renew() || outlet.outdated()) {
      outbox.stand(admitted.renewing());
    }
    hear();
    flush();
    house.asks(this, permits);
  }

  /** How its instance was let in; one that is held is told so instead of being acknowledged. */
  void admitted(Admitted how) {
    admitted = how;
    noted = true;
    if (!how.state().held() || phase != LinkPhase.GREETED) {
      return;
    }
    phase = LinkPhase.HELD;
    outbox.stand(admitted);
    outbox.pace(house.pace());
    hear();
    flush();
  }

  /** Reports are stored, or refused for good. */
  void stored(Intake.Stored stored, int reports, long bytes) {
    if (phase == LinkPhase.CLOSED) {
      return;
    }
    unacknowledgedBytes -= bytes;
    storingSince =
        unacknowledged > answered + reports ? Optional.of(timers.uptime()) : Optional.empty();
    answered += reports;
    outbox.acknowledge(stored.through(), stored.refused(), stored.wholeInventory());
    flush();
    letNextCome();
  }

  /** What a run asked for was looked into. */
  void refreshed(long number, Refresher.Reply reply) {
    if (phase != LinkPhase.CLOSED) {
      outbox.answer(RefreshGate.answer(number, reply));
      flush();
    }
  }

  /** Something that it asked for is decided. */
  void permit(Permit permit) {
    if (phase == LinkPhase.LINKED) {
      outbox.permit(permit);
      flush();
    }
  }

  /** This set is wanted. The first one answers the hello; later ones are sent if they say more. */
  void want(AssignmentSet set, Optional<Duration> committed) {
    if (phase != LinkPhase.LINKED) {
      return;
    }
    Sha256 hash = set.sha256();
    if (held.wanted().isEmpty()) {
      if (greeting.flatMap(Greeting::set).filter(hash::equals).isPresent()
          && set.pendingTriggers().isEmpty()) {
        outbox.confirm(set, hash);
      } else {
        outbox.want(set, hash);
      }
      pace = house.pace();
      outbox.pace(pace);
    } else if (PushRule.pushes(held.wanted().get(), set)) {
      outbox.want(set, hash);
    } else {
      return;
    }
    held.want(set, hash, committed, timers.uptime());
    held.tell(true, false);
    flush();
  }

  @Override
  public void ready() {
    if (phase != LinkPhase.CLOSED) {
      flush();
    }
  }

  /** Lets the next message come, once the last is dealt with and there is room. */
  void letNextCome() {
    if (owesNext
        && phase != LinkPhase.CLOSED
        && timers.uptime().compareTo(slowedUntil) >= 0
        && unacknowledgedBytes < Limits.MAX_LINK_UNACKNOWLEDGED_BYTES
        && house.roomy(this)) {
      owesNext = false;
      outlet.next();
    }
  }

  private void flush() {
    Outbox.Sent sent = outbox.flush(outlet, timers.now());
    refreshes.answered(sent.answers());
    if (sent.acknowledgement()) {
      unacknowledged -= answered;
      answered = 0;
    }
    if (outbox.empty()) {
      stuckSince = Optional.empty();
    } else if (sent.anything() || stuckSince.isEmpty()) {
      stuckSince = Optional.of(timers.uptime());
    }
  }

  /** Ends it if nothing moves on it, though it should, or its certificate has expired. */
  void look() {
    if (phase != LinkPhase.CLOSED) {
      new Stillness(
              opened,
              phase == LinkPhase.LINKED || phase == LinkPhase.HELD,
              stuckSince,
              storingSince,
              owesNext ? Optional.empty() : pulse.signs().map(PresenceRule.Signs::lostAt),
              expires)
          .over(timers.uptime(), timers.now())
          .ifPresent(this::end);
    }
  }

  /** Ends it because the coordinator goes; the agent is told over how long to spread its return. */
  void stop(String reason) {
    if (phase == LinkPhase.LINKED || phase == LinkPhase.HELD) {
      outbox.pace(house.pace());
      flush();
    }
    end(reason);
  }

  /** Ends it, with a reason that the agent sees. */
  void end(String reason) {
    if (phase != LinkPhase.CLOSED) {
      outlet.close(reason);
      closed();
    }
  }

  @Override
  public void closed() {
    if (phase != LinkPhase.CLOSED) {
      phase = LinkPhase.CLOSED;
      held.tell(false, false);
      house.ended(this);
    }
  }
}
