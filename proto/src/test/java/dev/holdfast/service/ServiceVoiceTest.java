package dev.holdfast.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.testing.ManualTimers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A voice over time. */
final class ServiceVoiceTest {
  private final ManualTimers timers = new ManualTimers(Instant.parse("2026-03-02T12:00:00Z"));
  private final List<String> told = new ArrayList<>();
  private final Work work = new Work();
  private boolean deaf;
  private String status = "linked";

  /** A work loop that goes round when it is asked to, unless it hangs. */
  private static final class Work implements Rounds {
    private long completed;
    private int asked;
    private boolean hangs;

    @Override
    public void ask() {
      asked++;
      if (!hangs) {
        completed++;
      }
    }

    @Override
    public long completed() {
      return completed;
    }
  }

  @Test
  void itTellsThatItIsReadyAndThenThatItLives() {
    ServiceVoice voice = voice(Optional.of(Duration.ofSeconds(6)));
    timers.advance(Duration.ofMinutes(1));
    assertEquals(List.of(), told, "not ready");
    voice.ready();
    voice.ready();
    timers.advance(Duration.ZERO);
    assertEquals(List.of("READY=1\nSTATUS=linked"), heard());
    timers.advance(Duration.ofSeconds(9));
    assertEquals(List.of("WATCHDOG=1", "WATCHDOG=1", "WATCHDOG=1"), heard());
    status = "waiting";
    timers.advance(Duration.ofSeconds(3));
    assertEquals(List.of("STATUS=waiting\nWATCHDOG=1"), heard());
  }

  @Test
  void theWatchdogStarvesWhileTheWorkStandsStill() {
    ServiceVoice voice = voice(Optional.of(Duration.ofSeconds(6)));
    voice.ready();
    timers.advance(Duration.ofSeconds(3));
    heard();
    work.hangs = true;
    timers.advance(Duration.ofSeconds(3));
    assertEquals(List.of("WATCHDOG=1"), heard(), "for the round before");
    timers.advance(Duration.ofHours(1));
    assertEquals(List.of(), heard());
    work.hangs = false;
    timers.advance(Duration.ofSeconds(6));
    assertEquals(List.of("WATCHDOG=1"), heard());
  }

  @Test
  void whoWantsNoSignOfLifeGetsNoneAndNobodyGoesRoundForIt() {
    ServiceVoice voice = voice(Optional.empty());
    voice.ready();
    timers.advance(Duration.ofMinutes(5));
    assertEquals(List.of("READY=1\nSTATUS=linked"), heard());
    assertEquals(0, work.asked);
  }

  @Test
  void whatIsNotTakenIsToldAgain() {
    ServiceVoice voice = voice(Optional.empty());
    deaf = true;
    voice.ready();
    timers.advance(Duration.ofSeconds(5));
    assertEquals(List.of(), heard());
    deaf = false;
    timers.advance(ServiceRule.AGAIN);
    assertEquals(List.of("READY=1\nSTATUS=linked"), heard());
  }

  @Test
  void afterTheStopItIsSilent() {
    ServiceVoice voice = voice(Optional.of(Duration.ofSeconds(6)));
    voice.ready();
    timers.advance(Duration.ZERO);
    heard();
    voice.stopping();
    voice.stopping();
    timers.advance(Duration.ofMinutes(1));
    assertEquals(List.of("STOPPING=1\nSTATUS=stopping"), heard());
    assertEquals(0, timers.waiting());
  }

  @Test
  void aStatusThatCannotBeToldFailsNothing() {
    ServiceVoice voice =
        new ServiceVoice(
            told::add,
            Optional.empty(),
            timers,
            work,
            () -> {
              throw new IllegalStateException("broken");
            });
    voice.ready();
    timers.advance(Duration.ZERO);
    assertTrue(told.getFirst().startsWith("READY=1\nSTATUS=cannot tell: "), told::toString);
  }

  @Test
  void whereNobodyListensThereIsNoVoice() {
    for (Map<String, String> environment :
        List.of(
            Map.<String, String>of(),
            Map.of("WATCHDOG_USEC", "1000000"),
            Map.of("NOTIFY_SOCKET", "nonsense"))) {
      assertTrue(
          ServiceVoice.of(
                  environment,
                  1,
                  () -> {
                    throw new AssertionError("timers are made for nobody");
                  },
                  work,
                  () -> "")
              .isEmpty());
    }
  }

  private ServiceVoice voice(Optional<Duration> watchdog) {
    return new ServiceVoice(
        message -> {
          if (!deaf) {
            told.add(message);
          }
          return !deaf;
        },
        watchdog,
        timers,
        work,
        () -> status);
  }

  private List<String> heard() {
    List<String> heard = List.copyOf(told);
    told.clear();
    return heard;
  }
}
