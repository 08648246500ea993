/** Why an association runs or does not run on an instance: a pure rule over what is known. */
@NullMarked
package dev.holdfast.coordinator.explain;

import org.jspecify.annotations.NullMarked;
