package dev.holdfast.coordinator.store;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * A connection, and the statements that begin and end its transactions. These are many more than
 * any other, so they are prepared once and for all. Used by whoever has it.
 *
 * <p>Where a transaction could not be begun or ended, as on a full disk, the connection and what
 * was prepared on it are in a state that nobody knows: the next transaction has another one.
 */
final class Session implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("store");

  /** Of the one that writes all the time: a large transaction fits, else its pages go out twice. */
  private static final int WRITER_CACHE_KIB = 32 * 1024;

  private static final Set<SQLiteErrorCode> UNSYNCED =
      Set.of(SQLiteErrorCode.SQLITE_IOERR_FSYNC, SQLiteErrorCode.SQLITE_IOERR_DIR_FSYNC);

  /** The disk, and not the request, is what is wrong. */
  private static final Set<Integer> REFUSED =
      Set.of(
          SQLiteErrorCode.SQLITE_FULL.code,
          SQLiteErrorCode.SQLITE_IOERR.code,
          SQLiteErrorCode.SQLITE_READONLY.code,
          SQLiteErrorCode.SQLITE_CANTOPEN.code);

  private final Jdbi jdbi;
  private final Consumer<Handle> prepare;
  private final String begin;
  private Open open;
  private boolean broken;

  private Session(Jdbi jdbi, Consumer<Handle> prepare, String begin) {
    this.jdbi = jdbi;
    this.prepare = prepare;
    this.begin = begin;
    this.open = open(jdbi, prepare, begin);
  }

  private record Open(
      Handle handle,
      PreparedStatement begin,
      PreparedStatement commit,
      PreparedStatement rollback) {}

  /** One whose transactions change rows. */
  static Session writing(Jdbi jdbi) {
    return new Session(
        jdbi,
        handle -> handle.execute("PRAGMA cache_size=-" + WRITER_CACHE_KIB),
        "BEGIN IMMEDIATE");
  }

  /** One whose transactions can't change any. */
  static Session reading(Jdbi jdbi) {
    return new Session(jdbi, handle -> handle.execute("PRAGMA query_only=ON"), "BEGIN");
  }

  /** One by which those read who see some instances only; it changes nothing but what they see. */
  static Session shadowed(Jdbi jdbi) {
    return new Session(jdbi, Shadows::shadow, "BEGIN");
  }

  /** One by which those write who may touch some instances only. */
  static Session guarded(Jdbi jdbi) {
    return new Session(jdbi, Shadows::guard, "BEGIN IMMEDIATE");
  }

  private static Open open(Jdbi jdbi, Consumer<Handle> prepare, String begin) {
    Handle handle = jdbi.open();
    try {
      prepare.accept(handle);
      return new Open(
          handle,
          handle.getConnection().prepareStatement(begin),
          handle.getConnection().prepareStatement("COMMIT"),
          handle.getConnection().prepareStatement("ROLLBACK"));
    } catch (SQLException | JdbiException e) {
      abandon(handle);
      throw new StoreException("cannot prepare transactions: " + e.getMessage(), e);
    }
  }

  /** For all that is done in a transaction. */
  Handle handle() {
    return open.handle;
  }

  void begin() {
    if (broken) {
      try {
        Open other = open(jdbi, prepare, begin);
        abandon(open.handle);
        open = other;
      } catch (JdbiException e) {
        throw new StoreException("cannot connect to the database again: " + e.getMessage(), e);
      }
      broken = false;
    }
    execute(open.begin, "BEGIN");
  }

  void commit() {
    execute(open.commit, "COMMIT");
  }

  /** Undoes the transaction; at the latest the end of its connection does. */
  void rollback() {
    if (!broken) {
      execute(open.rollback, "ROLLBACK");
    } else {
      abandon(open.handle);
    }
  }

  @Override
  public void close() {
    open.handle.close(); // closing the connection closes its statements
  }

  private void execute(PreparedStatement statement, String what) {
    try {
      statement.execute();
    } catch (SQLException e) {
      broken = true;
      throw new StoreException(what + " failed: " + e.getMessage(), e);
    }
  }

  /** Whether what failed is that the disk did not say that it has what was written. */
  static boolean unsynced(StoreException failure) {
    return failure.getCause() instanceof SQLiteException cause
        && UNSYNCED.contains(cause.getResultCode());
  }

  /** Why the disk takes nothing, if that is what failed. */
  static Optional<String> refusal(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLiteException refused && REFUSED.contains(base(refused))) {
        return Optional.of("the disk takes nothing: " + refused.getMessage());
      }
    }
    return Optional.empty();
  }

  /** Extended codes carry the plain one in their lowest byte. */
  private static int base(SQLiteException failure) {
    return failure.getResultCode().code & 0xff;
  }

  private static void abandon(Handle handle) {
    try {
      handle.close();
    } catch (JdbiException e) {
      LOG.warn("a connection that failed could not be closed reason={}", e.getMessage());
    }
  }
}
