/**
 * Reports of all links into group commits, acknowledged after. Deciding what becomes of a report is
 * pure; storing runs on the one thread of the committer, which no link waits for.
 */
@NullMarked
package dev.holdfast.coordinator.ingest;

import org.jspecify.annotations.NullMarked;
