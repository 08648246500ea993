package dev.holdfast.coordinator.server;

import dev.holdfast.task.TokenBucket;
import dev.holdfast.task.TransportLimits;
import io.netty.buffer.ByteBuf;
import java.time.Duration;

/**
 * Counts the frames of one connection that carry nothing, which cost us work and their sender next
 * to none. It reads the lengths and types of frames and passes over all else. What we send lets the
 * other side send some: it must open its window again.
 */
final class FrameMeter {
  private static final TokenBucket.Rate RATE =
      new TokenBucket.Rate(
          TransportLimits.EMPTY_FRAMES_A_SECOND, TransportLimits.EMPTY_FRAMES_AT_ONCE);

  /** The fixed bytes with which a client begins. */
  private static final int PREFACE_BYTES = 24;

  private static final int HEADER_BYTES = 9;
  private static final int END_STREAM = 1;
  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int RST_STREAM = 3;

  private final byte[] header = new byte[HEADER_BYTES];
  private int headerBytes;
  private long toPass = PREFACE_BYTES;
  private TokenBucket bucket;

  FrameMeter(Duration now) {
    this.bucket = TokenBucket.full(RATE, now);
  }

  /** So many bytes were sent to the other side. */
  void sent(int bytes, Duration now) {
    bucket = bucket.spend(-(double) bytes / TransportLimits.SENT_BYTES_AN_EMPTY_FRAME, now);
  }

  /**
   * Looks at what came, without taking it.
   *
   * @return whether there were no more frames that carry nothing than there may be
   */
  boolean fine(ByteBuf bytes, Duration now) {
    int at = bytes.readerIndex();
    int end = bytes.writerIndex();
    int empty = 0;
    while (at < end) {
      if (toPass > 0) {
        long passed = Math.min(toPass, end - at);
        toPass -= passed;
        at += (int) passed;
      } else {
        header[headerBytes++] = bytes.getByte(at++);
        if (headerBytes == HEADER_BYTES) {
          headerBytes = 0;
          toPass = length();
          empty += carriesNothing() ? 1 : 0;
        }
      }
    }
    if (empty > 0) {
      bucket = bucket.spend(empty, now);
    }
    return bucket.has(0, now);
  }

  private int length() {
    return (header[0] & 0xff) << 16 | (header[1] & 0xff) << 8 | (header[2] & 0xff);
  }

  /** Resets are counted by themselves; a call's request may end with an empty frame. */
  private boolean carriesNothing() {
    return switch (header[3] & 0xff) {
      case DATA -> length() == 0 && (header[4] & END_STREAM) == 0;
      case HEADERS, RST_STREAM -> false;
      default -> true;
    };
  }
}
