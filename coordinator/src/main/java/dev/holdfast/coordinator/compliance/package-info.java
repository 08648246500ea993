/**
 * Compliance: whether what associations keep true is true. Verdicts follow from the ends of runs,
 * in the transaction that stores these. Deciding is pure; the sweep of verdicts that nobody
 * confirmed runs on the thread of its timers.
 */
@NullMarked
package dev.holdfast.coordinator.compliance;

import org.jspecify.annotations.NullMarked;
