package dev.holdfast.bench;

import com.google.gson.Gson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What the inventory is measured against: a table with a row an item, its attributes as JSON, and
 * an index over what is asked for most. With the same durability.
 */
final class PlainTable implements AutoCloseable {
  private final Path file;
  private final Connection connection;
  private final Gson gson = new Gson();

  PlainTable(Path folder) throws SQLException {
    this.file = folder.resolve("plain.db");
    this.connection = DriverManager.getConnection("jdbc:sqlite:" + file);
    execute(
        "PRAGMA journal_mode=WAL",
        "PRAGMA synchronous=FULL",
        "CREATE TABLE item (instance_id TEXT NOT NULL, type TEXT NOT NULL, name TEXT NOT NULL,"
            + " version TEXT NOT NULL, attributes TEXT NOT NULL)",
        "CREATE INDEX item_by_instance ON item (instance_id, type, name)",
        "CREATE INDEX item_by_name ON item (type, name, version, instance_id)");
    connection.setAutoCommit(false);
  }

  private void execute(String... statements) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  void add(String instance, String type, List<Map<String, String>> items) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO item VALUES (?, ?, ?, ?, ?)")) {
      for (Map<String, String> item : items) {
        insert.setString(1, instance);
        insert.setString(2, type);
        insert.setString(3, item.getOrDefault("Name", ""));
        insert.setString(4, item.getOrDefault("Version", ""));
        insert.setString(5, gson.toJson(item));
        insert.addBatch();
      }
      var _ = insert.executeBatch();
    }
  }

  void remove(String instance, String type, List<Map<String, String>> items) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement(
            "DELETE FROM item WHERE instance_id = ? AND type = ? AND name = ?")) {
      for (Map<String, String> item : items) {
        delete.setString(1, instance);
        delete.setString(2, type);
        delete.setString(3, item.getOrDefault("Name", ""));
        delete.addBatch();
      }
      var _ = delete.executeBatch();
    }
  }

  void commit() throws SQLException {
    connection.commit();
  }

  /** Reads all rows of a query; how many there were. */
  int ask(String sql, String... values) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (PreparedStatement query = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        query.setString(i + 1, values[i]);
      }
      try (ResultSet result = query.executeQuery()) {
        int columns = result.getMetaData().getColumnCount();
        while (result.next()) {
          for (int i = 1; i <= columns; i++) {
            rows.add(result.getString(i));
          }
        }
      }
    }
    connection.commit();
    return rows.size();
  }

  /** Bytes on disk. */
  long size() throws SQLException, IOException {
    connection.setAutoCommit(true);
    execute("PRAGMA wal_checkpoint(TRUNCATE)");
    connection.setAutoCommit(false);
    return Files.size(file);
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
