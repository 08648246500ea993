package dev.holdfast.faults;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Looks into a coordinator's database from outside. */
final class Rows {
  private Rows() {}

  /** How many rows a table has. */
  static long count(Path database, String table) {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT count(*) FROM " + table)) {
      return rows.getLong(1);
    } catch (SQLException e) {
      throw new IllegalStateException("cannot count the rows of " + table + " in " + database, e);
    }
  }
}
