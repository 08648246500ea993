package dev.holdfast.coordinator.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.task.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.JdbiException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StoreTest {
  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");

  @TempDir Path folder;

  @Test
  void positionsOfTheLogAreDenseAcrossTransactionsAndStarts() {
    try (Store store = open()) {
      store.write(write -> write.append("A", List.of("x"), Map.of("k", "v")));
      store.write(
          write -> write.append("B", List.of(), Map.of()) + write.append("C", List.of(), Map.of()));
    }
    try (Store store = open()) {
      store.write(write -> write.append("D", List.of(), Map.of()));

      List<EventLog.Event> events = store.read(read -> EventLog.after(read, 0, 10));

      assertEquals(List.of(1L, 2L, 3L, 4L), events.stream().map(EventLog.Event::position).toList());
      assertEquals(
          new EventLog.Event(1, 1, NOW, "A", List.of("x"), Map.of("k", "v")), events.getFirst());
      assertEquals(4, store.position());
    }
  }

  @Test
  void aStoreThatANewerVersionChangedStopsTheStart() {
    try (Store store = open()) {
      store.write(
          write ->
              write
                  .handle()
                  .execute(
                      "INSERT INTO flyway_schema_history (installed_rank, version, description,"
                          + " type, script, checksum, installed_by, execution_time, success)"
                          + " VALUES (99, '99', 'newer', 'SQL', 'V99__newer.sql', 1, '', 1, 1)"));
    }
    StoreException refused = assertThrows(StoreException.class, this::open);

    assertTrue(
        String.valueOf(refused.getMessage()).contains("use the version that wrote it"),
        refused.getMessage());
    StoreException again = assertThrows(StoreException.class, this::open);
    assertEquals(refused.getMessage(), again.getMessage(), "it was let go of");
  }

  @Test
  void aDiskThatIsFullIsToldOfUntilItTakesSomethingAgain() {
    try (Store store = open()) {
      assertEquals(Optional.empty(), store.unwritable());
      bound(store, 1); // no more pages than there are
      assertThrows(JdbiException.class, () -> store.write(StoreTest::fill));
      assertTrue(store.unwritable().orElse("").startsWith("the disk takes nothing"));
      assertThrows(
          IllegalStateException.class,
          () ->
              store.write(
                  _ -> {
                    throw new IllegalStateException("of the caller's own");
                  }));
      assertTrue(store.unwritable().isPresent());

      bound(store, 1_000_000);
      store.write(StoreTest::fill);
      assertEquals(Optional.empty(), store.unwritable());
    }
  }

  private static boolean fill(Write write) {
    Meta.put(write, "much", "x".repeat(1_000_000));
    return true;
  }

  private static void bound(Store store, int pages) {
    store.rehearse(
        write ->
            write
                .handle()
                .createQuery("PRAGMA max_page_count=" + pages)
                .mapTo(Integer.class)
                .one());
  }

  @Test
  void aTransactionThatThrowsLeavesNothingAndWakesNobody() {
    try (Store store = open()) {
      AtomicInteger wakes = new AtomicInteger();
      store.onCommit(wakes::incrementAndGet);

      assertThrows(
          IllegalStateException.class,
          () ->
              store.write(
                  write -> {
                    Meta.put(write, "key", "value");
                    write.append("A", List.of(), Map.of());
                    throw new IllegalStateException("no");
                  }));

      assertEquals(0, store.position());
      assertEquals(Optional.empty(), store.read(read -> Meta.get(read, "key")));
      assertEquals(0, wakes.get());
    }
  }

  @Test
  void aPartThatFailsIsUndoneAloneAndItsPositionsAreUsedAgain() {
    try (Store store = open()) {
      List<String> undone = new ArrayList<>();

      store.write(
          write -> {
            write.append("A", List.of(), Map.of());
            write.onUndo(() -> undone.add("first"));
            assertThrows(
                IllegalStateException.class,
                () ->
                    write.attempt(
                        () -> {
                          write.append("B", List.of(), Map.of());
                          Meta.put(write, "part", "1");
                          write.onUndo(() -> undone.add("second"));
                          write.onUndo(() -> undone.add("third"));
                          throw new IllegalStateException("no");
                        }));
            assertEquals("good", write.attempt(() -> "good"));
            return write.append("C", List.of(), Map.of());
          });

      assertEquals(List.of("third", "second"), undone, "the newest first, and only of the part");
      assertEquals(Optional.empty(), store.read(read -> Meta.get(read, "part")));
      assertEquals(
          List.of("1 A", "2 C"),
          store.read(read -> EventLog.after(read, 0, 10)).stream()
              .map(event -> event.position() + " " + event.type())
              .toList());
    }
  }

  @Test
  void viewsInMemoryAreUndoneWithTheTransactionAndAfterARehearsal() {
    try (Store store = open()) {
      List<String> undone = new ArrayList<>();
      AtomicInteger wakes = new AtomicInteger();
      store.onCommit(wakes::incrementAndGet);

      assertThrows(
          IllegalStateException.class,
          () ->
              store.write(
                  write -> {
                    write.attempt(
                        () -> {
                          write.onUndo(() -> undone.add("of a part that went well"));
                          return true;
                        });
                    throw new IllegalStateException("no");
                  }));
      long position =
          store.rehearse(
              write -> {
                write.onUndo(() -> undone.add("of a rehearsal"));
                Meta.put(write, "key", "value");
                return write.append("A", List.of(), Map.of());
              });
      store.write(
          write -> {
            write.onUndo(() -> undone.add("of what stays"));
            return true;
          });

      assertEquals(List.of("of a part that went well", "of a rehearsal"), undone);
      assertEquals(1, position);
      assertEquals(0, store.position());
      assertEquals(0, wakes.get());
      assertEquals(Optional.empty(), store.read(read -> Meta.get(read, "key")));
    }
  }

  @Test
  void whoFollowsTheLogIsWokenAfterTheCommit() {
    try (Store store = open()) {
      AtomicInteger seen = new AtomicInteger();
      store.onCommit(() -> seen.set(store.read(read -> EventLog.after(read, 0, 10)).size()));

      store.write(write -> write.append("A", List.of(), Map.of()));

      assertEquals(1, seen.get());
    }
  }

  @Test
  void aSecondStoreOnTheSameFolderIsRefusedInOneLine() {
    try (Store store = open()) {
      StoreException refusal = assertThrows(StoreException.class, this::open);

      assertTrue(
          refusal.toString().contains("another coordinator has the data folder"),
          refusal::toString);
      assertEquals(0, store.position());
    }
  }

  @Test
  void aDatabaseThatIsNoneIsRefusedWithWhatToDo() throws IOException {
    Files.writeString(
        folder.resolve("holdfast.db"),
        "this is not a database, and long enough to be seen as one".repeat(100));

    StoreException refusal = assertThrows(StoreException.class, this::open);

    assertTrue(refusal.toString().contains("restore it from a backup"), refusal::toString);
  }

  @Test
  void commitsAreFullyDurableAndTheFileIsItsOwnersAlone() throws IOException {
    try (Store store = open()) {
      String synchronous =
          store.write(
              write -> write.handle().createQuery("PRAGMA synchronous").mapTo(String.class).one());
      String journal =
          store.read(
              read -> read.handle().createQuery("PRAGMA journal_mode").mapTo(String.class).one());

      assertEquals("2", synchronous, "2 is FULL");
      assertEquals("wal", journal);
      assertEquals(
          "rw-------",
          PosixFilePermissions.toString(
              Files.getPosixFilePermissions(folder.resolve("holdfast.db"))));
    }
  }

  @Test
  void aFailureNamesTheStatementAndNeverTheValues() {
    try (Store store = open()) {
      Sha256 secret = Sha256.of(new byte[] {1});

      JdbiException failure =
          assertThrows(
              JdbiException.class,
              () ->
                  store.write(
                      write -> {
                        Tokens.add(write, "one", secret, "viewer", Optional.empty());
                        Tokens.add(write, "two", secret, "viewer", Optional.empty());
                        return true;
                      }));

      assertTrue(failure.toString().contains("INSERT INTO token"), failure::toString);
      for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
        assertFalse(cause.toString().contains(secret.hex()), cause::toString);
      }
    }
  }

  @Test
  void aCommitThatFailsIsUndoneAndTheNextTransactionIsNotTheWorseForIt() {
    try (Store store = open()) {
      store.write(
          write -> {
            write.handle().execute("CREATE TABLE parent (id INTEGER PRIMARY KEY)");
            return write
                .handle()
                .execute(
                    "CREATE TABLE child (id INTEGER REFERENCES parent DEFERRABLE INITIALLY"
                        + " DEFERRED)");
          });
      StoreException failure =
          assertThrows(
              StoreException.class,
              () ->
                  store.write(
                      write -> {
                        write.handle().execute("INSERT INTO child VALUES (1)");
                        Meta.put(write, "key", "first");
                        return true;
                      }));

      assertTrue(failure.toString().contains("COMMIT failed"), failure::toString);
      assertEquals(Optional.empty(), store.read(read -> Meta.get(read, "key")));
      store.write(write -> write.append("A", List.of(), Map.of()));
      assertEquals(1, store.position());
    }
  }

  @Test
  void aFullDatabaseUndoesTheTransactionAndTheNextOneIsNotTheWorseForIt() {
    String more = "x".repeat(5_000_000);
    try (Store store = open()) {
      store.write(
          write -> {
            write.append("A", List.of(), Map.of());
            // what there is, and no page more, on this connection
            return write.handle().createQuery("PRAGMA max_page_count=1").mapTo(Long.class).one();
          });
      assertThrows(
          RuntimeException.class,
          () -> store.write(write -> write.append("B", List.of(more), Map.of())));
      store.write(write -> write.append("C", List.of(more), Map.of()));
      assertEquals(2, store.position());
      assertEquals(2, store.read(read -> EventLog.after(read, 0, 10)).size());
    }
  }

  private Store open() {
    return Store.open(folder, () -> NOW, Store.Durability.FULL);
  }

  @Test
  void whatFollowsIsDoneOnceTheTransactionIsDurableAndOnlyThen() {
    List<String> done = new ArrayList<>();
    try (Store store = open()) {
      store.write(
          write -> {
            write.onDone(() -> done.add("a"));
            try {
              write.attempt(
                  () -> {
                    write.onDone(() -> done.add("undone"));
                    throw new IllegalStateException("a part fails");
                  });
            } catch (IllegalStateException e) {
              write.onDone(() -> done.add("b"));
            }
            assertEquals(List.of(), done);
            return true;
          });
      assertEquals(List.of("a", "b"), done);
      store.rehearse(
          write -> {
            write.onDone(() -> done.add("rehearsed"));
            return true;
          });
      assertThrows(
          IllegalStateException.class,
          () ->
              store.write(
                  write -> {
                    write.onDone(() -> done.add("failed"));
                    throw new IllegalStateException("all of it fails");
                  }));
    }
    assertEquals(List.of("a", "b"), done);
  }
}
