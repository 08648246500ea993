/**
 * Rate control as both sides speak of it: what an instance asks permits for and holds, and what it
 * is answered. Immutable values.
 */
@NullMarked
package dev.holdfast.permit;

import org.jspecify.annotations.NullMarked;
