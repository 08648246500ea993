package dev.holdfast.coordinator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.holdfast.coordinator.server.StartException;
import dev.holdfast.coordinator.store.AuditTrail;
import dev.holdfast.coordinator.store.Check;
import dev.holdfast.coordinator.store.EventLog;
import dev.holdfast.coordinator.store.Meta;
import dev.holdfast.coordinator.store.Store;
import dev.holdfast.coordinator.trust.Authority;
import dev.holdfast.coordinator.trust.Secrets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Data of a coordinator into a backup, and back. */
final class RestorationTest {
  private static final Instant LATER = Instant.parse("2030-01-01T00:00:00Z");

  @TempDir Path folder;
  private Path data;
  private Path backup;
  private Path other;

  @SuppressWarnings("NullAway.Init") // JUnit calls prepare before each test
  RestorationTest() {}

  @BeforeEach
  void prepare() throws Exception {
    data = folder.resolve("data");
    other = folder.resolve("other");
    backup = folder.resolve("backup.hfb");
    DataFolder.make(data);
    try (Store store = store(data)) {
      store.write(
          write -> {
            Meta.put(write, Meta.TRUST_DOMAIN, "test.example");
            return write.append("A", List.of("before"), Map.of());
          });
      Authority.open(data, "test.example", new SecureRandom(), Instant.now(), Duration.ofDays(7));
      Secrets.open(data, new SecureRandom());
    }
    Files.writeString(data.resolve("parameters.key"), "00");
    Files.setPosixFilePermissions(
        data.resolve("parameters.key"), PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void aBackupIsOneFileOfItsOwnerThatReplacesNone() throws Exception {
    List<String> said = Backups.make(data, backup);

    assertEquals(
        PosixFilePermissions.fromString("rw-------"), Files.getPosixFilePermissions(backup));
    assertTrue(said.toString().contains("parameters.key"), "where the other half is");
    assertFalse(
        new String(Files.readAllBytes(backup), java.nio.charset.StandardCharsets.ISO_8859_1)
            .contains("parameters.key"));
    byte[] before = Files.readAllBytes(backup);
    assertTrue(refusal(() -> Backups.make(data, backup)).contains("replaces none"));
    assertEquals(before.length, Files.size(backup));
    try (Stream<Path> left = Files.list(data)) {
      assertTrue(left.noneMatch(path -> path.getFileName().toString().startsWith("backup-")));
    }
    try (Store store = store(data)) {
      assertEquals(1, audit(store, "Backup").size());
    }
  }

  @Test
  void itComesBackInANewHistoryWithAllThatItHad() throws Exception {
    Backups.make(data, backup);

    List<String> said = restore(other, false, OptionalLong.empty());

    assertTrue(said.toString().contains("bans, deletes"), said.toString());
    for (String file : List.of("ca.key", "ca.pem", "ca.pin", "pepper")) {
      assertEquals(Files.readString(data.resolve(file)), Files.readString(other.resolve(file)));
    }
    assertFalse(Files.exists(other.resolve("parameters.key")));
    try (Store store = store(other)) {
      assertEquals(LATER.getEpochSecond(), store.epoch());
      assertEquals(
          Optional.of("test.example"), store.read(read -> Meta.get(read, Meta.TRUST_DOMAIN)));
      List<EventLog.Event> events = store.read(read -> EventLog.after(read, 0, 10));
      assertEquals(
          List.of("A", "StoreRestored"), events.stream().map(EventLog.Event::type).toList());
      assertEquals(store.epoch(), events.getLast().epoch());
      assertEquals(1, audit(store, "Backup").size(), "its own row is in it");
      assertEquals(1, audit(store, "Restore").size());
      assertEquals(
          List.of(),
          Check.ALL.stream().map(check -> check.make(store)).filter(o -> !o.ok()).toList());
    }
    DataFolder.check(other);
  }

  @Test
  void dataThatIsThereIsPutAsideOnlyWhenAskedForAndItsHistoryIsPassed() throws Exception {
    Backups.make(data, backup);
    restore(other, false, OptionalLong.of(9_000_000_000L));
    Files.writeString(other.resolve("parameters.key"), "11");

    assertTrue(refusal(() -> restore(other, false, OptionalLong.empty())).contains("--replace"));
    assertTrue(
        refusal(() -> restore(other, true, OptionalLong.of(9_000_000_000L)))
            .contains("9000000001"));
    restore(other, true, OptionalLong.empty());

    try (Store store = store(other)) {
      assertEquals(9_000_000_001L, store.epoch(), "higher than of the data that was there");
    }
    assertEquals("11", Files.readString(other.resolve("parameters.key")), "no backup has it");
    try (Stream<Path> all = Files.list(other)) {
      Path aside =
          all.filter(path -> path.getFileName().toString().startsWith("before-restore-"))
              .findFirst()
              .orElseThrow();
      assertEquals(9_000_000_000L, Store.epochOf(aside).orElse(0));
      assertEquals(
          PosixFilePermissions.fromString("rwx------"), Files.getPosixFilePermissions(aside));
    }
  }

  @Test
  void aCoordinatorThatRunsIsNotReplaced() throws Exception {
    Backups.make(data, backup);
    try (Store _ = store(data)) {
      assertTrue(
          refusal(() -> restore(data, true, OptionalLong.empty())).contains("stop it before"));
    }
  }

  @Test
  void aDamagedBackupChangesNothing() throws Exception {
    Backups.make(data, backup);
    byte[] bytes = Files.readAllBytes(backup);
    bytes[bytes.length / 2] ^= 1;
    Files.write(backup, bytes);
    List<String> before = listed(data);

    assertTrue(refusal(() -> restore(data, true, OptionalLong.empty())).contains("is damaged"));

    assertEquals(before, listed(data));
    try (Store store = store(data)) {
      assertEquals(1, store.epoch());
    }
  }

  @Test
  void aFolderOfSomebodyElseIsLeftAlone() throws Exception {
    assumeTrue(LocalAdministration.uid() == 0, "only root can give a folder away");
    Backups.make(data, backup);
    DataFolder.make(other);
    Files.setOwner(
        other,
        other.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody"));

    assertTrue(refusal(() -> DataFolder.check(other)).contains("belongs to nobody"));
    assertTrue(
        refusal(() -> restore(other, true, OptionalLong.empty()))
            .contains("run this as its owner, as in 'runuser -u nobody -- holdfast-coordinator"));

    assertEquals(List.of(), listed(other));
  }

  @Test
  void aRestoreThatDidNotComeToItsEndIsSaidAndCanBeMadeAgain() throws Exception {
    Backups.make(data, backup);
    DataFolder.make(other);
    Files.createDirectory(other.resolve(Restoration.UNFINISHED));
    Files.writeString(other.resolve("pepper"), "partly");

    assertTrue(refusal(() -> DataFolder.check(other)).contains("did not come to its end"));
    restore(other, true, OptionalLong.empty());

    DataFolder.check(other);
    try (Store store = store(other)) {
      assertEquals(LATER.getEpochSecond(), store.epoch());
    }
  }

  @Test
  void whatRunsIsBackedUpWhileItRuns() throws Exception {
    Path live = folder.resolve("live");
    try (Running running = Running.start(live)) {
      assertTrue(Backups.make(live, backup).toString().contains(live + "/parameters.key"));
      assertTrue(running.ready().startsWith("ready "));
    }
    restore(other, false, OptionalLong.empty());
    assertEquals(
        Files.readString(live.resolve("ca.pem")), Files.readString(other.resolve("ca.pem")));
    try (Running running = Running.start(other)) {
      assertTrue(running.ready().startsWith("ready "));
    }
  }

  private List<String> restore(Path into, boolean replace, OptionalLong epoch) throws Exception {
    return new Restoration(into, LATER, 0, new SecureRandom(), UUID::randomUUID)
        .restore(backup, replace, epoch);
  }

  private static List<AuditTrail.Entry> audit(Store store, String method) {
    return store.read(
        read ->
            AuditTrail.find(
                read,
                new AuditTrail.Search(
                    Optional.empty(),
                    Optional.of(method),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty()),
                Long.MAX_VALUE,
                10));
  }

  private static List<String> listed(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  private static Store store(Path data) {
    return Store.open(data, Instant::now, Store.Durability.PROCESS);
  }

  private static String refusal(org.junit.jupiter.api.function.Executable refused) {
    return String.valueOf(assertThrows(StartException.class, refused).getMessage());
  }
}
