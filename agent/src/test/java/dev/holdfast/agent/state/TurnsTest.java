package dev.holdfast.agent.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TurnsTest {
  private final Turns turns = new Turns();
  private final List<String> came = new ArrayList<>();

  @Test
  void turnsComeOneAfterAnotherInTheOrderOfAsking() {
    Turns.Turn a = take("x", "a");
    Turns.Turn b = take("x", "b");
    Turns.Turn c = take("x", "c");
    take("y", "other");

    assertEquals(List.of("a", "other"), came);
    turns.end("x", a);
    turns.end("x", a);
    assertEquals(List.of("a", "other", "b"), came);
    turns.end("x", b);
    turns.end("x", c);
    assertEquals(List.of("a", "other", "b", "c"), came);
    assertFalse(turns.taken("x"));
    assertTrue(turns.taken("y"));
  }

  @Test
  void whoGivesUpWaitingIsPassedOver() {
    Turns.Turn a = take("x", "a");
    Turns.Turn b = take("x", "b");
    take("x", "c");

    turns.end("x", b);
    assertEquals(List.of("a"), came);
    turns.end("x", a);
    assertEquals(List.of("a", "c"), came);
  }

  private Turns.Turn take(String what, String name) {
    return turns.take(what, () -> came.add(name));
  }
}
