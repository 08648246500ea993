/** Tests of the codecs. */
@NullMarked
package dev.holdfast.wire;

import org.jspecify.annotations.NullMarked;
