/** Tests of the patterns of documents. */
@NullMarked
package dev.holdfast.pattern;

import org.jspecify.annotations.NullMarked;
