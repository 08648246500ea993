package dev.holdfast.coordinator;

import dev.holdfast.coordinator.server.StartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** The coordinator's folder: its owner's alone. */
final class DataFolder {
  /** What only the coordinator may read. */
  private static final List<String> SECRET =
      List.of(
          "holdfast.db", "ca.key", "coordinator.key", "pepper", "admin.token", "parameters.key");

  private static final Set<PosixFilePermission> OTHERS_WRITE =
      EnumSet.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);

  private static final Set<PosixFilePermission> OWNER =
      EnumSet.of(
          PosixFilePermission.OWNER_READ,
          PosixFilePermission.OWNER_WRITE,
          PosixFilePermission.OWNER_EXECUTE);

  private DataFolder() {}

  /** Makes it if it isn't there, and refuses one that others can write. */
  static void prepare(Path folder) throws StartException {
    try {
      make(folder);
      check(folder);
    } catch (IOException e) {
      throw new StartException(
          "cannot use the data folder "
              + folder
              + ": "
              + reason(e)
              + ": mend it, or name another"
              + " folder with --data",
          e);
    }
  }

  /** Makes it, its owner's alone, if it isn't there. */
  static void make(Path folder) throws IOException {
    if (Files.notExists(folder)) {
      Files.createDirectories(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
  }

  /** Refuses one that isn't there, or that others can write. */
  static void check(Path folder) throws StartException, IOException {
    if (!Files.isDirectory(folder)) {
      throw new StartException(
          "the data folder " + folder + " is not a folder: name another one with --data");
    }
    ours(folder);
    if (!Files.isWritable(folder) || !Files.isReadable(folder)) {
      throw new StartException(
          "the data folder " + folder + " can't be read and written: chmod 700 " + folder);
    }
    if (has(folder, OTHERS_WRITE)) {
      throw new StartException(
          "others than its owner can write the data folder " + folder + ": chmod 700 " + folder);
    }
    if (Files.exists(folder.resolve(Restoration.UNFINISHED))) {
      throw new StartException(
          "a restore into the data folder "
              + folder
              + " did not come to its end: run 'holdfast-coordinator restore --replace' again");
    }
    for (String name : SECRET) {
      Path file = folder.resolve(name);
      if (Files.exists(file) && has(file, EnumSet.complementOf(EnumSet.copyOf(OWNER)))) {
        throw new StartException(
            "others than its owner can reach the file " + file + ": chmod 600 " + file);
      }
    }
    if (Files.exists(folder.resolve("ca.key")) && Files.notExists(folder.resolve("holdfast.db"))) {
      throw new StartException(
          "the data folder "
              + folder
              + " has an authority but no database holdfast.db: restore a backup with"
              + " 'holdfast-coordinator restore --replace'");
    }
  }

  /**
   * Refuses one that is somebody else's, also where root could use it: what root made in it, its
   * owner could not open any more.
   */
  static void ours(Path folder) throws StartException, IOException {
    if (!Files.getAttribute(folder, "unix:uid").equals(LocalAdministration.uid())) {
      String owner = Files.getOwner(folder).getName();
      throw new StartException(
          "the data folder "
              + folder
              + " belongs to "
              + owner
              + ": run this as its owner, as in 'runuser -u "
              + owner
              + " -- holdfast-coordinator ...'");
    }
  }

  private static boolean has(Path path, Set<PosixFilePermission> permissions) throws IOException {
    return Files.readAttributes(path, PosixFileAttributes.class).permissions().stream()
        .anyMatch(permissions::contains);
  }

  private static String reason(IOException e) {
    return e.getClass().getSimpleName() + " " + e.getMessage();
  }
}
