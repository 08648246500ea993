package dev.holdfast.agent.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.report.RunStatus;
import dev.holdfast.wire.agent.CoordinatorMessage;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A coordinator whose store came back from a backup. */
class HistoryTest extends LinkRig {
  @Test
  void aStoreOfAHigherEpochIsToldAgainWhatItLacksInventoryToo() {
    for (int i = 1; i <= 3; i++) {
      spool.add(run(i, RunStatus.SUCCESS));
    }
    linkUp(0);
    ack(3);
    assertEquals(List.of(1L, 2L, 3L), sequences());
    assertFalse(inventory.contains("forgotten"));

    again(2, 1);

    assertEquals(List.of(2L, 3L), sequences(), "what is above that which it says it has");
    assertTrue(inventory.contains("forgotten"));
  }

  @Test
  void aStoreOfTheSameEpochThatLacksResultsGetsTheseAlone() {
    for (int i = 1; i <= 3; i++) {
      spool.add(run(i, RunStatus.SUCCESS));
    }
    linkUp(0);
    ack(3);

    again(1, 1);

    assertEquals(List.of(2L, 3L), sequences());
    assertFalse(inventory.contains("forgotten"));
  }

  private void again(long epoch, long stored) {
    dialer.last().listener.closed("it went");
    timers.advance(java.time.Duration.ofSeconds(5));
    dialer.last().listener.opened();
    dialer.last().receive(CoordinatorMessage.newBuilder().setAck(stored(stored).setEpoch(epoch)));
  }
}
