package dev.holdfast.agent.spool;

import com.google.protobuf.ByteString;
import dev.holdfast.report.Lane;

/**
 * A report in its place.
 *
 * @param sequence its place in the lane, from 1
 * @param bytes the report's message, with lane and sequence in it
 */
public record Spooled(Lane lane, long sequence, ByteString bytes) {}
