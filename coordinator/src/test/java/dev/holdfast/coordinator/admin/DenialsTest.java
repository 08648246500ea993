package dev.holdfast.coordinator.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.coordinator.store.AuditTrail;
import dev.holdfast.coordinator.store.Store;
import dev.holdfast.task.PeopleLimits;
import dev.holdfast.testing.ManualTimers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DenialsTest {
  private final ManualTimers timers = new ManualTimers(Instant.parse("2026-11-24T12:00:00Z"));
  private long ids;

  @SuppressWarnings("NullAway.Init") // set before each test
  private Store store;

  @SuppressWarnings("NullAway.Init") // set before each test
  private Denials denials;

  @BeforeEach
  void open(@TempDir Path folder) {
    store = Store.open(folder, timers::now, Store.Durability.PROCESS);
    denials = new Denials(store, () -> new UUID(0, ++ids), Optional.of(timers));
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void theFirstOfItsKindIsThereAtOnceAndTheOthersOfTheMinuteAreOneRow() {
    for (int i = 0; i < 60; i++) {
      denials.refused("ann", "holdfast.v1.TokenService/CreateToken", "10.0.0.1", "no");
    }
    assertEquals(List.of("CreateToken ann 10.0.0.1 no 1"), rows());

    timers.advance(Duration.ofSeconds(61));
    assertEquals(
        List.of("CreateToken ann 10.0.0.1 no 59", "CreateToken ann 10.0.0.1 no 1"), rows());

    denials.refused("ann", "holdfast.v1.TokenService/CreateToken", "10.0.0.1", "no");
    assertEquals(3, rows().size());
  }

  @Test
  void kindsAreToldApart() {
    denials.refused("ann", "s/A", "10.0.0.1", "no");
    denials.refused("bob", "s/A", "10.0.0.1", "no");
    denials.refused("ann", "s/B", "10.0.0.1", "no");
    denials.refused("ann", "s/A", "10.0.0.2", "no");
    denials.refused("ann", "s/A", "10.0.0.1", "never");

    assertEquals(5, rows().size());
  }

  @Test
  void whoeverComesFromManyAddressesFillsNoTrail() {
    for (int i = 0; i < 10_000; i++) {
      denials.refused("nobody", "s/A", "10.0." + i / 256 + "." + i % 256, "no");
    }
    timers.advance(Duration.ofSeconds(61));

    assertTrue(rows().size() <= PeopleLimits.MAX_FOLDED_REFUSALS + 2, rows().size() + " rows");
    assertEquals(10_000, counted());
  }

  @Test
  void whatIsCountedWhenTheCoordinatorStopsIsWritten() {
    denials.refused("ann", "s/A", "10.0.0.1", "no");
    denials.refused("ann", "s/A", "10.0.0.1", "no");
    denials.flush();

    assertEquals(2, counted());
  }

  private int counted() {
    return entries().stream().mapToInt(AuditTrail.Entry::count).sum();
  }

  private List<String> rows() {
    return entries().stream()
        .map(
            row ->
                row.method()
                    + " "
                    + row.principal()
                    + " "
                    + row.address()
                    + " "
                    + row.reason()
                    + " "
                    + row.count())
        .toList();
  }

  private List<AuditTrail.Entry> entries() {
    AuditTrail.Search all =
        new AuditTrail.Search(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    return store.read(read -> AuditTrail.find(read, all, Long.MAX_VALUE, 100_000));
  }
}
