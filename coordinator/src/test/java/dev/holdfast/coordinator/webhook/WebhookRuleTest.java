package dev.holdfast.coordinator.webhook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.coordinator.store.Webhooks.Condition;
import dev.holdfast.coordinator.store.Webhooks.State;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class WebhookRuleTest {
  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");

  @Test
  void waitsDoubleUpToTenMinutesAndAfterADayItIsGivenUp() {
    State state = State.fine(NOW);
    Instant now = NOW;
    Duration longest = Duration.ZERO;
    int attempts = 0;
    while (state.condition() != Condition.GIVEN_UP) {
      state = WebhookRule.refused(state, "down", now);
      attempts++;
      assertTrue(attempts < 1_000, "it never gives up");
      if (state.nextAttempt().isPresent()) {
        Duration wait = Duration.between(now, state.nextAttempt().get());
        assertTrue(wait.compareTo(longest) >= 0, wait + " after " + longest);
        longest = wait;
        assertEquals(NOW, state.since());
        now = state.nextAttempt().get();
      }
    }
    assertEquals(Duration.ofMinutes(10), longest);
    assertTrue(attempts > 140 && attempts < 170, "attempts " + attempts);
    assertEquals(Optional.empty(), state.nextAttempt());
    assertEquals("down", state.message());
    assertTrue(!now.isBefore(NOW.plus(WebhookRule.GIVEN_UP_AFTER)), now.toString());
  }

  @Test
  void onceTakenAllIsForgottenAndTheDayBeginsAnew() {
    State failing = WebhookRule.refused(State.fine(NOW), "down", NOW.plusSeconds(5));
    State fine = WebhookRule.taken(failing, NOW.plusSeconds(9));
    assertEquals(State.fine(NOW.plusSeconds(9)), fine);
    assertEquals(fine, WebhookRule.taken(fine, NOW.plusSeconds(99)));
    State again = WebhookRule.refused(fine, "down", NOW.plus(Duration.ofDays(3)));
    assertEquals(1, again.failures());
    assertEquals(NOW.plus(Duration.ofDays(3)), again.since());
  }

  @Test
  void aClockThatWentBackMakesNobodyWaitForLong() {
    State failing = WebhookRule.refused(State.fine(NOW), "down", NOW);
    assertEquals(Duration.ofSeconds(1), WebhookRule.until(failing, NOW));
    assertEquals(Duration.ZERO, WebhookRule.until(failing, NOW.minus(Duration.ofDays(1))));
    assertEquals(Duration.ZERO, WebhookRule.until(failing, NOW.plusSeconds(2)));
    State again = WebhookRule.refused(failing, "down", NOW.minus(Duration.ofDays(9)));
    assertEquals(NOW.minus(Duration.ofDays(9)), again.since());
  }
}
