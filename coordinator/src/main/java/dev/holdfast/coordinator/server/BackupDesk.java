package dev.holdfast.coordinator.server;

import com.google.gson.JsonObject;
import dev.holdfast.coordinator.store.Archive;
import dev.holdfast.coordinator.store.AuditTrail;
import dev.holdfast.coordinator.store.Meta;
import dev.holdfast.coordinator.store.Store;
import dev.holdfast.coordinator.store.StoreException;
import dev.holdfast.coordinator.trust.Actor;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Puts all that a backup consists of, as it is at one moment, into a folder of the data folder.
 * Whoever asked makes the one file of it, where they may write, and removes the folder. What was
 * left by one who did not is removed some hours later, when another is asked for.
 */
public final class BackupDesk {
  /** How the folders are called, before a number. */
  public static final String STAGED = "backup-";

  /** Whoever asked takes what is there in this time. */
  private static final Duration LEFT = Duration.ofHours(6);

  private static final FileAttribute<?> OWNER_FOLDER =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
  private static final FileAttribute<?> OWNER_FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private final Path data;
  private final Store store;
  private final String parametersKey;
  private final String version;
  private final Supplier<UUID> ids;

  /**
   * Of a data folder.
   *
   * @param parametersKey where the keys of SecureStrings are, which are in no backup; in words
   * @param version of this program
   * @param ids of folders and rows of the audit trail
   */
  public BackupDesk(
      Path data, Store store, String parametersKey, String version, Supplier<UUID> ids) {
    this.data = data;
    this.store = store;
    this.parametersKey = parametersKey;
    this.version = version;
    this.ids = ids;
  }

  /** Whether a name is one of a folder of a backup that is being made. */
  public static boolean isStaged(String name) {
    return name.matches(STAGED + "[0-9a-f-]{36}");
  }

  /**
   * Does it. The row of the audit trail is written first, so the backup has it.
   *
   * @return the folder's name in the data folder; then what the backup is of: when, version, trust
   *     domain, epoch, position; then where the keys of SecureStrings are
   */
  synchronized List<String> stage(Actor actor) {
    try {
      Instant made =
          store.write(
              write -> {
                JsonObject request = new JsonObject();
                request.addProperty("epoch", store.epoch());
                request.addProperty("position", write.position());
                AuditTrail.add(
                    write,
                    ids.get().toString(),
                    "Backup",
                    actor.principal(),
                    actor.address(),
                    List.of(),
                    "ALLOWED",
                    "",
                    request.toString());
                return write.now();
              });
      removeLeft(made.minus(LEFT));
      Path folder = Files.createDirectory(data.resolve(STAGED + ids.get()), OWNER_FOLDER);
      for (Archive.Part part : Archive.Part.values()) {
        Path file = Files.createFile(folder.resolve(part.file()), OWNER_FILE);
        switch (part) {
          case STORE -> store.snapshot(file);
          case AUTHORITY, CERTIFICATES, PEPPER ->
              Files.write(
                  file,
                  Files.readAllBytes(data.resolve(part.file())),
                  StandardOpenOption.TRUNCATE_EXISTING);
        }
      }
      store.write(
          write -> {
            Meta.put(write, Meta.BACKED_UP, Long.toString(made.toEpochMilli()));
            return true;
          });
      String domain = store.read(read -> Meta.get(read, Meta.TRUST_DOMAIN)).orElse("");
      return List.of(
          folder.getFileName().toString(),
          made.toString(),
          version,
          domain,
          Long.toString(store.epoch()),
          Long.toString(store.position()),
          parametersKey);
    } catch (IOException e) {
      throw new StoreException("cannot make a backup in " + data + ": " + e.getMessage(), e);
    }
  }

  private void removeLeft(Instant before) throws IOException {
    try (DirectoryStream<Path> left = Files.newDirectoryStream(data, STAGED + "*")) {
      for (Path folder : left) {
        if (isStaged(folder.getFileName().toString())
            && Files.getLastModifiedTime(folder).toInstant().isBefore(before)) {
          remove(folder);
        }
      }
    }
  }

  /** Removes a folder of a backup, with what is in it. */
  public static void remove(Path folder) throws IOException {
    if (Files.notExists(folder)) {
      return;
    }
    Set<String> ours =
        Set.of(Archive.Part.values()).stream()
            .map(Archive.Part::file)
            .collect(java.util.stream.Collectors.toSet());
    for (String name : ours) {
      Files.deleteIfExists(folder.resolve(name));
    }
    Files.delete(folder);
  }
}
