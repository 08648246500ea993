/**
 * The names that both sides compute without asking each other: instances, associations, triggers,
 * executions and runs. Pure values.
 */
@NullMarked
package dev.holdfast.association;

import org.jspecify.annotations.NullMarked;
