/**
 * Documents: reading them with every finding at its line and column, their parameters,
 * substitution, preconditions and the rules of control flow. Pure; semantics after {@code spec.md}
 * section 1 as the design decides it.
 */
@NullMarked
package dev.holdfast.document;

import org.jspecify.annotations.NullMarked;
