/** Compliance items as people put them, and the one check of them that both sides make. Pure. */
@NullMarked
package dev.holdfast.compliance;

import org.jspecify.annotations.NullMarked;
