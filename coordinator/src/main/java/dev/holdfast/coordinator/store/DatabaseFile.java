package dev.holdfast.coordinator.store;

import dev.holdfast.coordinator.store.Store.Durability;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.OptionalLong;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.exception.FlywayValidateException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.StatementExceptions;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/**
 * The file of the database: ours alone, of today's schema, and whole when it was opened.
 *
 * @param jdbi opens connections to it
 */
record DatabaseFile(Path folder, FileChannel lockFile, FileLock lock, Jdbi jdbi)
    implements AutoCloseable {
  private static final String NAME = "holdfast.db";

  /**
   * Is there while the database is open: then the file with its newest commits is there too, until
   * the last connection is closed in order.
   */
  private static final String IN_USE = "holdfast.in-use";

  /**
   * Pages of new commits after which they are brought into the database: 32 MiB. A group of results
   * touches a thousand pages, most of which the next one touches again.
   */
  private static final int CHECKPOINT_PAGES = 8_000;

  /**
   * Opens the one in a folder, making it if it isn't there.
   *
   * @throws StoreException if another coordinator has it open, or it can't be read
   */
  @SuppressWarnings("resource") // closed by close()
  static DatabaseFile open(Path folder, Durability durability) {
    Path file = folder.resolve(NAME);
    FileChannel lockFile;
    FileLock lock;
    try {
      Path lockPath = folder.resolve("holdfast.lock");
      if (Files.notExists(lockPath)) {
        Files.createFile(
            lockPath,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      }
      lockFile = FileChannel.open(lockPath, StandardOpenOption.WRITE);
      lock = tryLock(lockFile).orElse(null);
    } catch (IOException e) {
      throw new StoreException("cannot lock the data folder " + folder + ": " + e.getMessage(), e);
    }
    if (lock == null) {
      throw new StoreException(
          "another coordinator has the data folder "
              + folder
              + " open: stop it, or name another folder with --data");
    }
    try {
      requireNewestCommits(folder, file);
      SQLiteDataSource source = source(file, durability);
      Flyway.configure()
          .dataSource(source)
          .locations("classpath:db/migration")
          .loggers("slf4j")
          // what a newer version made is not to be guessed at
          .ignoreMigrationPatterns(new String[0])
          .load()
          .migrate();
      restrict(file);
      Jdbi jdbi = Jdbi.create(source);
      jdbi.setStatementBuilderFactory(_ -> new KeptStatements());
      // never the values: they may be secrets, and failures are logged
      jdbi.getConfig(StatementExceptions.class)
          .setMessageRendering(
              failure ->
                  failure.getShortMessage()
                      + Optional.ofNullable(failure.getStatementContext())
                          .map(context -> " [" + context.getRawSql() + "]")
                          .orElse(""));
      check(jdbi, file);
      return new DatabaseFile(folder, lockFile, lock, jdbi);
    } catch (StoreException e) {
      unlock(lockFile, lock);
      throw e;
    } catch (FlywayValidateException e) {
      unlock(lockFile, lock);
      throw new StoreException(
          "the database "
              + file
              + " was written by a newer version of the coordinator: use the version that wrote it,"
              + " or restore a backup from before the upgrade",
          e);
    } catch (FlywayException | JdbiException e) {
      unlock(lockFile, lock);
      throw new StoreException(
          "cannot read the database "
              + file
              + ": "
              + rootMessage(e)
              + (StoreException.diskFailed(e)
                  ? ": look at the disk and start it again; if that does not help,"
                  : ":")
              + " restore it from a backup with 'holdfast-coordinator restore --replace'",
          e);
    }
  }

  static OptionalLong epochOf(Path folder) {
    Path file = folder.resolve(NAME).toAbsolutePath();
    if (Files.notExists(file)) {
      return OptionalLong.empty();
    }
    SQLiteDataSource source = new SQLiteDataSource();
    source.setUrl("jdbc:sqlite:" + file.toUri().toString().replace("///", "/") + "?immutable=1");
    try (Handle handle = Jdbi.create(source).open()) {
      return OptionalLong.of(
          Long.parseLong(Meta.get(new Read(handle), Histories.EPOCH).orElse("0")));
    } catch (JdbiException | NumberFormatException e) {
      return OptionalLong.empty();
    }
  }

  /** Its connections are open: from now on its newest commits are in a file beside it. */
  void opened() {
    try {
      Path mark = folder.resolve(IN_USE);
      if (Files.notExists(mark)) {
        Files.createFile(
            mark,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        sync(folder);
      }
    } catch (IOException e) {
      throw new StoreException("cannot write in the data folder " + folder + ": " + e, e);
    }
  }

  /** Its connections are about to be closed. */
  void closing() {
    try {
      Files.deleteIfExists(folder.resolve(IN_USE));
    } catch (IOException e) {
      throw new StoreException("cannot write in the data folder " + folder + ": " + e, e);
    }
  }

  /** Lets others have it; its connections are closed before. */
  @Override
  public void close() {
    unlock(lockFile, lock);
  }

  private static void unlock(FileChannel lockFile, FileLock lock) {
    try {
      lock.release();
      lockFile.close();
    } catch (IOException e) {
      throw new StoreException("cannot unlock the data folder: " + e.getMessage(), e);
    }
  }

  private static void sync(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** Refuses to go on without the newest commits, if they are lost: they were acknowledged. */
  private static void requireNewestCommits(Path folder, Path file) {
    Path newest = folder.resolve(NAME + "-wal");
    Optional<String> damage;
    try {
      damage =
          Files.exists(folder.resolve(IN_USE)) && Files.exists(file) && Files.notExists(newest)
              ? Optional.of(
                  "they are missing, though the coordinator did not stop in order (if another"
                      + " program like sqlite3 took them up since, remove "
                      + folder.resolve(IN_USE)
                      + ")")
              : WriteAheadLog.damage(newest);
    } catch (IOException e) {
      throw new StoreException("cannot read " + newest + ": " + e.getMessage(), e);
    }
    damage.ifPresent(
        what -> {
          throw new StoreException(
              "the newest commits of the database, in "
                  + newest
                  + ", are damaged: "
                  + what
                  + ": restore a backup with 'holdfast-coordinator restore --replace'");
        });
  }

  private static SQLiteDataSource source(Path file, Durability durability) {
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(
        switch (durability) {
          case FULL -> SQLiteConfig.SynchronousMode.FULL;
          case PROCESS -> SQLiteConfig.SynchronousMode.OFF;
        });
    config.setGetGeneratedKeys(false); // no row has one; asking costs a match over each statement
    config.setWalAutocheckpoint(CHECKPOINT_PAGES);
    config.setBusyTimeout(5_000);
    config.enforceForeignKeys(true);
    SQLiteDataSource source = new SQLiteDataSource(config);
    source.setUrl("jdbc:sqlite:" + file);
    return source;
  }

  private static void check(Jdbi jdbi, Path file) {
    String verdict =
        jdbi.withHandle(
            handle -> handle.createQuery("PRAGMA quick_check(1)").mapTo(String.class).one());
    if (!verdict.equals("ok")) {
      throw new StoreException(
          "the database "
              + file
              + " is damaged ("
              + verdict
              + "): restore it from a backup with 'holdfast-coordinator restore --replace'");
    }
  }

  private static Optional<FileLock> tryLock(FileChannel channel) throws IOException {
    try {
      return Optional.ofNullable(channel.tryLock());
    } catch (OverlappingFileLockException e) {
      return Optional.empty();
    }
  }

  private static void restrict(Path file) {
    try {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    } catch (IOException e) {
      throw new StoreException(
          "cannot restrict the database " + file + " to its owner: " + e.getMessage(), e);
    }
  }

  private static String rootMessage(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return String.valueOf(root.getMessage());
  }
}
