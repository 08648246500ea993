/**
 * What {@code packaging/demo} asks of the coordinator: an ordinary client of the admin API, on the
 * thread that runs it. It knows neither program.
 */
@NullMarked
package dev.holdfast.demo;

import org.jspecify.annotations.NullMarked;
