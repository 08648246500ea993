package dev.holdfast.coordinator;

import com.google.gson.JsonObject;
import dev.holdfast.coordinator.server.StartException;
import dev.holdfast.coordinator.store.Archive;
import dev.holdfast.coordinator.store.AuditTrail;
import dev.holdfast.coordinator.store.Check;
import dev.holdfast.coordinator.store.Histories;
import dev.holdfast.coordinator.store.Histories.History;
import dev.holdfast.coordinator.store.Meta;
import dev.holdfast.coordinator.store.Store;
import dev.holdfast.coordinator.store.StoreException;
import dev.holdfast.coordinator.trust.Actor;
import dev.holdfast.coordinator.trust.Authority;
import dev.holdfast.coordinator.trust.ParameterKeys;
import dev.holdfast.coordinator.trust.Secrets;
import dev.holdfast.task.IdentityLimits;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Brings a coordinator's data back from a backup. All of it is unpacked, looked through and made
 * the beginning of a new history within a folder of its own; only then does it take its place, and
 * what was there is put aside, never deleted. As long as that folder is there no coordinator starts
 * on the data, so a crash in between is noticed.
 */
final class Restoration {
  /** The folder in which it is made; as long as it is there, a restore is not finished. */
  static final String UNFINISHED = "restore.unfinished";

  /** How the folders begin in which older data is. */
  private static final String ASIDE = "before-restore-";

  private static final String LOCK = "holdfast.lock";

  /** What stays where it is: no backup has it. */
  private static final Set<String> STAYS = Set.of(LOCK, UNFINISHED, ParameterKeys.FILE);

  private static final FileAttribute<?> OWNER_FOLDER =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private final Path data;
  private final Instant now;
  private final int uid;
  private final SecureRandom random;
  private final Supplier<UUID> ids;

  /**
   * Of a data folder.
   *
   * @param uid of the account that asks
   * @param random for the keys of what is made
   * @param ids for rows and folders
   */
  Restoration(Path data, Instant now, int uid, SecureRandom random, Supplier<UUID> ids) {
    this.data = data.toAbsolutePath().normalize();
    this.now = now.truncatedTo(ChronoUnit.MILLIS);
    this.uid = uid;
    this.random = random;
    this.ids = ids;
  }

  /**
   * Does it; what came back and what did not, in lines for people.
   *
   * @param replace whether data that is there may be put aside
   * @param epoch the number of the new history; by itself it is higher than the one of the backup
   *     and of the data that is there, and no less than the seconds since 1970, so that it is also
   *     higher than that of a history of which nothing is left
   */
  List<String> restore(Path file, boolean replace, OptionalLong epoch)
      throws StartException, IOException {
    DataFolder.make(data);
    DataFolder.ours(data);
    try (FileChannel channel = lockFile();
        FileLock _ = locked(channel)) {
      List<Path> there = entries();
      if (!there.isEmpty() && !replace) {
        throw new StartException(
            "there is data in "
                + data
                + ": name an empty folder with --data, or put what is there aside with --replace");
      }
      Path made = data.resolve(UNFINISHED);
      clear(made);
      Files.createDirectory(made, OWNER_FOLDER);
      Archive.Facts facts = unpack(file, made);
      Restored restored;
      try {
        restored = begin(made, facts, epoch);
      } catch (StoreException
          | StartException
          | GeneralSecurityException
          | IllegalArgumentException e) {
        clear(made);
        throw new StartException(
            "the backup " + file + " can't be used: " + e.getMessage() + "; nothing was changed",
            e);
      }
      String aside = putAside(there);
      take(made);
      return lines(facts, restored, aside);
    }
  }

  private FileLock locked(FileChannel channel) throws StartException, IOException {
    FileLock lock;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      lock = null; // this very program has it open
    }
    if (lock == null) {
      throw new StartException(
          "a coordinator runs on " + data + ": stop it before its data is replaced");
    }
    return lock;
  }

  /** What came of it. */
  private record Restored(long epoch, long position, String trustDomain) {}

  private FileChannel lockFile() throws IOException {
    Path file = data.resolve(LOCK);
    if (Files.notExists(file)) {
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      own(file);
    }
    return FileChannel.open(file, StandardOpenOption.WRITE);
  }

  private Archive.Facts unpack(Path file, Path made) throws StartException, IOException {
    try {
      return Archive.read(file, made);
    } catch (IOException e) {
      clear(made);
      String what = e instanceof Archive.DamagedException ? e.getMessage() : e.toString();
      throw new StartException("cannot restore " + file + ": " + what + "; nothing was changed", e);
    }
  }

  /** Looks through what was unpacked, and begins its new history. */
  private Restored begin(Path made, Archive.Facts facts, OptionalLong wanted)
      throws StartException, IOException, GeneralSecurityException {
    History history;
    try (Store store = Store.open(made, () -> now, Store.Durability.FULL)) {
      for (Check check : Check.ALL) {
        Check.Outcome outcome = check.make(store);
        if (!outcome.ok()) {
          throw new StartException(check.name() + ": " + outcome.detail());
        }
      }
      long lowest = Math.max(store.epoch(), replacedEpoch()) + 1;
      long epoch = wanted.orElse(Math.max(lowest, now.getEpochSecond()));
      if (epoch < lowest || epoch > Histories.HIGHEST) {
        throw new StartException(
            "the epoch " + epoch + " is not from " + lowest + " to " + Histories.HIGHEST);
      }
      history = new History(epoch, store.position(), facts.made(), now);
      store.write(
          write -> {
            Histories.begin(write, history);
            return true;
          });
    }
    String domain;
    try (Store store = Store.open(made, () -> now, Store.Durability.FULL)) {
      domain =
          store
              .read(read -> Meta.get(read, Meta.TRUST_DOMAIN))
              .orElseThrow(() -> new StartException("the store has no trust domain"));
      Authority.open(made, domain, random, now, IdentityLimits.CERTIFICATE_LIFE);
      Secrets.open(made, random);
      store.write(
          write -> {
            Histories.tell(write, history);
            JsonObject request = new JsonObject();
            request.addProperty("epoch", history.epoch());
            request.addProperty("backed_up", history.backedUp().toString());
            Actor actor = Actor.local(uid);
            AuditTrail.add(
                write,
                ids.get().toString(),
                "Restore",
                actor.principal(),
                actor.address(),
                List.of(),
                "ALLOWED",
                "",
                request.toString());
            return true;
          });
    }
    Path open = made.resolve(Archive.Part.STORE.file() + "-wal");
    if (Files.exists(open) && Files.size(open) > 0) {
      throw new StartException("the store could not be closed");
    }
    return new Restored(history.epoch(), history.position(), domain);
  }

  /** The number of the history of the data that is there; 0 if that can't be read any more. */
  private long replacedEpoch() {
    return Store.epochOf(data).orElse(0);
  }

  private List<Path> entries() throws IOException {
    List<Path> entries = new ArrayList<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(data)) {
      for (Path entry : all) {
        String name = entry.getFileName().toString();
        if (!STAYS.contains(name) && !name.startsWith(ASIDE)) {
          entries.add(entry);
        }
      }
    }
    return entries;
  }

  /** The name of the folder in which what was there is now; empty if there was nothing. */
  private String putAside(List<Path> there) throws IOException {
    if (there.isEmpty()) {
      return "";
    }
    Path aside =
        Files.createDirectory(
            data.resolve(ASIDE + now.toString().replace(":", "") + "-" + ids.get()), OWNER_FOLDER);
    own(aside);
    for (Path entry : there) {
      Files.move(entry, aside.resolve(entry.getFileName()), StandardCopyOption.ATOMIC_MOVE);
    }
    sync(data);
    return aside.toString();
  }

  /** Puts what was made into its place; the store last. */
  private void take(Path made) throws IOException {
    List<String> names = List.of("pepper", "ca.pem", "ca.pin", "ca.key", Archive.Part.STORE.file());
    for (String name : names) {
      own(made.resolve(name));
      Files.move(made.resolve(name), data.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }
    Files.setPosixFilePermissions(
        data.resolve("ca.pem"), PosixFilePermissions.fromString("rw-r--r--"));
    sync(data);
    clear(made);
    sync(data);
  }

  /** The folder's owner runs the coordinator, whoever restores. */
  private void own(Path path) throws IOException {
    PosixFileAttributes folder = Files.readAttributes(data, PosixFileAttributes.class);
    PosixFileAttributeView view = Files.getFileAttributeView(path, PosixFileAttributeView.class);
    if (!view.readAttributes().owner().equals(folder.owner())) {
      view.setOwner(folder.owner());
      view.setGroup(folder.group());
    }
  }

  private static void clear(Path folder) throws IOException {
    if (Files.notExists(folder)) {
      return;
    }
    try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
      for (Path entry : all) {
        Files.delete(entry);
      }
    }
    Files.delete(folder);
  }

  private static void sync(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private List<String> lines(Archive.Facts facts, Restored restored, String aside) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "restored the backup of "
            + facts.made()
            + ", trust domain "
            + restored.trustDomain
            + ", position "
            + restored.position
            + "; the store's epoch is "
            + restored.epoch);
    lines.add(
        "undone is what came after "
            + facts.made()
            + " and before "
            + now
            + ": bans, deletes and edits, revoked tokens, approvals, activations; look through them"
            + " and do again what is to stay");
    lines.add(
        "results come again from the agents that still have them; instances that enrolled since"
            + " wait for approval; nothing runs because of the restore");
    lines.add(
        "the keys of SecureStrings are in no backup: "
            + ParameterKeys.FILE
            + (Files.exists(data.resolve(ParameterKeys.FILE))
                ? " in the data folder is as it was"
                : " has to be put back where the configuration names it, if there are any"));
    lines.add("tokens are those of the backup; a new one: holdfast-coordinator token create");
    if (!aside.isEmpty()) {
      lines.add("what was there is in " + aside);
    }
    return lines;
  }
}
