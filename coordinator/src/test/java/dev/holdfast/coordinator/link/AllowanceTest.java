package dev.holdfast.coordinator.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.association.InstanceId;
import dev.holdfast.task.TransportLimits;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class AllowanceTest {
  private static final Duration NOW = Duration.ofMinutes(7);

  /** So many messages of so many bytes and results at once: how long until the next is read. */
  @ParameterizedTest
  @CsvSource({
    // messages, bytes each, results each, wait in ms
    "1, 100, 0, 0",
    "100, 100, 0, 0",
    "101, 100, 0, 50",
    "120, 100, 1, 1000",
    "8, 262144, 0, 0",
    "9, 262144, 0, 4000",
    "1, 2097152, 0, 0",
    "2, 2097152, 0, 32000",
    "10, 1000, 100, 0",
    "11, 1000, 100, 100000",
    "1000, 1, 1, 45000",
  })
  void whatCameIsPaidForByTheLongestOfTheWaits(
      int messages, long bytes, int results, long waitMillis) {
    Allowance allowance = Allowance.full(Quotas.DEFAULT, NOW);
    for (int i = 0; i < messages; i++) {
      allowance = allowance.received(bytes, results, NOW);
    }

    assertEquals(Duration.ofMillis(waitMillis), allowance.owed(NOW));
    assertEquals(Duration.ZERO, allowance.owed(NOW.plusMillis(waitMillis)));
  }

  @Test
  void anInstanceOpensSoManyLinksAtOnceAndThenOneEachTenSeconds() {
    Allowance allowance = Allowance.full(Quotas.DEFAULT, NOW);
    for (int i = 0; i < TransportLimits.LINKS_A_MINUTE; i++) {
      assertEquals(Duration.ZERO, allowance.untilLink(NOW));
      allowance = allowance.linked(NOW);
    }

    assertEquals(Duration.ofSeconds(10), allowance.untilLink(NOW));
    assertEquals(Duration.ofSeconds(7), allowance.untilLink(NOW.plusSeconds(3)));
    assertEquals(Duration.ZERO, allowance.untilLink(NOW.plusSeconds(10)));
    assertEquals(Duration.ZERO, allowance.owed(NOW), "of messages it owes none");
  }

  @Test
  void whatIsConfiguredCountsAndItsBurstsGrowWithIt() {
    Quotas wide = new Quotas(2_000, 6_553_600, 6_000, 600, 100);
    Allowance allowance = Allowance.full(wide, NOW);
    for (int i = 0; i < 10_000; i++) {
      allowance = allowance.received(20_000, 10, NOW);
    }

    assertEquals(Duration.ZERO, allowance.owed(NOW));
    assertTrue(allowance.received(20_000_000, 0, NOW).owed(NOW).isPositive());
    assertThrows(IllegalArgumentException.class, () -> new Quotas(0, 1, 1, 1, 1));
  }

  @Test
  void aNewLinkBringsNoNewAllowanceAndOthersAreNotConcerned() {
    QuotaBook book = new QuotaBook(Quotas.DEFAULT);
    InstanceId one = new InstanceId("mi-00000000000000001");
    InstanceId other = new InstanceId("mi-00000000000000002");

    assertEquals(Duration.ZERO, book.link(one, NOW));
    Duration owed = book.received(one, 4 * 1024 * 1024, 0, NOW);
    assertEquals(Duration.ofSeconds(32), owed);
    assertEquals(Duration.ZERO, book.link(one, NOW));
    assertEquals(owed, book.received(one, 0, 0, NOW));
    assertEquals(Duration.ZERO, book.received(other, 1000, 1, NOW));
    assertEquals(2, book.slowed());
    for (int i = 2; i < TransportLimits.LINKS_A_MINUTE; i++) {
      assertEquals(Duration.ZERO, book.link(one, NOW));
    }
    assertEquals(Duration.ofSeconds(10), book.link(one, NOW));
    assertEquals(Duration.ofSeconds(10), book.link(one, NOW), "being turned away costs nothing");
    assertEquals(2, book.turnedAway());
    assertEquals(Duration.ZERO, book.link(other, NOW));
  }
}
