/** The hash of a content, and differences, against random ones. */
@NullMarked
package dev.holdfast.inventory;

import org.jspecify.annotations.NullMarked;
