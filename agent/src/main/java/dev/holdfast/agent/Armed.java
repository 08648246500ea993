package dev.holdfast.agent;

import dev.holdfast.task.Failpoints;
import java.util.Optional;

/**
 * What a test of faults may put in place of what the program finds; the product puts nothing.
 *
 * @param failpoints where it may end the program
 * @param bootId names this start of the host, whatever the host says
 */
public record Armed(Failpoints failpoints, Optional<String> bootId) {
  /** All is as it is. */
  public static final Armed NOTHING = new Armed(Failpoints.NONE, Optional.empty());
}
