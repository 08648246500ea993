/**
 * What becomes of an agent that goes down again and again: which assignment is left alone for it,
 * and when nothing runs any more. The rule is pure; {@link dev.holdfast.agent.life.Lives}
 * remembers.
 */
@NullMarked
package dev.holdfast.agent.life;

import org.jspecify.annotations.NullMarked;
