/** What tests of the agent and of the whole system share: a disk that loses what was not synced. */
@NullMarked
package dev.holdfast.agent.testing;

import org.jspecify.annotations.NullMarked;
