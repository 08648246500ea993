package dev.holdfast.wire;

import dev.holdfast.permit.Permit;
import dev.holdfast.permit.PermitRequest;
import dev.holdfast.task.RunLimits;
import dev.holdfast.wire.agent.PermitAsk;
import dev.holdfast.wire.agent.PermitHold;
import java.time.Duration;

/** Permits to their messages, and back. */
public final class PermitCodec {
  private static final Duration LONGEST_WAIT = RunLimits.CATCH_UP.multipliedBy(2);

  private PermitCodec() {}

  /** A request to the wire. */
  public static dev.holdfast.wire.agent.PermitRequest toProto(PermitRequest request) {
    dev.holdfast.wire.agent.PermitRequest.Builder message =
        dev.holdfast.wire.agent.PermitRequest.newBuilder()
            .setNumber(request.number())
            .setResultsThrough(request.resultsThrough());
    request
        .asked()
        .forEach(
            ask ->
                message.addAsked(
                    PermitAsk.newBuilder()
                        .setAssociationId(ask.association().value())
                        .setTrigger(ask.trigger().text())
                        .setWaitedMilliseconds(ask.waited().toMillis())));
    request
        .held()
        .forEach(
            hold ->
                message.addHeld(
                    PermitHold.newBuilder()
                        .setAssociationId(hold.association().value())
                        .setTrigger(hold.trigger().text())
                        .setRunning(hold.running())));
    return message.build();
  }

  /**
   * A request from the wire.
   *
   * @throws WireException if it means nothing, or asks for more than {@link RunLimits#MAX_PERMITS}
   */
  public static PermitRequest fromProto(dev.holdfast.wire.agent.PermitRequest message) {
    int most = Math.max(message.getAskedCount(), message.getHeldCount());
    if (most > RunLimits.MAX_PERMITS) {
      throw new WireException(
          most + " permits in one request; at most " + RunLimits.MAX_PERMITS + " are allowed");
    }
    if (message.getNumber() < 0 || message.getResultsThrough() < 0) {
      throw new WireException("a request for permits with a number below 0");
    }
    return new PermitRequest(
        message.getNumber(),
        message.getAskedList().stream()
            .map(
                ask ->
                    new PermitRequest.Ask(
                        AssignmentCodec.association(ask.getAssociationId()),
                        AssignmentCodec.trigger(ask.getTrigger()),
                        waited(ask.getWaitedMilliseconds())))
            .toList(),
        message.getHeldList().stream()
            .map(
                hold ->
                    new PermitRequest.Hold(
                        AssignmentCodec.association(hold.getAssociationId()),
                        AssignmentCodec.trigger(hold.getTrigger()),
                        hold.getRunning()))
            .toList(),
        message.getResultsThrough());
  }

  /** An answer to the wire. */
  public static dev.holdfast.wire.agent.Permit toProto(Permit permit) {
    return dev.holdfast.wire.agent.Permit.newBuilder()
        .setAssociationId(permit.association().value())
        .setTrigger(permit.trigger().text())
        .setNumber(permit.number())
        .setVerdict(
            switch (permit.verdict()) {
              case GRANTED -> dev.holdfast.wire.agent.Permit.Verdict.GRANTED;
              case SUPERSEDED -> dev.holdfast.wire.agent.Permit.Verdict.SUPERSEDED;
            })
        .build();
  }

  /**
   * An answer from the wire.
   *
   * @throws WireException if it means nothing
   */
  public static Permit fromProto(dev.holdfast.wire.agent.Permit message) {
    return new Permit(
        AssignmentCodec.association(message.getAssociationId()),
        AssignmentCodec.trigger(message.getTrigger()),
        message.getNumber(),
        switch (message.getVerdict()) {
          case GRANTED -> Permit.Verdict.GRANTED;
          case SUPERSEDED -> Permit.Verdict.SUPERSEDED;
          case VERDICT_UNSPECIFIED, UNRECOGNIZED ->
              throw new WireException("a permit without a verdict");
        });
  }

  private static Duration waited(long milliseconds) {
    return Duration.ofMillis(Math.clamp(milliseconds, 0, LONGEST_WAIT.toMillis()));
  }
}
