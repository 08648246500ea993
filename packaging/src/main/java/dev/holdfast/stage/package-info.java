/**
 * Makes what the packages contain: for each program a folder with its launchers, its jars and a
 * runtime of its own, and the record of what it loads, from which a host makes its cache.
 */
@NullMarked
package dev.holdfast.stage;

import org.jspecify.annotations.NullMarked;
