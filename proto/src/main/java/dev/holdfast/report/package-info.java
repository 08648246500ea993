/**
 * Facts that agents report: what became of a run, and what is installed. Pure values; a report is
 * spooled on the host until the coordinator has stored it.
 */
@NullMarked
package dev.holdfast.report;

import org.jspecify.annotations.NullMarked;
