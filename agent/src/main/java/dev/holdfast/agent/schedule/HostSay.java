package dev.holdfast.agent.schedule;

import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Trigger;
import dev.holdfast.task.RunLimits;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the host itself says of starting, whatever the coordinator wants. It only ever takes away.
 *
 * @param runsAtOnce how many documents run at once at the most; at least 1
 * @param noEdits if edits start nothing here: why, in words
 * @param frozen if nothing starts by itself: why, in words
 * @param quiet hours in which nothing starts by itself
 * @param shut if nothing starts at all, by hand neither: why, in words
 * @param holds for what all that is due waits, without being given up
 * @param parked associations that start nothing
 */
public record HostSay(
    int runsAtOnce,
    Optional<String> noEdits,
    Optional<String> frozen,
    List<Quiet> quiet,
    Optional<String> shut,
    Optional<Waiting.Reason> holds,
    Map<AssociationId, Parked> parked) {

  /** Nothing is taken away. */
  public static final HostSay NOTHING =
      new HostSay(
          RunLimits.RUNS_AT_ONCE,
          Optional.empty(),
          Optional.empty(),
          List.of(),
          Optional.empty(),
          Optional.empty(),
          Map.of());

  /** Copies. */
  public HostSay {
    quiet = List.copyOf(quiet);
    parked = Map.copyOf(parked);
  }

  /**
   * Hours in which nothing starts by itself.
   *
   * @param why in words
   */
  public record Quiet(QuietHours hours, String why) {}

  /**
   * An association that is left alone.
   *
   * @param trigger what it was parked for
   * @param why in words
   */
  public record Parked(Trigger trigger, String why) {}

  /** Why nothing of an association starts at all now, by hand neither. */
  Optional<Shut> always(AssociationId association) {
    Parked left = parked.get(association);
    return left == null
        ? shut.map(
            why ->
                new Shut(Action.Reason.FROZEN, why, Optional.empty(), Waiting.Reason.HOST_POLICY))
        : Optional.of(
            new Shut(Action.Reason.PARKED, left.why(), Optional.empty(), Waiting.Reason.PARKED));
  }

  /** Why nothing starts by itself at a moment. */
  Optional<Shut> byItself(Instant moment) {
    return frozen
        .map(
            why ->
                new Shut(Action.Reason.FROZEN, why, Optional.empty(), Waiting.Reason.HOST_POLICY))
        .or(
            () ->
                quiet.stream()
                    .filter(one -> one.hours().covers(moment))
                    .findFirst()
                    .map(
                        one ->
                            new Shut(
                                Action.Reason.FROZEN,
                                one.why(),
                                Optional.of(one.hours().nextChange(moment)),
                                Waiting.Reason.HOST_POLICY)));
  }

  /** When to look again after a moment. */
  Stream<Instant> changes(Instant moment) {
    return quiet.stream().map(one -> one.hours().nextChange(moment));
  }
}
