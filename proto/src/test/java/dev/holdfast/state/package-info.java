/** Tests of what {@code state:} steps describe: reading it, and the parts of text files. */
@NullMarked
package dev.holdfast.state;

import org.jspecify.annotations.NullMarked;
