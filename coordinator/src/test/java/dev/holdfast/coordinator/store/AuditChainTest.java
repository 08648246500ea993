package dev.holdfast.coordinator.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.JdbiException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AuditChainTest {
  private static final Instant START = Instant.parse("2026-11-24T12:00:00Z");

  @TempDir Path folder;
  private Instant now = START;

  @Test
  void aTrailThatNobodyChangedIsWhole() throws Exception {
    fill(5);

    assertEquals(new Check.Outcome(true, "5 rows after row 0"), check());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "time = time + 1",
        "method = 'Other'",
        "principal = 'bob'",
        "source_address = '10.0.0.1'",
        "resources = '[]'",
        "decision = 'DENIED'",
        "reason = 'because'",
        "request = '{}'",
        "count = 2",
        "id = 'other'",
        "sha256 = 'other'",
        "method = method || substr(principal, 1, 1), principal = substr(principal, 2)"
      })
  void aRowThatWasChangedIsNamed(String change) throws Exception {
    fill(5);
    sql("UPDATE audit SET " + change + " WHERE sequence = 3");

    Check.Outcome outcome = check();

    assertFalse(outcome.ok());
    assertTrue(outcome.detail().startsWith("row 3 "), outcome.detail());
  }

  @Test
  void rowsThatAreTakenOutAreMissed() throws Exception {
    fill(5);
    sql("DELETE FROM audit WHERE sequence = 2");
    assertEquals(Check.Outcome.failed("row 2 is missing: the next one is 3"), check());
  }

  @Test
  void rowsThatAreTakenFromTheEndAreMissed() throws Exception {
    fill(5);
    sql("DELETE FROM audit WHERE sequence > 3");
    assertEquals(
        Check.Outcome.failed("rows are missing at the end: the last is 3, not 5"), check());
  }

  @Test
  void rowsThatAreTakenFromTheBeginningAreMissed() throws Exception {
    fill(5);
    sql("DELETE FROM audit WHERE sequence < 3");
    assertEquals(Check.Outcome.failed("row 1 is missing: the next one is 3"), check());
  }

  @Test
  void whatIsLetGoOfLeavesAnAnchorAndTheRestVerifiable() throws Exception {
    fill(5);
    try (Store store = open()) {
      assertEquals(2, trim(store, START.plus(3, ChronoUnit.HOURS), 2));
      assertEquals(1, trim(store, START.plus(3, ChronoUnit.HOURS), 2));
      assertEquals(0, trim(store, START.plus(3, ChronoUnit.HOURS), 2));

      assertEquals(new Check.Outcome(true, "4 rows after row 3"), store.read(AuditChain::check));
      assertEquals(
          List.of("TrimAudit", "TrimAudit", "Do", "Do"),
          store.read(read -> AuditTrail.find(read, all(), 99, 99)).stream()
              .map(AuditTrail.Entry::method)
              .toList());
    }
    sql("UPDATE audit SET principal = 'bob' WHERE sequence = 4");
    assertTrue(check().detail().startsWith("row 4 "), check().detail());
  }

  @Test
  void anAnchorThatSomebodyMovedIsFound() throws Exception {
    fill(5);
    try (Store store = open()) {
      assertEquals(2, trim(store, START.plus(2, ChronoUnit.HOURS), 10));
    }
    sql(
        "UPDATE audit_end SET sequence = 4, sha256 = (SELECT sha256 FROM audit WHERE sequence = 4)"
            + " WHERE which = 'ANCHOR'");
    sql("DELETE FROM audit WHERE sequence <= 4");

    assertEquals(
        Check.Outcome.failed("the anchor at row 4 is not the one that the trail tells of"),
        check());
  }

  @Test
  void withoutItsRowAChangeIsNotMade() throws Exception {
    fill(1);
    sql("CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'disk full'); END");
    try (Store store = open()) {
      assertThrows(
          JdbiException.class,
          () ->
              store.write(
                  write -> {
                    Meta.put(write, "key", "value");
                    add(write, 2);
                    return true;
                  }));
      assertEquals(Optional.empty(), store.read(read -> Meta.get(read, "key")));
    }
  }

  private void fill(int rows) {
    try (Store store = open()) {
      for (int i = 1; i <= rows; i++) {
        int number = i;
        store.write(
            write -> {
              add(write, number);
              return true;
            });
        now = now.plus(1, ChronoUnit.HOURS);
      }
    }
  }

  private static void add(Write write, int number) {
    AuditTrail.add(
        write, "event-" + number, "Do", "ann", "::1", List.of("a"), "ALLOWED", "", "{\"n\":1}");
  }

  private static AuditTrail.Search all() {
    return new AuditTrail.Search(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static int trim(Store store, Instant before, int atMost) {
    return store.write(
        write -> AuditChain.trim(write, before, "trim-" + write.read().hashCode(), atMost));
  }

  private Check.Outcome check() {
    try (Store store = open()) {
      return Check.ALL.getFirst().make(store);
    }
  }

  private Store open() {
    return Store.open(folder, () -> now, Store.Durability.PROCESS);
  }

  private void sql(String change) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("holdfast.db"));
        Statement statement = connection.createStatement()) {
      statement.executeUpdate(change);
    }
  }
}
