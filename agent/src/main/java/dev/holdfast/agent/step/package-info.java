/**
 * One plugin a kind of step. A plugin says what is to be done, and does nothing: it is a pure
 * function from a step's inputs to {@link dev.holdfast.agent.step.Work}, which the runner performs.
 * Only inventory, which reads and changes nothing, is performed here, on a worker.
 */
@NullMarked
package dev.holdfast.agent.step;

import org.jspecify.annotations.NullMarked;
