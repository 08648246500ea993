package dev.holdfast.agent.inventory;

import dev.holdfast.agent.process.Query;
import dev.holdfast.task.InventoryLimits;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Entries of {@code AWS:Application} on Linux: dpkg and apk from their files, rpm by its command,
 * since its database has several formats; then what brings its own surroundings. All that a host
 * has are read.
 */
final class Applications {
  /** What a package's file list can be called; anything else would be no name of a file there. */
  private static final Pattern LIST_NAME =
      Pattern.compile("[a-z0-9][a-z0-9+.-]*(:[a-z0-9][a-z0-9-]*)?");

  private final Path root;
  private final Query query;

  Applications(Path root, Query query) {
    this.root = root;
    this.query = query;
  }

  void read(Consumer<Map<String, String>> entries) {
    Path status = root.resolve("var/lib/dpkg/status");
    if (Files.isReadable(status)) {
      try (BufferedReader reader = HostFiles.open(status)) {
        Packages.dpkg(reader, this::installed, entries);
      } catch (IOException e) {
        throw new UncheckedIOException("cannot read " + status, e);
      }
    }
    Path apk = root.resolve("lib/apk/db/installed");
    if (Files.isReadable(apk)) {
      try (BufferedReader reader = HostFiles.open(apk)) {
        Packages.apk(reader, entries);
      } catch (IOException e) {
        throw new UncheckedIOException("cannot read " + apk, e);
      }
    }
    if (hasRpm()) {
      query.lines(Packages.RPM_QUERY, InventoryLimits.QUERY, line -> Packages.rpm(line, entries));
    }
    new Bundles(root, query).read(entries);
  }

  /** rpm is a tool on Debian too; it is asked only where it keeps a database. */
  private boolean hasRpm() {
    return Files.isExecutable(root.resolve("usr/bin/rpm"))
        && (Files.isDirectory(root.resolve("usr/lib/sysimage/rpm"))
            || Files.exists(root.resolve("var/lib/rpm/Packages"))
            || Files.exists(root.resolve("var/lib/rpm/rpmdb.sqlite"))
            || Files.exists(root.resolve("var/lib/rpm/Packages.db")));
  }

  private Optional<Instant> installed(String list) {
    if (!LIST_NAME.matcher(list).matches()) {
      return Optional.empty();
    }
    Path file = root.resolve("var/lib/dpkg/info").resolve(list + ".list");
    try {
      return Optional.of(Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS).toInstant());
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
