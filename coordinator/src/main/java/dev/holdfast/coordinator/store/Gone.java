package dev.holdfast.coordinator.store;

import dev.holdfast.assignment.Generation;
import java.time.Instant;
import java.util.Optional;

/**
 * Up to where executions are no longer kept. It goes forward only, in the transactions that delete:
 * so what a late report is about can be told from what never was.
 *
 * @param before executions of a time before this are gone, but for those that have a row
 * @param change so are changes and enters of this generation and of those before it
 */
public record Gone(Instant before, Generation change) {
  /** Nothing is gone. */
  public static final Gone NOTHING = new Gone(Instant.EPOCH, new Generation(0, 0));

  private static final String BEFORE = "executions_gone_before";
  private static final String CHANGE = "executions_gone_change";

  /** What is gone by now. */
  public static Gone of(Read read) {
    return new Gone(
        Meta.get(read, BEFORE)
            .map(text -> Instant.ofEpochMilli(Long.parseLong(text)))
            .orElse(NOTHING.before),
        Meta.get(read, CHANGE).map(Gone::generation).orElse(NOTHING.change));
  }

  /** More is gone from this transaction on. */
  static void more(Write write, Instant before, Optional<Generation> change) {
    Gone known = of(write.read());
    if (before.isAfter(known.before)) {
      Meta.put(write, BEFORE, Long.toString(before.toEpochMilli()));
    }
    change
        .filter(newest -> newest.compareTo(known.change) > 0)
        .ifPresent(newest -> Meta.put(write, CHANGE, newest.epoch() + " " + newest.position()));
  }

  private static Generation generation(String text) {
    int space = text.indexOf(' ');
    return new Generation(
        Long.parseLong(text.substring(0, space)), Long.parseLong(text.substring(space + 1)));
  }
}
