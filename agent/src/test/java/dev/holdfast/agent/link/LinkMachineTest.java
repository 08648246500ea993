package dev.holdfast.agent.link;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.holdfast.agent.link.LinkMachine.Phase;
import dev.holdfast.agent.link.LinkMachine.Signal;
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
}
