package dev.holdfast.coordinator.link;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.assignment.AssignmentSet;
import dev.holdfast.assignment.Freeze;
import dev.holdfast.assignment.Generation;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** When a set is worth pushing. */
final class PushRuleTest {
  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");

  private static AssignmentSet set(List<String> cancelled, Optional<Freeze> freeze) {
    return new AssignmentSet(
        new Generation(1, 1), List.of(), cancelled, freeze, List.of(), List.of());
  }

  @Test
  void aFreezeThatBeginsChangesOrIsEndedIsPushed() {
    Optional<Freeze> freeze = Optional.of(new Freeze(NOW, Optional.empty(), "why", "ann"));
    Optional<Freeze> other = Optional.of(new Freeze(NOW, Optional.of(NOW), "why", "ann"));
    AssignmentSet none = set(List.of(), Optional.empty());

    assertTrue(PushRule.pushes(none, set(List.of(), freeze)));
    assertTrue(PushRule.pushes(set(List.of(), freeze), set(List.of(), other)));
    assertTrue(PushRule.pushes(set(List.of(), freeze), none));
    assertFalse(PushRule.pushes(set(List.of(), freeze), set(List.of(), freeze)));
  }

  @Test
  void whatIsNoLongerCancelledIsNotPushed() {
    assertFalse(
        PushRule.pushes(set(List.of("x"), Optional.empty()), set(List.of(), Optional.empty())));
    assertTrue(
        PushRule.pushes(set(List.of(), Optional.empty()), set(List.of("x"), Optional.empty())));
  }
}
