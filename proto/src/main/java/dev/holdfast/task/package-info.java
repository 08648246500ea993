/**
 * The few things both programs need to run: time as an argument, limits by name, back-off. Nothing
 * here knows the domain.
 */
@NullMarked
package dev.holdfast.task;

import org.jspecify.annotations.NullMarked;
