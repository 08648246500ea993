/**
 * Guards of the whole source tree: which package may depend on which, and what every file has to
 * keep to. Each failure says why the rule is there.
 */
@NullMarked
package dev.holdfast.architecture;

import org.jspecify.annotations.NullMarked;
