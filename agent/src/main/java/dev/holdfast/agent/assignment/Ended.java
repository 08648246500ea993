package dev.holdfast.agent.assignment;

import dev.holdfast.association.Trigger;
import dev.holdfast.report.RunStatus;
import java.time.Instant;

/**
 * How the last run of an association ended; skips are no runs.
 *
 * @param end as reported, or when it was noted if the report names no end
 */
public record Ended(Trigger trigger, RunStatus status, Instant end) {}
