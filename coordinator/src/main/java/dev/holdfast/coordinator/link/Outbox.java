package dev.holdfast.coordinator.link;

import com.google.protobuf.ByteString;
import dev.holdfast.assignment.AssignmentSet;
import dev.holdfast.association.AssociationId;
import dev.holdfast.permit.Permit;
import dev.holdfast.report.Lane;
import dev.holdfast.task.Sha256;
import dev.holdfast.wire.AssignmentCodec;
import dev.holdfast.wire.PermitCodec;
import dev.holdfast.wire.ReportCodec;
import dev.holdfast.wire.Times;
import dev.holdfast.wire.agent.Ack;
import dev.holdfast.wire.agent.CoordinatorMessage;
import dev.holdfast.wire.agent.LanePosition;
import dev.holdfast.wire.agent.RefreshAnswer;
import dev.holdfast.wire.agent.Refusal;
import dev.holdfast.wire.agent.SetCurrent;
import dev.holdfast.wire.agent.Standing;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;

/**
 * What waits for an agent that can't take it yet: one acknowledgement, one standing, one pace, one
 * state, one permit an association. A newer one of each takes the place of the older, so nothing
 * here grows with time; refusals are added up, and there are never more of them than unacknowledged
 * reports are allowed, nor more answers than unanswered requests are.
 */
final class Outbox {
  private static final int MAX_REASON_CHARS = 200;

  private final long epoch;
  private final BiFunction<AssignmentSet, AssignmentSet, List<ByteString>> beside;
  private final Map<Lane, Long> through = new EnumMap<>(Lane.class);
  private final List<Intake.Refused> refused = new ArrayList<>();
  private final Set<String> wholeInventory = new TreeSet<>();
  private boolean acknowledges;
  private Optional<Pace> pace = Optional.empty();
  private Optional<CoordinatorMessage> standing = Optional.empty();
  private Optional<CoordinatorMessage> state = Optional.empty();

  /** The set of the state that waits, or waited last. */
  private Optional<AssignmentSet> waiting = Optional.empty();

  /** The set that went last. */
  private Optional<AssignmentSet> sent = Optional.empty();

  private final Deque<RefreshAnswer> answers = new ArrayDeque<>();
  private final Map<AssociationId, Permit> permits = new LinkedHashMap<>();

  /**
   * @param epoch the number of the store's history; part of each acknowledgement
   * @param beside the bodies that go beside the second of two sets: who has the first lacks them
   */
  Outbox(long epoch, BiFunction<AssignmentSet, AssignmentSet, List<ByteString>> beside) {
    this.epoch = epoch;
    this.beside = beside;
  }

  void acknowledge(Map<Lane, Long> storedThrough, List<Intake.Refused> more, List<String> whole) {
    wholeInventory.addAll(whole);
    acknowledges = true;
    storedThrough.forEach((lane, sequence) -> through.merge(lane, sequence, Math::max));
    refused.addAll(more);
  }

  void pace(Pace wanted) {
    pace = Optional.of(wanted);
  }

  /** How its instance stands. */
  void stand(Admitted how) {
    Standing.State held =
        switch (how.state()) {
          case PENDING -> Standing.State.PENDING;
          case DUPLICATE -> Standing.State.DUPLICATE;
          case ACTIVE, REVOKED, DEREGISTERED -> Standing.State.STATE_UNSPECIFIED;
        };
    standing =
        Optional.of(
            CoordinatorMessage.newBuilder()
                .setStanding(
                    Standing.newBuilder()
                        .setHeld(held)
                        .setReason(how.reason())
                        .setRenew(how.renew()))
                .build());
  }

  /** This set is wanted; what is new in it since the one that was sent last goes beside it. */
  void want(AssignmentSet set, Sha256 hash) {
    CoordinatorMessage.Builder message =
        CoordinatorMessage.newBuilder().setSet(AssignmentCodec.toProto(set, hash));
    sent.ifPresent(before -> message.addAllBodies(beside.apply(before, set)));
    state = Optional.of(message.build());
    waiting = Optional.of(set);
  }

  void confirm(AssignmentSet set, Sha256 hash) {
    state =
        Optional.of(
            CoordinatorMessage.newBuilder()
                .setCurrent(
                    SetCurrent.newBuilder()
                        .setGeneration(AssignmentCodec.toProto(set.generation()))
                        .setSetSha256(ByteString.copyFrom(hash.raw())))
                .build());
    waiting = Optional.of(set);
  }

  void answer(RefreshAnswer answer) {
    answers.add(answer);
  }

  /** One an association: the newest answer is the one that counts. */
  void permit(Permit permit) {
    permits.put(permit.association(), permit);
  }

  boolean empty() {
    return !acknowledges
        && permits.isEmpty()
        && pace.isEmpty()
        && standing.isEmpty()
        && state.isEmpty()
        && answers.isEmpty();
  }

  /**
   * What {@link #flush} sent.
   *
   * @param answers how many requests were answered
   */
  record Sent(boolean anything, boolean acknowledgement, int answers) {}

  /**
   * Sends what the outlet takes: acknowledgement before standing before answers before permits
   * before state before pace.
   */
  Sent flush(Outlet outlet, Instant now) {
    boolean acknowledged = false;
    boolean anything = false;
    if (acknowledges && outlet.ready()) {
      outlet.send(CoordinatorMessage.newBuilder().setAck(ack(now)).build());
      acknowledges = false;
      refused.clear();
      wholeInventory.clear();
      acknowledged = true;
      anything = true;
    }
    if (!acknowledges && standing.isPresent() && outlet.ready()) {
      outlet.send(standing.get());
      standing = Optional.empty();
      anything = true;
    }
    int answered = 0;
    while (!acknowledges && !answers.isEmpty() && outlet.ready()) {
      outlet.send(CoordinatorMessage.newBuilder().setRefreshed(answers.remove()).build());
      answered++;
      anything = true;
    }
    while (!acknowledges && answers.isEmpty() && !permits.isEmpty() && outlet.ready()) {
      AssociationId next = permits.keySet().iterator().next();
      Optional.ofNullable(permits.remove(next))
          .map(PermitCodec::toProto)
          .map(CoordinatorMessage.newBuilder()::setPermit)
          .ifPresent(message -> outlet.send(message.build()));
      anything = true;
    }
    boolean turn = !acknowledges && standing.isEmpty() && answers.isEmpty() && permits.isEmpty();
    if (turn && state.isPresent() && outlet.ready()) {
      outlet.send(state.get());
      state = Optional.empty();
      sent = waiting;
      anything = true;
    }
    if (turn && state.isEmpty() && pace.isPresent() && outlet.ready()) {
      outlet.send(CoordinatorMessage.newBuilder().setPacing(pace.get().toProto()).build());
      pace = Optional.empty();
      anything = true;
    }
    return new Sent(anything, acknowledged, answered);
  }

  private Ack ack(Instant now) {
    Ack.Builder ack = Ack.newBuilder().setEpoch(epoch).setClock(Times.toProto(now));
    through.forEach(
        (lane, sequence) ->
            ack.addStoredThrough(
                LanePosition.newBuilder()
                    .setLane(ReportCodec.toProto(lane))
                    .setSequence(sequence)));
    ack.addAllWholeInventory(wholeInventory);
    for (Intake.Refused one : refused) {
      String reason = one.reason();
      ack.addRefused(
          Refusal.newBuilder()
              .setLane(ReportCodec.toProto(one.lane()))
              .setSequence(one.sequence())
              .setReason(
                  reason.length() > MAX_REASON_CHARS
                      ? reason.substring(0, MAX_REASON_CHARS)
                      : reason));
    }
    return ack.build();
  }
}
