package dev.holdfast.agent.step;

import dev.holdfast.document.Step;
import dev.holdfast.document.Value;
import java.util.Map;

/** Knows one action. Pure. */
interface Plugin {

  /**
   * What the step comes to.
   *
   * @param inputs with everything substituted
   * @param environment for its scripts
   */
  Work work(Step step, Value inputs, Map<String, String> environment);
}
