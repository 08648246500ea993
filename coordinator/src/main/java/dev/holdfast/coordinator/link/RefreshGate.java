package dev.holdfast.coordinator.link;

import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Trigger;
import dev.holdfast.coordinator.link.Greeting.Unacceptable;
import dev.holdfast.task.RunLimits;
import dev.holdfast.task.Timers;
import dev.holdfast.wire.agent.RefreshAnswer;
import dev.holdfast.wire.agent.RefreshRequest;
import java.time.Duration;
import java.util.Optional;

/** How much one link may ask for, and the form of what it asks. */
final class RefreshGate {
  private static final Duration WINDOW = Duration.ofMinutes(1);

  private final Timers timers;
  private Duration windowBegan = Duration.ZERO;
  private int inWindow;
  private int unanswered;

  RefreshGate(Timers timers) {
    this.timers = timers;
  }

  /** What became of a request at the gate. */
  sealed interface Verdict {}

  /** It is looked into. */
  record Passed(long number, Refresher.Ask ask) implements Verdict {}

  /** It is answered at once. */
  record Refused(long number, Refresher.Reply reply) implements Verdict {}

  /** A request came. Each is answered once. */
  Verdict take(RefreshRequest request) throws Unacceptable {
    if (++unanswered > RunLimits.MAX_REFRESHES) {
      throw new Unacceptable(
          "more than " + RunLimits.MAX_REFRESHES + " refresh requests that were not answered yet");
    }
    Duration now = timers.uptime();
    if (inWindow == 0 || now.minus(windowBegan).compareTo(WINDOW) >= 0) {
      windowBegan = now;
      inWindow = 0;
    }
    if (++inWindow > RunLimits.REFRESHES_A_MINUTE) {
      return refused(
          request,
          "TooManyRefreshes: an instance may ask "
              + RunLimits.REFRESHES_A_MINUTE
              + " times a minute; ask less often");
    }
    if (request.getAssociationIdsCount() > RunLimits.MAX_REFRESHED) {
      return refused(
          request,
          "RefreshRefused: "
              + request.getAssociationIdsCount()
              + " associations are named; at most "
              + RunLimits.MAX_REFRESHED
              + " are allowed");
    }
    Optional<Trigger> trigger = Trigger.parse(request.getTrigger());
    if (!AssociationId.isValid(request.getAssociationId()) || trigger.isEmpty()) {
      return refused(request, "RefreshRefused: the request does not say which run asks");
    }
    return new Passed(
        request.getNumber(),
        new Refresher.Ask(
            request.getRunId(),
            new AssociationId(request.getAssociationId()),
            trigger.get(),
            request.getAssociationIdsList()));
  }

  private static Refused refused(RefreshRequest request, String why) {
    return new Refused(request.getNumber(), Refresher.Reply.refused(why));
  }

  /** So many answers were sent. */
  void answered(int answers) {
    unanswered -= answers;
  }

  /** An answer as it is sent. */
  static RefreshAnswer answer(long number, Refresher.Reply reply) {
    RefreshAnswer.Builder answer =
        RefreshAnswer.newBuilder().setNumber(number).setRefusal(reply.refusal());
    reply.started().forEach(id -> answer.addAssociationIds(id.value()));
    reply
        .left()
        .forEach(
            one ->
                answer.addLeft(
                    RefreshAnswer.Left.newBuilder()
                        .setAssociation(one.association())
                        .setReason(one.reason())));
    return answer.build();
  }
}
