package dev.holdfast.report;

import com.google.protobuf.ByteString;

/**
 * What is kept of a stream: its first and last bytes, and how many there were.
 *
 * @param head the first bytes
 * @param tail the last bytes; empty if the head has all of them
 * @param totalBytes how many were written in all
 */
public record Output(ByteString head, ByteString tail, long totalBytes) {

  /** Nothing was written. */
  public static final Output NONE = new Output(ByteString.EMPTY, ByteString.EMPTY, 0);
}
