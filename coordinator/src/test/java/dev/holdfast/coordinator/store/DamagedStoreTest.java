package dev.holdfast.coordinator.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store that was not closed in order, as a crash leaves it, with damage or without. */
final class DamagedStoreTest {
  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
  private static final int COMMITS = 20;

  @TempDir Path folder;
  private Path left;

  @SuppressWarnings("NullAway.Init") // JUnit calls crash before each test
  DamagedStoreTest() {}

  @BeforeEach
  void crash() throws IOException {
    Path live = Files.createDirectory(folder.resolve("live"));
    left = Files.createDirectory(folder.resolve("left"));
    try (Store store = open(live)) {
      for (int i = 0; i < COMMITS; i++) {
        store.write(write -> write.append("A", List.of("x"), Map.of()));
      }
      try (Stream<Path> files = Files.list(live)) {
        for (Path file : files.toList()) {
          Files.copy(file, left.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
        }
      }
    }
  }

  @Test
  void withoutDamageAllIsThere() {
    try (Store store = open(left)) {
      assertEquals(COMMITS, store.position());
    }
    try (Store store = open(left)) {
      assertEquals(COMMITS, store.position());
    }
  }

  @Test
  void theNewestCommitsAreMissedAndTheStartIsRefused() throws IOException {
    Files.delete(wal());

    assertRefused("they are missing, though the coordinator did not stop in order");
  }

  @Test
  void aFlippedByteAmongTheNewestCommitsRefusesTheStart() throws IOException {
    flip(wal(), Files.size(wal()) / 2);

    assertRefused("is damaged, and ");
  }

  @Test
  void aFlippedByteInTheHeadOfTheNewestCommitsRefusesTheStart() throws IOException {
    flip(wal(), 17);

    assertRefused("its first bytes are damaged");
  }

  @Test
  void aTornTailIsWhatAPowerCutLeavesAndIsLeftOut() throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(wal().toFile(), "rw")) {
      file.setLength(file.length() - 100);
    }

    try (Store store = open(left)) {
      assertEquals(COMMITS - 1, store.position());
    }
  }

  @Test
  void aFlippedFirstPageRefusesTheStart() throws IOException {
    try (Store store = open(left)) {
      assertEquals(COMMITS, store.position()); // it is closed in order then
    }
    flip(left.resolve("holdfast.db"), 3);

    assertRefused("restore it from a backup with 'holdfast-coordinator restore --replace'");
  }

  @Test
  void aStoreThatWasRefusedCanBeLookedAtAgain() throws IOException {
    Files.delete(wal());
    assertRefused("missing");
    Files.delete(left.resolve("holdfast.in-use"));

    try (Store store = open(left)) {
      assertTrue(store.position() < COMMITS, "what was in the file that is gone is lost");
    }
  }

  @Test
  void theHistoryIsToldOfAFolderWithoutOpeningIt() throws IOException {
    Path live = folder.resolve("live");
    try (Store store = open(live)) {
      store.write(
          write -> {
            Histories.begin(write, new Histories.History(7, write.position(), NOW, NOW));
            return true;
          });
    }

    assertEquals(7, Store.epochOf(live).orElse(0));
    assertTrue(Store.epochOf(folder.resolve("none")).isEmpty());
    try (Store store = open(live)) {
      assertEquals(7, store.epoch());
      assertEquals(
          Optional.of(new Histories.History(7, COMMITS, NOW, NOW)), store.read(Histories::newest));
      assertThrows(
          IllegalArgumentException.class,
          () ->
              store.write(
                  write -> {
                    Histories.begin(write, new Histories.History(7, 1, NOW, NOW));
                    return true;
                  }));
    }
  }

  @Test
  void aSnapshotIsOneMomentWhileOthersWrite() throws IOException {
    Path copy = Files.createDirectory(folder.resolve("copy"));
    try (Store store = open(left)) {
      Path file = Files.createFile(copy.resolve("holdfast.db"));
      store.snapshot(file);
      store.write(write -> write.append("B", List.of(), Map.of()));
    }

    try (Store store = open(copy)) {
      assertEquals(COMMITS, store.position());
      assertEquals(
          List.of(),
          Check.ALL.stream().map(check -> check.make(store)).filter(o -> !o.ok()).toList());
    }
  }

  private void assertRefused(String why) {
    String message =
        String.valueOf(assertThrows(StoreException.class, () -> open(left)).getMessage());
    assertTrue(message.contains(why), message);
    assertTrue(message.contains("restore"), message);
  }

  private Path wal() {
    return left.resolve("holdfast.db-wal");
  }

  private static void flip(Path path, long at) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.seek(at);
      int before = file.read();
      file.seek(at);
      file.write(before ^ 0xff);
    }
  }

  private static Store open(Path data) {
    return Store.open(data, () -> NOW, Store.Durability.FULL);
  }
}
