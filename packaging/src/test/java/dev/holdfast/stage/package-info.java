/** What is left out of the packages, and what is not. */
@NullMarked
package dev.holdfast.stage;

import org.jspecify.annotations.NullMarked;
