package dev.holdfast.agent.assignment;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.agent.testing.Samples;
import dev.holdfast.assignment.AssignmentSet;
import dev.holdfast.assignment.Generation;
import dev.holdfast.task.Sha256;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Where sets and their bodies come from. */
final class Origin {
  static final Instant FROM = Instant.parse("2026-03-02T09:30:00Z");

  private final Map<Sha256, byte[]> bodies = new HashMap<>();

  /** A set of these, in epoch 1, whose bodies can be fetched. */
  AssignmentSet set(long position, Samples... samples) {
    bodiesOf(samples);
    return new AssignmentSet(
        new Generation(1, position),
        Stream.of(samples).map(sample -> sample.from(FROM)).toList(),
        List.of(),
        List.of());
  }

  /** Lets these be fetched. */
  void bodiesOf(Samples... samples) {
    for (Samples sample : samples) {
      bodies.put(sample.body(), sample.bytes());
      sample.documents().forEach(bytes -> bodies.put(Sha256.of(bytes), bytes));
    }
  }

  /** Delivers the first that is lacking. */
  void fetchOne(Holding holding) {
    Sha256 body = holding.lacking().getFirst();
    byte[] bytes = Optional.ofNullable(bodies.get(body)).orElseThrow();
    assertTrue(holding.arrived(body, bytes));
  }

  /** Delivers until nothing is lacking. */
  void fetchAll(Holding holding) {
    while (!holding.lacking().isEmpty()) {
      fetchOne(holding);
    }
  }

  /** Delivers what this one needs. */
  static void deliver(Holding holding, Samples sample) {
    assertTrue(holding.arrived(sample.body(), sample.bytes()));
    sample.documents().forEach(bytes -> assertTrue(holding.arrived(Sha256.of(bytes), bytes)));
  }
}
