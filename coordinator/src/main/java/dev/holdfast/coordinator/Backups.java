package dev.holdfast.coordinator;

import dev.holdfast.coordinator.server.BackupDesk;
import dev.holdfast.coordinator.server.LocalRequest;
import dev.holdfast.coordinator.server.StartException;
import dev.holdfast.coordinator.store.Archive;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Makes backups: the coordinator that runs, or its store, puts what is to be in one into a folder;
 * here the one file is made of it. So the coordinator writes nowhere but in its own folder.
 */
final class Backups {
  private Backups() {}

  /** Makes one; what is in it and what is not, in lines for people. */
  static List<String> make(Path data, Path file) throws StartException, IOException {
    Path wanted = file.toAbsolutePath();
    if (Files.exists(wanted, LinkOption.NOFOLLOW_LINKS)) {
      throw there(wanted);
    }
    List<String> row = LocalAdministration.perform(data, LocalRequest.BACKUP, Map.of()).getFirst();
    String name = row.getFirst();
    if (!BackupDesk.isStaged(name)) {
      throw new StartException(
          "the coordinator that runs made no backup: use the program of its version");
    }
    Path staged = data.resolve(name);
    Archive.Facts facts =
        new Archive.Facts(
            Instant.parse(row.get(1)),
            row.get(2),
            row.get(3),
            Long.parseLong(row.get(4)),
            Long.parseLong(row.get(5)));
    try {
      write(facts, staged, wanted);
    } finally {
      BackupDesk.remove(staged);
    }
    return List.of(
        "backup "
            + wanted
            + " of "
            + facts.made()
            + ", trust domain "
            + facts.trustDomain()
            + ", epoch "
            + facts.epoch()
            + ", position "
            + facts.position()
            + ", "
            + Files.size(wanted)
            + " bytes",
        "in it: the store, the authority's keys, the pepper; whoever reads it can let hosts in",
        "not in it: the keys of SecureStrings, which are in "
            + row.get(6)
            + ": keep a copy of them in another place; configuration; admin.token");
  }

  private static void write(Archive.Facts facts, Path staged, Path wanted)
      throws StartException, IOException {
    boolean whole = false;
    try (FileChannel channel =
        FileChannel.open(
            wanted,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
      Archive.write(facts, staged, out);
      out.flush();
      channel.force(true);
      whole = true;
    } catch (FileAlreadyExistsException e) {
      whole = true; // it is somebody else's
      throw there(wanted);
    } catch (IOException e) {
      throw new StartException("cannot write the backup " + wanted + ": " + e, e);
    } finally {
      if (!whole) {
        Files.deleteIfExists(wanted);
      }
    }
    Path folder = wanted.getParent();
    if (folder != null) {
      try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }

  private static StartException there(Path file) {
    return new StartException(
        "there is a file " + file + " already, and a backup replaces none: name another");
  }
}
