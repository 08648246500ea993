package dev.holdfast.coordinator.link;

import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Trigger;
import dev.holdfast.coordinator.admin.Linked;
import dev.holdfast.task.TransportLimits;
import dev.holdfast.wire.Times;
import dev.holdfast.wire.WireException;
import dev.holdfast.wire.agent.HostCondition;
import dev.holdfast.wire.agent.Wait;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What an agent says that waits. It is only ever told to people, so what means nothing is left out
 * rather than held against the link. How much it may say is {@link HeartbeatRule}'s.
 */
final class WaitCodec {
  private static final Pattern CODE = Pattern.compile("[A-Z][A-Z_]{0,39}");

  private WaitCodec() {}

  /** From the wire. */
  static List<Linked.Wait> of(List<Wait> told) {
    List<Linked.Wait> waits = new ArrayList<>();
    told.forEach(wait -> of(wait).ifPresent(waits::add));
    return waits;
  }

  /** What needs attention, from the wire: of words and of a bounded length. */
  static List<Linked.Concern> concerns(List<HostCondition> told) {
    List<Linked.Concern> concerns = new ArrayList<>();
    for (HostCondition condition : told) {
      if (CODE.matcher(condition.getCode()).matches()
          && condition.getMessage().length() <= TransportLimits.MAX_CONDITION_CHARS) {
        try {
          concerns.add(
              new Linked.Concern(
                  condition.getCode(),
                  condition.getMessage(),
                  Times.fromProto(condition.getSince())));
        } catch (WireException e) {
          // One without a moment means nothing.
        }
      }
    }
    return concerns;
  }

  private static Optional<Linked.Wait> of(Wait wait) {
    Optional<Linked.For> reason =
        switch (wait.getReason()) {
          case WAIT_REASON_HOST_SLOT -> Optional.of(Linked.For.HOST_SLOT);
          case WAIT_REASON_OWN_RUN -> Optional.of(Linked.For.OWN_RUN);
          case WAIT_REASON_SPLAY -> Optional.of(Linked.For.SPLAY);
          case WAIT_REASON_PERMIT -> Optional.of(Linked.For.PERMIT);
          case WAIT_REASON_CALENDAR_CLOSED -> Optional.of(Linked.For.CALENDAR_CLOSED);
          case WAIT_REASON_FROZEN -> Optional.of(Linked.For.FROZEN);
          case WAIT_REASON_PARKED -> Optional.of(Linked.For.PARKED);
          case WAIT_REASON_HOST_POLICY -> Optional.of(Linked.For.HOST_POLICY);
          case WAIT_REASON_HOST_DISK -> Optional.of(Linked.For.HOST_DISK);
          case WAIT_REASON_SAFE_MODE -> Optional.of(Linked.For.SAFE_MODE);
          case WAIT_REASON_UNSPECIFIED, UNRECOGNIZED -> Optional.empty();
        };
    if (!AssociationId.isValid(wait.getAssociationId())) {
      return Optional.empty();
    }
    try {
      Instant since = Times.fromProto(wait.getSince());
      return Trigger.parse(wait.getTrigger())
          .flatMap(
              trigger ->
                  reason.map(
                      found ->
                          new Linked.Wait(
                              new AssociationId(wait.getAssociationId()),
                              trigger.text(),
                              found,
                              since)));
    } catch (WireException e) {
      return Optional.empty();
    }
  }
}
