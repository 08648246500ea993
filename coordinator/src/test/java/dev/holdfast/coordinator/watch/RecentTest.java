package dev.holdfast.coordinator.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class RecentTest {
  private Duration now = Duration.ofHours(1);
  private final List<String> asked = new ArrayList<>();
  private Optional<String> problem = Optional.empty();

  private final Recent<Integer> recent =
      new Recent<>(
          () -> {
            asked.add("asked");
            problem.ifPresent(
                words -> {
                  throw new IllegalStateException(words);
                });
            return asked.size();
          },
          Duration.ofSeconds(15),
          () -> now);

  @Test
  void howeverOftenItIsAskedItIsFoundOutOnceInItsLife() {
    assertEquals(Optional.empty(), recent.age());
    for (int i = 0; i < 100; i++) {
      assertEquals(Optional.of(1), recent.get());
    }
    now = now.plusSeconds(14);
    assertEquals(Optional.of(1), recent.get());
    assertEquals(Optional.of(Duration.ofSeconds(14)), recent.age());

    now = now.plusSeconds(1);
    assertEquals(Optional.of(2), recent.get());
    assertEquals(Optional.of(Duration.ZERO), recent.age());
  }

  @Test
  void whatCannotBeFoundOutStaysAsItWasAndIsNotTriedAtOnceAgain() {
    assertEquals(Optional.of(1), recent.get());
    problem = Optional.of("all connections are busy");
    now = now.plusSeconds(20);

    assertEquals(Optional.of(1), recent.get());
    assertEquals(Optional.of(1), recent.get());

    assertEquals(2, asked.size());
    assertEquals(Optional.of(Duration.ofSeconds(20)), recent.age());
  }
}
