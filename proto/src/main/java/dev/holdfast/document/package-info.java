/**
 * Documents: reading them with every finding at its line and column, their parameters,
 * substitution, preconditions and the rules of control flow. Pure.
 */
@NullMarked
package dev.holdfast.document;

import org.jspecify.annotations.NullMarked;
