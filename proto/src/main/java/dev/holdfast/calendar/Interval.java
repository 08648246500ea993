package dev.holdfast.calendar;

import java.time.Instant;

/** From one instant up to, not including, another. */
record Interval(Instant start, Instant end) {}
