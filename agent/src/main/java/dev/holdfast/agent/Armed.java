package dev.holdfast.agent;

import dev.holdfast.task.Failpoints;
import dev.holdfast.task.Tempo;
import java.util.Optional;

/**
 * What a test of faults or a measurement may put in place of what the program finds; the product
 * puts nothing.
 *
 * @param failpoints where it may end the program
 * @param bootId names this start of the host, whatever the host says
 * @param tempo how fast time passes for simulated hosts; empty: as it does
 */
public record Armed(Failpoints failpoints, Optional<String> bootId, Optional<Tempo> tempo) {
  /** All is as it is. */
  public static final Armed NOTHING = new Armed(Failpoints.NONE, Optional.empty());

  /** In real time. */
  public Armed(Failpoints failpoints, Optional<String> bootId) {
    this(failpoints, bootId, Optional.empty());
  }
}
