/** Reads the pages of the documentation, so that tests hold them to what there is. */
@NullMarked
package dev.holdfast.pages;

import org.jspecify.annotations.NullMarked;
