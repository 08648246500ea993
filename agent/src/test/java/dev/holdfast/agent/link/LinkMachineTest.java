package dev.holdfast.agent.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.agent.link.LinkMachine.Phase;
import dev.holdfast.agent.link.LinkMachine.Signal;
import dev.holdfast.task.Limits;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LinkMachineTest {
  @Test
  void everySignalInEveryPhase() {
    StringBuilder table = new StringBuilder();
    for (Phase phase : Phase.values()) {
      for (Signal signal : Signal.values()) {
        LinkMachine.Step step = LinkMachine.on(phase, signal);
        if (step.phase() == phase && step.action() == LinkMachine.Action.NONE) {
          continue;
        }
        table.append(phase + " " + signal + " -> " + step.phase() + " " + step.action() + "\n");
      }
    }

    assertEquals(
        """
        IDLE START -> OPENING DIAL
        IDLE STOP -> STOPPED NONE
        OPENING OPENED -> GREETING GREET
        OPENING OVERDUE -> WAITING HANG_UP_AND_WAIT
        OPENING BROKEN -> WAITING HANG_UP_AND_WAIT
        OPENING CLOSED -> WAITING WAIT
        OPENING STOP -> STOPPED HANG_UP
        GREETING ACKNOWLEDGED -> LINKED BEGIN
        GREETING HELD -> HELD HOLD
        GREETING OVERDUE -> WAITING HANG_UP_AND_WAIT
        GREETING BROKEN -> WAITING HANG_UP_AND_WAIT
        GREETING CLOSED -> WAITING WAIT
        GREETING STOP -> STOPPED HANG_UP
        LINKED RENEWED -> OPENING REDIAL
        LINKED BROKEN -> WAITING HANG_UP_AND_WAIT
        LINKED CLOSED -> WAITING WAIT
        LINKED STOP -> STOPPED HANG_UP
        HELD RENEWED -> OPENING REDIAL
        HELD BROKEN -> WAITING HANG_UP_AND_WAIT
        HELD CLOSED -> WAITING WAIT
        HELD STOP -> STOPPED HANG_UP
        WAITING WAITED -> OPENING DIAL
        WAITING STOP -> STOPPED NONE
        """,
        table.toString());
  }

  @Test
  void theBoundOfTheWaitDoublesUpToItsLongest() {
    assertEquals(Duration.ofSeconds(1), Backoff.bound(0));
    assertEquals(Duration.ofSeconds(2), Backoff.bound(1));
    assertEquals(Duration.ofSeconds(256), Backoff.bound(8));
    assertEquals(Limits.RECONNECT_LONGEST, Backoff.bound(9));
    assertEquals(Limits.RECONNECT_LONGEST, Backoff.bound(Integer.MAX_VALUE));
  }

  @Test
  void theWaitIsAnywhereBelowItsBound() {
    Backoff backoff = new Backoff(new SplittableRandom(1));
    for (int i = 0; i < 8; i++) {
      backoff.next(Duration.ZERO);
    }
    long low = 0;
    long high = 0;
    for (int i = 0; i < 200; i++) {
      Duration wait = backoff.next(Duration.ofSeconds(5));
      assertTrue(wait.compareTo(Limits.RECONNECT_LONGEST) <= 0);
      low += wait.compareTo(Duration.ofSeconds(60)) < 0 ? 1 : 0;
      high += wait.compareTo(Duration.ofMinutes(4)) > 0 ? 1 : 0;
    }
    assertTrue(low > 15 && high > 15, "spread over the whole range: " + low + ", " + high);
  }

  @Test
  void afterAGoodLinkTheWaitIsShortAgainOrInTheWindowThatWasNamed() {
    Backoff backoff = new Backoff(new SplittableRandom(1));
    for (int i = 0; i < 20; i++) {
      backoff.next(Duration.ZERO);
    }
    assertTrue(backoff.next(Limits.GOOD_LINK).compareTo(Duration.ofSeconds(1)) <= 0);
    assertTrue(backoff.next(Duration.ZERO).compareTo(Duration.ofSeconds(2)) <= 0);

    backoff.window(Duration.ofMinutes(10));
    Duration longest = Duration.ZERO;
    for (int i = 0; i < 50; i++) {
      Duration wait = backoff.next(Duration.ofHours(3));
      longest = wait.compareTo(longest) > 0 ? wait : longest;
    }
    assertTrue(longest.compareTo(Duration.ofMinutes(8)) > 0);
    assertTrue(longest.compareTo(Duration.ofMinutes(10)) <= 0);
  }
}
