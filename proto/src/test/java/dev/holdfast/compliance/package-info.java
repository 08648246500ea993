/** The rules of items that people put, by tables. */
@NullMarked
package dev.holdfast.compliance;

import org.jspecify.annotations.NullMarked;
