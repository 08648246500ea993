package dev.holdfast.agent.schedule;

import dev.holdfast.association.Trigger;
import java.util.Comparator;
import java.util.Optional;

/** The log position of a change or an entry: of two, the later one holds. */
record Place(long epoch, long position, boolean enter) implements Comparable<Place> {

  static Optional<Place> of(Trigger trigger) {
    return switch (trigger) {
      case Trigger.Change(long epoch, long position) ->
          Optional.of(new Place(epoch, position, false));
      case Trigger.Enter(long epoch, long position) ->
          Optional.of(new Place(epoch, position, true));
      case Trigger.Tick _, Trigger.Manual _ -> Optional.empty();
    };
  }

  @Override
  public int compareTo(Place other) {
    return Comparator.comparingLong(Place::epoch)
        .thenComparingLong(Place::position)
        .thenComparing(Place::enter)
        .compare(this, other);
  }
}
