package dev.holdfast.faults;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Looks into a coordinator's database from outside. */
final class Rows {
  private Rows() {}

  /** The text in the one column of the one row that a query has. */
  static String text(Path database, String query, String parameter) {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
        PreparedStatement statement = connection.prepareStatement(query)) {
      statement.setString(1, parameter);
      try (ResultSet rows = statement.executeQuery()) {
        return rows.getString(1);
      }
    } catch (SQLException e) {
      throw new IllegalStateException("cannot read a row of " + database, e);
    }
  }

  /** Changes a row of a database that nobody else has open. */
  static void change(Path database, String update, byte[] value, String key) {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
        PreparedStatement statement = connection.prepareStatement(update)) {
      statement.setBytes(1, value);
      statement.setString(2, key);
      if (statement.executeUpdate() != 1) {
        throw new IllegalStateException("no row of " + database + " is changed");
      }
    } catch (SQLException e) {
      throw new IllegalStateException("cannot change a row of " + database, e);
    }
  }

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

  /** All that the schema says, as text. */
  static String schema(Path database) {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT group_concat(sql, char(10)) FROM (SELECT sql FROM sqlite_schema ORDER BY"
                    + " type, name)")) {
      return rows.getString(1);
    } catch (SQLException e) {
      throw new IllegalStateException("cannot read the schema of " + database, e);
    }
  }

  /** Does something to a database behind its owner's back. */
  static void tamper(Path database, String sql) {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
        Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA busy_timeout = 20000");
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException("cannot do to " + database + ": " + sql, e);
    }
  }
}
