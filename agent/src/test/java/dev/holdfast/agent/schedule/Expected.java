package dev.holdfast.agent.schedule;

import static dev.holdfast.agent.testing.Samples.association;

import dev.holdfast.agent.schedule.Action.Reason;
import dev.holdfast.agent.schedule.Past.CatchUp;
import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Trigger;
import java.time.Instant;
import java.util.Optional;

/** Short forms for the tables of the agenda's rules. Times are those of one day, in UTC. */
final class Expected {
  static final AssociationId ONE = association(1);
  static final AssociationId TWO = association(2);
  static final Trigger.Change CHANGE = new Trigger.Change(1, 7);
  static final Trigger.Enter ENTER = new Trigger.Enter(1, 8);
  static final Trigger.Manual MANUAL = new Trigger.Manual("5a");

  private Expected() {}

  static Instant t(String time) {
    return Instant.parse("2026-03-02T" + time + "Z");
  }

  static Trigger.Tick tick(String time) {
    return new Trigger.Tick(t(time));
  }

  static Action start(AssociationId association, Trigger trigger) {
    return switch (trigger) {
      case Trigger.Tick(Instant instant) ->
          new Action.Start(
              association, trigger, 1, false, 0, Optional.of(instant), Optional.empty());
      case Trigger.Manual _ ->
          new Action.Start(association, trigger, 1, false, 0, Optional.empty(), Optional.empty());
      case Trigger.Change _, Trigger.Enter _ ->
          throw new IllegalArgumentException("say when: " + trigger);
    };
  }

  static Action start(AssociationId association, Trigger trigger, Instant handled) {
    return new Action.Start(
        association, trigger, 1, false, 0, Optional.of(handled), Optional.empty());
  }

  static Action catchUp(String newest, int missed) {
    return new Action.Start(
        ONE, tick(newest), 1, true, missed, Optional.of(t(newest)), Optional.empty());
  }

  static Action missed(String newest, int missed, String notBefore) {
    return new Action.Miss(ONE, new CatchUp(t(newest), missed, t(notBefore)));
  }

  static Action skip(String tick, Reason reason, int ticks) {
    return new Action.Skip(ONE, t(tick), reason, ticks);
  }
}
