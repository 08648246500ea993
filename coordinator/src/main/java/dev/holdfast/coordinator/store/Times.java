package dev.holdfast.coordinator.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Times as columns: milliseconds. */
final class Times {
  private Times() {}

  static Instant of(ResultSet row, String column) throws SQLException {
    return Instant.ofEpochMilli(row.getLong(column));
  }

  static Optional<Instant> maybe(ResultSet row, int column) throws SQLException {
    long value = row.getLong(column);
    return row.wasNull() ? Optional.empty() : Optional.of(Instant.ofEpochMilli(value));
  }

  /** For a column; null if there is none. */
  static @Nullable Long millis(Optional<Instant> time) {
    return time.isPresent() ? (Long) time.get().toEpochMilli() : null;
  }

  static Optional<Instant> maybe(ResultSet row, String column) throws SQLException {
    long value = row.getLong(column);
    return row.wasNull() ? Optional.empty() : Optional.of(Instant.ofEpochMilli(value));
  }
}
