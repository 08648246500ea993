package dev.holdfast.coordinator.store;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * A connection, and the statements that begin and end its transactions. These are many more than
 * any other, so they are prepared once and for all. Used by whoever has the connection.
 */
final class Session implements AutoCloseable {
  private final Handle handle;
  private final PreparedStatement begin;
  private final PreparedStatement commit;
  private final PreparedStatement rollback;

  private Session(Handle handle, String begin) throws SQLException {
    this.handle = handle;
    this.begin = handle.getConnection().prepareStatement(begin);
    this.commit = handle.getConnection().prepareStatement("COMMIT");
    this.rollback = handle.getConnection().prepareStatement("ROLLBACK");
  }

  /** One whose transactions change rows. */
  static Session writing(Jdbi jdbi) {
    return open(jdbi.open(), "BEGIN IMMEDIATE");
  }

  /** One whose transactions can't change any. */
  static Session reading(Jdbi jdbi) {
    Handle handle = jdbi.open();
    handle.execute("PRAGMA query_only=ON");
    return open(handle, "BEGIN");
  }

  /** One by which those read who see some instances only; it changes nothing but what they see. */
  static Session shadowed(Jdbi jdbi) {
    Handle handle = jdbi.open();
    Shadows.shadow(handle);
    return open(handle, "BEGIN");
  }

  /** One by which those write who may touch some instances only. */
  static Session guarded(Jdbi jdbi) {
    Handle handle = jdbi.open();
    Shadows.guard(handle);
    return open(handle, "BEGIN IMMEDIATE");
  }

  private static Session open(Handle handle, String begin) {
    try {
      return new Session(handle, begin);
    } catch (SQLException e) {
      handle.close();
      throw new StoreException("cannot prepare transactions: " + e.getMessage(), e);
    }
  }

  /** For all that is done in a transaction. */
  Handle handle() {
    return handle;
  }

  void begin() {
    execute(begin, "BEGIN");
  }

  void commit() {
    execute(commit, "COMMIT");
  }

  void rollback() {
    execute(rollback, "ROLLBACK");
  }

  @Override
  public void close() {
    handle.close(); // closing the connection closes its statements
  }

  private static void execute(PreparedStatement statement, String what) {
    try {
      statement.execute();
    } catch (SQLException e) {
      throw new StoreException(what + " failed: " + e.getMessage(), e);
    }
  }
}
