package dev.holdfast.bench;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Batched inserts without a product: rows of a coordinator's database into a table of the same form
 * with the same indexes in an empty database, by one prepared statement, a batch and a commit that
 * is on the disk for so many rows at a time.
 */
final class PlainRows {
  private PlainRows() {}

  /**
   * Inserts the newest rows of a table.
   *
   * @param from the coordinator's database, that nobody has open
   * @param into a file that is not there
   * @param count of rows, in the order in which they came
   * @param batch rows of a commit
   * @return rows a second
   */
  static double insert(Path from, Path into, String table, int count, int batch)
      throws SQLException {
    List<Object[]> rows = new ArrayList<>();
    List<String> schema = new ArrayList<>();
    try (Connection source = DriverManager.getConnection("jdbc:sqlite:" + from);
        Statement statement = source.createStatement()) {
      try (ResultSet found =
          statement.executeQuery(
              "SELECT sql FROM sqlite_master WHERE tbl_name = '"
                  + table
                  + "' AND type IN ('table', 'index') AND sql IS NOT NULL ORDER BY type DESC")) {
        while (found.next()) {
          schema.add(found.getString(1));
        }
      }
      try (ResultSet found =
          statement.executeQuery(
              "SELECT * FROM " + table + " ORDER BY rowid DESC LIMIT " + count)) {
        ResultSetMetaData columns = found.getMetaData();
        while (found.next()) {
          Object[] row = new Object[columns.getColumnCount()];
          for (int i = 0; i < row.length; i++) {
            row[i] = found.getObject(i + 1);
          }
          rows.add(row);
        }
      }
    }
    Collections.reverse(rows);
    try (Connection target = DriverManager.getConnection("jdbc:sqlite:" + into)) {
      try (Statement statement = target.createStatement()) {
        statement.execute("PRAGMA journal_mode=WAL");
        statement.execute("PRAGMA synchronous=FULL");
        for (String sql : schema) {
          statement.execute(sql);
        }
      }
      target.setAutoCommit(false);
      String places = String.join(",", Collections.nCopies(rows.getFirst().length, "?"));
      try (PreparedStatement insert =
          target.prepareStatement("INSERT INTO " + table + " VALUES (" + places + ")")) {
        long begun = System.nanoTime();
        for (int i = 0; i < rows.size(); i++) {
          Object[] row = rows.get(i);
          for (int column = 0; column < row.length; column++) {
            insert.setObject(column + 1, row[column]);
          }
          insert.addBatch();
          if ((i + 1) % batch == 0 || i + 1 == rows.size()) {
            int[] _ = insert.executeBatch();
            target.commit();
          }
        }
        return rows.size() / ((System.nanoTime() - begun) / 1e9);
      }
    }
  }
}
