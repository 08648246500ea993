package dev.holdfast.coordinator.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.task.TransportLimits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FrameMeterTest {
  private static final Duration NOW = Duration.ofSeconds(5);

  private final FrameMeter meter = new FrameMeter(NOW);

  /** Type, flags and payload of frames, and whether they carry nothing. */
  @ParameterizedTest
  @CsvSource({
    "0, 0, 0, true", // DATA that is empty
    "0, 1, 0, false", // and ends a request
    "0, 0, 1, false",
    "1, 4, 30, false", // HEADERS
    "2, 0, 5, true", // PRIORITY
    "3, 0, 4, false", // RST_STREAM has a limit of its own
    "4, 0, 0, true", // SETTINGS
    "6, 0, 8, true", // PING
    "8, 0, 4, true", // WINDOW_UPDATE
    "9, 0, 0, true", // CONTINUATION
    "9, 0, 500, true",
    "77, 0, 100, true",
  })
  void framesThatCarryNothingAreTooManyAfterAPauseOfThem(
      int type, int flags, int payload, boolean counted) {
    preface();
    for (int i = 0; i < TransportLimits.EMPTY_FRAMES_AT_ONCE; i++) {
      assertTrue(meter.fine(frame(type, flags, payload), NOW), "frame " + i);
    }

    assertEquals(!counted, meter.fine(frame(type, flags, payload), NOW));
    Duration later = NOW.plusMillis(1_000 / TransportLimits.EMPTY_FRAMES_A_SECOND);
    assertTrue(meter.fine(Unpooled.EMPTY_BUFFER, later));
  }

  @Test
  void whatWasSentLetsTheOtherSideOpenItsWindowAgain() {
    preface();
    int sent = 0;
    for (int i = 0; i < 100_000; i++) {
      meter.sent(16 * 1024, NOW);
      sent += 2;
      assertTrue(meter.fine(frame(8, 0, 4), NOW));
      assertTrue(meter.fine(frame(8, 0, 4), NOW));
    }
    assertTrue(sent > 100 * TransportLimits.EMPTY_FRAMES_AT_ONCE);

    int saved = 0;
    while (meter.fine(frame(8, 0, 4), NOW)) {
      saved++;
    }
    assertTrue(saved <= TransportLimits.EMPTY_FRAMES_AT_ONCE + 20, "saved up: " + saved);
  }

  @Test
  void framesAreFoundWhereverTheBytesAreCut() {
    SplittableRandom random = new SplittableRandom(3);
    ByteBuf all = Unpooled.buffer();
    all.writeZero(24);
    int empty = 0;
    while (empty < TransportLimits.EMPTY_FRAMES_AT_ONCE) {
      boolean data = random.nextBoolean();
      all.writeBytes(data ? frame(0, 0, 1 + random.nextInt(70_000)) : frame(6, 0, 8));
      empty += data ? 0 : 1;
    }
    while (all.isReadable()) {
      int some = Math.min(all.readableBytes(), 1 + random.nextInt(40));
      assertTrue(meter.fine(all.readSlice(some), NOW));
    }

    assertFalse(meter.fine(frame(6, 0, 8), NOW), "the one that is too many");
  }

  private void preface() {
    assertTrue(meter.fine(Unpooled.wrappedBuffer(new byte[24]), NOW));
  }

  private static ByteBuf frame(int type, int flags, int payload) {
    return Unpooled.buffer()
        .writeMedium(payload)
        .writeByte(type)
        .writeByte(flags)
        .writeInt(1)
        .writeZero(payload);
  }
}
