/** Tests of documents. */
@NullMarked
package dev.holdfast.document;

import org.jspecify.annotations.NullMarked;
