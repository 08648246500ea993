package dev.holdfast.coordinator.ingest;

import dev.holdfast.coordinator.store.Runs;
import java.time.Instant;

/**
 * A run that has ended, as it was stored just now.
 *
 * @param due the instant of its tick, or when its trigger was made
 * @param document that its association names
 */
public record RunEnd(Runs.Run run, Instant due, String document) {}
