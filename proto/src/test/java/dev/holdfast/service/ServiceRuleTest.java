package dev.holdfast.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.service.ServiceRule.Said;
import dev.holdfast.service.ServiceRule.Situation;
import dev.holdfast.service.ServiceRule.Word;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is told, and when. */
final class ServiceRuleTest {
  @ParameterizedTest(name = "told {1}/{2}/{3}/{4}, is {5}/{6}/{7}/{8}: {9}")
  @CsvSource(
      textBlock =
          """
          # watched, told: ready, stopping, status, rounds; is: ready, stopping, status, rounds; said
          true,  false, false, '',  0, false, false, '',  0, ''
          true,  false, false, '',  0, false, false, '',  9, ''
          true,  false, false, '',  0, true,  false, 'a', 0, 'READY=1|STATUS=a'
          true,  false, false, '',  0, true,  false, 'a', 1, 'READY=1|STATUS=a|WATCHDOG=1'
          false, false, false, '',  0, true,  false, 'a', 1, 'READY=1|STATUS=a'
          true,  true,  false, 'a', 1, true,  false, 'a', 1, ''
          true,  true,  false, 'a', 1, true,  false, 'a', 2, 'WATCHDOG=1'
          true,  true,  false, 'a', 2, true,  false, 'a', 0, ''
          false, true,  false, 'a', 1, true,  false, 'a', 2, ''
          true,  true,  false, 'a', 1, true,  false, 'b', 1, 'STATUS=b'
          true,  true,  false, 'a', 1, true,  true,  'b', 5, 'STOPPING=1|STATUS=b'
          true,  true,  true,  'b', 1, true,  false, 'c', 5, ''
          true,  true,  true,  'b', 1, true,  true,  'c', 5, ''
          true,  false, false, '',  0, false, true,  'b', 5, 'STOPPING=1|STATUS=b'
          """)
  void isSaid(
      boolean watched,
      boolean toldReady,
      boolean toldStopping,
      String toldStatus,
      long toldRounds,
      boolean ready,
      boolean stopping,
      String status,
      long rounds,
      String said) {
    Word word =
        ServiceRule.next(
            watched,
            new Said(toldReady, toldStopping, toldStatus, toldRounds),
            new Situation(ready, stopping, status, rounds));

    assertEquals(said, word.message().replace('\n', '|'));
  }

  @Test
  void whatWasToldIsNotToldAgain() {
    Situation now = new Situation(true, false, "a", 3);
    Word word = ServiceRule.next(true, Said.NOTHING, now);

    assertEquals("", ServiceRule.next(true, word.after(), now).message());
  }

  @Test
  void aStatusIsOneLineOfBoundedLength() {
    String told =
        ServiceRule.next(
                false,
                new Said(true, false, "", 0),
                new Situation(true, false, "a\nWATCHDOG=1\u0007" + "x".repeat(500), 0))
            .message();

    assertTrue(told.startsWith("STATUS=a WATCHDOG=1 xx"), told);
    assertEquals(1, told.lines().count());
    assertEquals("STATUS=".length() + ServiceRule.MAX_STATUS, told.length());
  }

  @ParameterizedTest
  @CsvSource({
    "'', true, PT10S",
    "'', false, PT1S",
    "PT60S, true, PT10S",
    "PT6S, true, PT3S",
    "PT6S, false, PT1S",
    "PT0.1S, false, PT0.05S",
  })
  void itLooksAgainWithinHalfOfWhatTheWatchdogWaits(String watchdog, boolean taken, Duration wait) {
    Optional<Duration> watched =
        watchdog.isEmpty() ? Optional.empty() : Optional.of(Duration.parse(watchdog));

    assertEquals(wait, ServiceRule.wait(watched, taken));
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      textBlock =
          """
          # NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID; socket, watchdog
          -,                -,                  -,   '',               ''
          '',               30000000,           -,   '',               ''
          x,                30000000,           -,   '',               ''
          vsock:2:1,        30000000,           -,   '',               ''
          @,                30000000,           -,   '',               ''
          /run/notify,      -,                  -,   /run/notify,      ''
          @abstract/7,      30000000,           -,   @abstract/7,      PT30S
          /run/notify,      30000000,           77,  /run/notify,      PT30S
          /run/notify,      30000000,           '',  /run/notify,      PT30S
          /run/notify,      30000000,           78,  /run/notify,      ''
          /run/notify,      0,                  -,   /run/notify,      ''
          /run/notify,      -5,                 -,   /run/notify,      ''
          /run/notify,      soon,               -,   /run/notify,      ''
          /run/notify,      500000,             -,   /run/notify,      PT0.5S
          /run/notify,      999999999999999999, -,   /run/notify,      PT277777H46M39.999999S
          """)
  void theEnvironmentSaysWhoListens(
      String socket, String micros, String pid, String listens, String watchdog) {
    Map<String, String> environment = new HashMap<>();
    put(environment, "NOTIFY_SOCKET", socket);
    put(environment, "WATCHDOG_USEC", micros);
    put(environment, "WATCHDOG_PID", pid);

    Surroundings around = Surroundings.of(environment, 77);

    assertEquals(listens, around.socket().orElse(""));
    assertEquals(watchdog, around.watchdog().map(Duration::toString).orElse(""));
  }

  @Test
  void aNameThatIsLongerThanAnAddressIsNone() {
    String longest = "/" + "x".repeat(106);

    assertTrue(Surroundings.of(Map.of("NOTIFY_SOCKET", longest), 1).socket().isPresent());
    assertTrue(Surroundings.of(Map.of("NOTIFY_SOCKET", longest + "x"), 1).socket().isEmpty());
  }

  private static void put(
      Map<String, String> environment,
      String name,
      @org.jspecify.annotations.Nullable String value) {
    if (value != null) {
      environment.put(name, value);
    }
  }
}
