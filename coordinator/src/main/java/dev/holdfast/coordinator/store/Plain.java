package dev.holdfast.coordinator.store;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Statements that are made all the time: for each report, each permit, each look at the log. Their
 * values are bound and their columns are read by place: nine tenths of the time of an ingest was
 * looking for names and mappers, one tenth was the database. All other statements are better off
 * with names.
 */
final class Plain {
  private Plain() {}

  /** Reads a row, its columns by place, from 1. */
  interface Reader<T> {
    /** What it says. */
    T read(ResultSet row) throws SQLException;
  }

  /** Takes a row. */
  interface Taker {
    /** One came. */
    void take(ResultSet row) throws SQLException;
  }

  /**
   * The first row, if there is one.
   *
   * @param values strings, numbers, bytes, truth values or null, in the order of their places
   */
  static <T> Optional<T> one(
      Handle handle, String sql, Reader<T> reader, @Nullable Object... values) {
    KeptStatements kept = kept(handle);
    try {
      PreparedStatement statement = kept.create(handle.getConnection(), sql);
      try {
        bind(statement, values);
        try (ResultSet rows = statement.executeQuery()) {
          return rows.next() ? Optional.of(reader.read(rows)) : Optional.empty();
        }
      } finally {
        kept.close(handle.getConnection(), sql, statement);
      }
    } catch (SQLException e) {
      throw failed(sql, e);
    }
  }

  /** All rows, in a list. */
  static <T> List<T> list(Handle handle, String sql, Reader<T> reader, @Nullable Object... values) {
    List<T> read = new ArrayList<>();
    all(handle, sql, row -> read.add(reader.read(row)), values);
    return List.copyOf(read);
  }

  /** All rows, one after the other. */
  static void all(Handle handle, String sql, Taker taker, @Nullable Object... values) {
    KeptStatements kept = kept(handle);
    try {
      PreparedStatement statement = kept.create(handle.getConnection(), sql);
      try {
        bind(statement, values);
        try (ResultSet rows = statement.executeQuery()) {
          while (rows.next()) {
            taker.take(rows);
          }
        }
      } finally {
        kept.close(handle.getConnection(), sql, statement);
      }
    } catch (SQLException e) {
      throw failed(sql, e);
    }
  }

  /** Changes rows. */
  static void update(Handle handle, String sql, @Nullable Object... values) {
    int _ = changed(handle, sql, values);
  }

  /** Changes rows; how many. */
  static int changed(Handle handle, String sql, @Nullable Object... values) {
    KeptStatements kept = kept(handle);
    try {
      PreparedStatement statement = kept.create(handle.getConnection(), sql);
      try {
        bind(statement, values);
        return statement.executeUpdate();
      } finally {
        kept.close(handle.getConnection(), sql, statement);
      }
    } catch (SQLException e) {
      throw failed(sql, e);
    }
  }

  private static KeptStatements kept(Handle handle) {
    return (KeptStatements) handle.getStatementBuilder();
  }

  private static void bind(PreparedStatement statement, @Nullable Object... values)
      throws SQLException {
    for (int i = 0; i < values.length; i++) {
      switch (values[i]) {
        case null -> statement.setNull(i + 1, Types.NULL);
        case String text -> statement.setString(i + 1, text);
        case Long number -> statement.setLong(i + 1, number);
        case Integer number -> statement.setInt(i + 1, number);
        case Boolean truth -> statement.setInt(i + 1, truth ? 1 : 0);
        case byte[] bytes -> statement.setBytes(i + 1, bytes);
        default ->
            throw new IllegalArgumentException("no value of a column: " + values[i].getClass());
      }
    }
  }

  /** Never with the values: they may be secrets, and failures are logged. */
  private static StoreException failed(String sql, SQLException e) {
    return new StoreException(e.getMessage() + " [" + sql + "]", e);
  }
}
