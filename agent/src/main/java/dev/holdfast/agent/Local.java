package dev.holdfast.agent;

import dev.holdfast.agent.life.CrashRule;
import dev.holdfast.agent.policy.Standing;
import java.util.function.Supplier;

/**
 * What a host adds to an agent that nothing from the coordinator can change.
 *
 * @param policy what it allows, as it was seen last
 * @param crashes what follows from crashes
 * @param bootId names this start of the host
 */
public record Local(Supplier<Standing> policy, CrashRule crashes, String bootId) {
  /** A host that allows everything, and of whose crashes nothing follows. */
  public static final Local OPEN = new Local(() -> Standing.ABSENT, CrashRule.NEVER, "");
}
