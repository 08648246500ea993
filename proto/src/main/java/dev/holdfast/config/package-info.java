/**
 * Strict configuration files. A program names its keys with their types, bounds and defaults; what
 * is in the file and isn't one of them, or isn't of its type, stops the start, and all such
 * problems are told at once with their places. Read once, on the starting thread, before anything
 * else is made.
 */
@NullMarked
package dev.holdfast.config;

import org.jspecify.annotations.NullMarked;
