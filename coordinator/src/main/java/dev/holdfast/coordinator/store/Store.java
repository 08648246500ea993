package dev.holdfast.coordinator.store;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

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

  private final DatabaseFile file;
  private final Supplier<Instant> clock;
  private final Session writer;
  private final Session guarded;
  private final BlockingQueue<Session> readers;
  private final BlockingQueue<Session> shadowed;
  private final ReentrantLock writing = new ReentrantLock(true);
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final List<CommitTimer> commitTimers = new CopyOnWriteArrayList<>();
  private final List<Consumer<String>> failedSyncs = new CopyOnWriteArrayList<>();
  private final long epoch;
  private boolean unsynced;
  private volatile Optional<String> unwritable = Optional.empty();
  private volatile long position;

  private Store(DatabaseFile file, Supplier<Instant> clock) {
    this.file = file;
    this.clock = clock;
    Jdbi jdbi = file.jdbi();
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
    writer
        .handle()
        .execute(
            "INSERT OR IGNORE INTO meta (key, value) VALUES (?, ?)",
            Histories.EPOCH,
            Long.toString(Histories.FIRST));
    this.epoch = Long.parseLong(Meta.get(new Read(writer.handle()), Histories.EPOCH).orElseThrow());
    this.position = newestPosition();
    file.opened();
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
  public static Store open(Path folder, Supplier<Instant> clock, Durability durability) {
    return new Store(DatabaseFile.open(folder, durability), clock);
  }

  /**
   * The number of the history of the database in a folder, as it was when that was closed in order
   * last; empty if there is none, or it can't be read. Changes nothing.
   */
  public static OptionalLong epochOf(Path folder) {
    return DatabaseFile.epochOf(folder);
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
      Write write = begin(session, sight);
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
    } catch (Throwable failure) {
      Session.refusal(failure).ifPresent(reason -> unwritable = Optional.of(reason));
      throw failure;
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
      Write write = begin(session, sight);
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

  /**
   * Writes all rows of one moment into a file of their own, whatever is written meanwhile. Takes as
   * long as reading the database, and little memory.
   *
   * @param into an empty file that is there, so that it has the permissions that it is to have
   * @throws StoreException if it can't be written; what is in the file then means nothing
   */
  public void snapshot(Path into) {
    try (Handle handle = file.jdbi().open()) {
      handle.createUpdate("VACUUM INTO :into").bind("into", into.toString()).execute();
    } catch (JdbiException e) {
      throw new StoreException(
          "cannot copy the database into " + into + ": " + String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * Why the disk did not take what was written last; empty if it did, and before anything is
   * written. After a failed sync it stays so.
   */
  public Optional<String> unwritable() {
    return unwritable;
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

  /**
   * Hears, on the thread that committed, that the disk failed to sync: what it has of the commits
   * before is not known any more, a later success would mean nothing, and nothing is written from
   * here on. The program is to end, and to look at what is there at its next start.
   */
  public void onFailedSync(Consumer<String> listener) {
    failedSyncs.add(listener);
  }

  @Override
  public void close() {
    writing.lock();
    try {
      file.closing();
      for (int i = 0; i < READERS; i++) {
        borrow(readers).close();
      }
      for (int i = 0; i < SHADOWED; i++) {
        borrow(shadowed).close();
      }
      writer.close();
      guarded.close();
      file.close();
    } finally {
      writing.unlock();
    }
  }

  private Write begin(Session session, Sight sight) {
    if (unsynced) {
      throw new StoreException(
          "the disk failed to keep what was written; nothing is written to it any more");
    }
    session.begin();
    return new Write(
        session.handle(), sight, epoch, clock.get().truncatedTo(ChronoUnit.MILLIS), position);
  }

  private void commit(Session session) {
    List<Duration> begun = commitTimers.stream().map(timer -> timer.uptime.get()).toList();
    try {
      session.commit();
    } catch (StoreException e) {
      if (Session.unsynced(e)) {
        unsynced = true;
        String reason = String.valueOf(e.getMessage());
        failedSyncs.forEach(listener -> listener.accept(reason));
      }
      throw e;
    }
    unwritable = Optional.empty();
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
}
