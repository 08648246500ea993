package dev.holdfast.agent;

import dev.holdfast.agent.life.CrashRule;
import dev.holdfast.agent.policy.Standing;
import dev.holdfast.task.Failpoints;
import java.util.function.Supplier;

/**
 * What a host adds to an agent that nothing from the coordinator can change.
 *
 * @param policy what it allows, as it was seen last
 * @param crashes what follows from crashes
 * @param bootId names this start of the host
 * @param failpoints where a test may end it
 */
public record Local(
    Supplier<Standing> policy, CrashRule crashes, String bootId, Failpoints failpoints) {
  /** Without failpoints that do something. */
  public Local(Supplier<Standing> policy, CrashRule crashes, String bootId) {
    this(policy, crashes, bootId, Failpoints.NONE);
  }

  /** A host that allows everything, and of whose crashes nothing follows. */
  public static final Local OPEN = new Local(() -> Standing.ABSENT, CrashRule.NEVER, "");
}
