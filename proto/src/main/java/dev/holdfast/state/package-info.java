/**
 * What {@code state:} steps describe: one record a kind of resource, and reading them from the
 * inputs of a step with every finding at its line and column. Knows nothing of documents, and
 * touches nothing: how a host is brought there is the agent's.
 */
@NullMarked
package dev.holdfast.state;

import org.jspecify.annotations.NullMarked;
