package dev.holdfast.coordinator.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.StatementExceptions;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/**
 * The database of a coordinator. Transactions that change rows come one at a time, in the order in
 * which they took the lock; a commit is on the disk when {@link #write} returns. Readers see the
 * last commit and never wait for a writer.
 */
public final class Store implements AutoCloseable {
  /** Read connections; a reader that finds none free waits. */
  static final int READERS = 4;

  /** Read connections for those who see some instances only. */
  static final int SHADOWED = 2;

  /** How long a reader waits for a connection. */
  static final long READER_WAIT_SECONDS = 5;

  private final FileChannel lockFile;
  private final FileLock lock;
  private final Supplier<Instant> clock;
  private final Session writer;
  private final Session guarded;
  private final BlockingQueue<Session> readers;
  private final BlockingQueue<Session> shadowed;
  private final ReentrantLock writing = new ReentrantLock(true);
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final List<CommitTimer> commitTimers = new CopyOnWriteArrayList<>();
  private final long epoch;
  private volatile long position;

  private Store(FileChannel lockFile, FileLock lock, Jdbi jdbi, Supplier<Instant> clock) {
    this.lockFile = lockFile;
    this.lock = lock;
    this.clock = clock;
    this.writer = Session.writing(jdbi);
    this.readers = new ArrayBlockingQueue<>(READERS);
    for (int i = 0; i < READERS; i++) {
      readers.add(Session.reading(jdbi));
    }
    this.guarded = Session.guarded(jdbi);
    this.shadowed = new ArrayBlockingQueue<>(SHADOWED);
    for (int i = 0; i < SHADOWED; i++) {
      shadowed.add(Session.shadowed(jdbi));
    }
    writer.handle().execute("INSERT OR IGNORE INTO meta (key, value) VALUES ('epoch', '1')");
    this.epoch = Long.parseLong(Meta.get(new Read(writer.handle()), "epoch").orElseThrow());
    this.position = newestPosition();
  }

  private record CommitTimer(Supplier<Duration> uptime, Consumer<Duration> listener) {}

  /** How hard a commit is pushed to the disk. */
  public enum Durability {
    /** A commit survives a power cut. */
    FULL,
    /** A commit survives a crash of the program, not of the machine: for simulations. */
    PROCESS
  }

  /**
   * Opens the database in a folder, making it if it isn't there.
   *
   * @param folder the data folder; it must exist
   * @param clock gives the moment that a transaction's rows carry
   * @throws StoreException if another coordinator has it open, or it can't be read
   */
  @SuppressWarnings("resource") // closed by close()
  public static Store open(Path folder, Supplier<Instant> clock, Durability durability) {
    Path file = folder.resolve("holdfast.db");
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
      SQLiteDataSource source = source(file, durability);
      Flyway.configure()
          .dataSource(source)
          .locations("classpath:db/migration")
          .loggers("slf4j")
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
      return new Store(lockFile, lock, jdbi, clock);
    } catch (FlywayException | JdbiException e) {
      throw new StoreException(
          "cannot read the database " + file + ": " + rootMessage(e) + ": restore it from a backup",
          e);
    }
  }

  /**
   * Does the work in one transaction and makes it durable. What the work throws undoes all of it.
   */
  public <T> T write(Function<Write, T> work) {
    return write(writer, Sight.all(), work);
  }

  private <T> T write(Session session, Sight sight, Function<Write, T> work) {
    boolean appended;
    T result;
    writing.lock();
    try {
      Write write = newWrite(session, sight);
      session.begin();
      try {
        result = work.apply(write);
        commit(session);
      } catch (Throwable failure) {
        write.rolledBack();
        rollback(session, failure);
        throw failure;
      }
      appended = write.appended();
      position = write.position();
      write.committed();
    } finally {
      writing.unlock();
    }
    if (appended) {
      listeners.forEach(Runnable::run);
    }
    return result;
  }

  /**
   * Does the work as {@link #write(Function)} does, for somebody who may touch some instances only.
   *
   * @throws OutOfSight if it would touch another, or would bring one into sight or out of it
   */
  public <T> T write(Sight sight, Function<Write, T> work) {
    return sight.isAll() ? write(work) : write(guarded, sight, guarded(sight, work));
  }

  /** Does the work as {@link #write(Sight, Function)} does, then undoes all of it. */
  public <T> T rehearse(Sight sight, Function<Write, T> work) {
    return sight.isAll() ? rehearse(work) : rehearse(guarded, sight, guarded(sight, work));
  }

  private static <T> Function<Write, T> guarded(Sight sight, Function<Write, T> work) {
    return write -> Shadows.guarded(write.handle(), sight, () -> work.apply(write));
  }

  /** Does the work as {@link #write} does, then undoes all of it; what the work came to. */
  public <T> T rehearse(Function<Write, T> work) {
    return rehearse(writer, Sight.all(), work);
  }

  private <T> T rehearse(Session session, Sight sight, Function<Write, T> work) {
    writing.lock();
    try {
      Write write = newWrite(session, sight);
      session.begin();
      try {
        return work.apply(write);
      } finally {
        write.rolledBack();
        session.rollback();
      }
    } finally {
      writing.unlock();
    }
  }

  /** Does the work on one view of the rows. */
  public <T> T read(Function<Read, T> work) {
    Session reader = borrow(readers);
    try {
      reader.begin();
      try {
        return work.apply(new Read(reader.handle()));
      } finally {
        reader.commit();
      }
    } finally {
      readers.add(reader);
    }
  }

  /**
   * Does the work on one view of the rows, as somebody sees them who may see some instances only:
   * what belongs to others is not there, and what is counted is counted without them.
   */
  public <T> T read(Sight sight, Function<Read, T> work) {
    if (sight.isAll()) {
      return read(work);
    }
    Session reader = borrow(shadowed);
    try {
      reader.begin();
      try {
        Shadows.fill(reader.handle(), sight);
        reader.handle().execute("PRAGMA query_only=ON");
        return work.apply(new Read(reader.handle(), sight));
      } finally {
        reader.handle().execute("PRAGMA query_only=OFF");
        reader.commit();
      }
    } finally {
      shadowed.add(reader);
    }
  }

  /** The number of this store's history. */
  public long epoch() {
    return epoch;
  }

  /** The position of the newest committed event. */
  public long position() {
    return position;
  }

  /**
   * Calls back after each commit that appended events, on the thread that committed, with no lock
   * held. The listener only wakes somebody.
   */
  public void onCommit(Runnable listener) {
    listeners.add(listener);
  }

  /**
   * Hears how long each commit took until it was on the disk, on the thread that committed.
   *
   * @param uptime monotonic time
   */
  public void onCommitTimed(Supplier<Duration> uptime, Consumer<Duration> listener) {
    commitTimers.add(new CommitTimer(uptime, listener));
  }

  @Override
  public void close() {
    writing.lock();
    try {
      for (int i = 0; i < READERS; i++) {
        borrow(readers).close();
      }
      for (int i = 0; i < SHADOWED; i++) {
        borrow(shadowed).close();
      }
      writer.close();
      guarded.close();
      lock.release();
      lockFile.close();
    } catch (IOException e) {
      throw new StoreException("cannot unlock the data folder: " + e.getMessage(), e);
    } finally {
      writing.unlock();
    }
  }

  private Write newWrite(Session session, Sight sight) {
    return new Write(
        session.handle(), sight, epoch, clock.get().truncatedTo(ChronoUnit.MILLIS), position);
  }

  private void commit(Session session) {
    List<Duration> begun = commitTimers.stream().map(timer -> timer.uptime.get()).toList();
    session.commit();
    for (int i = 0; i < begun.size(); i++) {
      CommitTimer timer = commitTimers.get(i);
      timer.listener.accept(timer.uptime.get().minus(begun.get(i)));
    }
  }

  private static Session borrow(BlockingQueue<Session> readers) {
    try {
      Session reader = readers.poll(READER_WAIT_SECONDS, TimeUnit.SECONDS);
      if (reader == null) {
        throw new StoreException("all " + READERS + " read connections are busy: try again");
      }
      return reader;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreException("interrupted while waiting to read", e);
    }
  }

  private static void rollback(Session session, Throwable failure) {
    try {
      session.rollback();
    } catch (StoreException e) {
      failure.addSuppressed(e);
    }
  }

  private long newestPosition() {
    return writer
        .handle()
        .createQuery("SELECT COALESCE(MAX(position), 0) FROM log")
        .mapTo(Long.class)
        .one();
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
          "the database " + file + " is damaged (" + verdict + "): restore it from a backup");
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
