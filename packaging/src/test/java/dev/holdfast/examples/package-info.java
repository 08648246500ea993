/** Tests of the documents that come with Holdfast: those built in, and the examples. */
@NullMarked
package dev.holdfast.examples;

import org.jspecify.annotations.NullMarked;
