package dev.holdfast.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.testing.NoticeSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Messages over real sockets. */
@Timeout(20)
final class DatagramNoticesTest {
  private static final Duration SOON = Duration.ofSeconds(5);

  @Test
  void whatIsToldArrivesAtAPath(@TempDir Path folder) {
    arrives(folder.resolve("notify").toString());
  }

  @Test
  void whatIsToldArrivesAtAnAbstractName(@TempDir Path folder) {
    arrives("@" + folder);
  }

  private static void arrives(String name) {
    try (NoticeSocket manager = new NoticeSocket(name);
        DatagramNotices notices = new DatagramNotices(name)) {
      assertTrue(notices.tell("READY=1\nSTATUS=grün"));
      assertTrue(notices.tell("WATCHDOG=1"));
      assertEquals(Optional.of("READY=1\nSTATUS=grün"), manager.next(SOON));
      assertEquals(Optional.of("WATCHDOG=1"), manager.next(SOON));
      assertEquals(Optional.empty(), manager.next(Duration.ofMillis(1)));
    }
  }

  @Test
  void whereNobodyListensNothingFailsAndALaterOneHears(@TempDir Path folder) {
    String name = folder.resolve("notify").toString();
    try (DatagramNotices notices = new DatagramNotices(name)) {
      assertFalse(notices.tell("READY=1"));
      try (NoticeSocket manager = new NoticeSocket(name)) {
        assertTrue(notices.tell("READY=1"));
        assertEquals(Optional.of("READY=1"), manager.next(SOON));
      }
      assertFalse(notices.tell("READY=1"));
    }
  }

  @Test
  void aListenerThatDoesNotReadHoldsNobodyUp(@TempDir Path folder) {
    String name = folder.resolve("notify").toString();
    try (NoticeSocket manager = new NoticeSocket(name);
        DatagramNotices notices = new DatagramNotices(name)) {
      int taken = 0;
      while (taken < 100_000 && notices.tell("WATCHDOG=1")) {
        taken++;
      }
      assertTrue(taken < 100_000, "its queue never was full");
      assertEquals(Optional.of("WATCHDOG=1"), manager.next(SOON));
      assertTrue(notices.tell("WATCHDOG=1"));
    }
  }

  @Test
  void afterTheEndNothingIsTaken(@TempDir Path folder) {
    String name = folder.resolve("notify").toString();
    try (NoticeSocket manager = new NoticeSocket(name)) {
      DatagramNotices notices = new DatagramNotices(name);
      assertTrue(notices.tell("READY=1"));
      notices.close();
      assertFalse(notices.tell("READY=1"));
      assertEquals("READY=1", manager.next(SOON).orElse(""));
    }
  }
}
