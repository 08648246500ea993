package dev.holdfast.coordinator;

import dev.holdfast.task.Failpoints;
import dev.holdfast.task.Tempo;
import java.time.InstantSource;

/**
 * What a test of faults or a measurement may put in place of what the program has; the product puts
 * nothing.
 *
 * @param failpoints where it may end the program
 * @param tempo how fast time passes for rows, schedules and links
 */
public record Armed(Failpoints failpoints, Tempo tempo) {

  /** With failpoints, in real time. */
  public static Armed with(Failpoints failpoints) {
    return new Armed(failpoints, Tempo.of(InstantSource.system()));
  }

  /** All is as it is. */
  public static Armed nothing() {
    return with(Failpoints.NONE);
  }
}
