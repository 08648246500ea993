package dev.holdfast.agent.link;

import dev.holdfast.agent.identity.Papers;
import dev.holdfast.agent.link.LinkMachine.Signal;
import dev.holdfast.wire.agent.Standing;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hears how this host stands with the coordinator. On the agent's own thread only. */
final class Standings {
  private static final Logger LOG = LoggerFactory.getLogger("link");

  private final Papers papers;
  private final Renewals renewals;
  private final Consumer<Signal> signals;
  private boolean differs;

  Standings(Papers papers, Renewals renewals, Consumer<Signal> signals) {
    this.papers = papers;
    this.renewals = renewals;
    this.signals = signals;
  }

  /** The coordinator says how it stands. */
  void told(Standing standing) {
    switch (standing.getHeld()) {
      case PENDING -> held(standing);
      case DUPLICATE -> {
        held(standing);
        if (papers.installNonce().isPresent() && !differs) {
          differs = true; // once: then the copies can be told apart
          papers.differ();
          signals.accept(Signal.RENEWED);
        }
      }
      case STATE_UNSPECIFIED, UNRECOGNIZED -> {
        if (standing.getRenew()) {
          renewals.now();
        }
      }
    }
  }

  private void held(Standing standing) {
    LOG.warn(
        "the coordinator holds this host: nothing is sent to it until it is approved there"
            + " state={} reason={}",
        standing.getHeld(),
        Greeting.printable(standing.getReason()));
    signals.accept(Signal.HELD);
  }
}
