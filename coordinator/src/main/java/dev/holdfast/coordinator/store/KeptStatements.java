package dev.holdfast.coordinator.store;

import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jdbi.v3.core.statement.StatementBuilder;
import org.jdbi.v3.core.statement.StatementContext;

/**
 * Keeps the statements of one connection that were prepared last, so that the same text is not
 * compiled again and again: a third of the time of an ingest was that. A statement in use is not
 * among those kept, so the same text can be used twice at once. Used by whoever has the connection.
 */
final class KeptStatements implements StatementBuilder {
  /** Statements kept; the one that was used the longest ago goes first. */
  static final int MOST = 200;

  private final Map<String, PreparedStatement> kept = new LinkedHashMap<>();
  private final IdentityHashMap<Statement, String> inUse = new IdentityHashMap<>();
  private long taken;

  @Override
  public Statement create(Connection connection, StatementContext context) throws SQLException {
    return connection.createStatement();
  }

  @Override
  public PreparedStatement create(Connection connection, String sql, StatementContext context)
      throws SQLException {
    return create(connection, sql);
  }

  /** One of that text, for the caller alone until it is closed here. */
  PreparedStatement create(Connection connection, String sql) throws SQLException {
    taken++;
    PreparedStatement known = kept.remove(sql);
    PreparedStatement statement = known == null ? connection.prepareStatement(sql) : known;
    inUse.put(statement, sql);
    return statement;
  }

  /** How many statements were asked for, the same ones again and again. */
  long taken() {
    return taken;
  }

  @Override
  public CallableStatement createCall(Connection connection, String sql, StatementContext context)
      throws SQLException {
    return connection.prepareCall(sql);
  }

  @Override
  public void close(Connection connection, String sql, Statement statement) throws SQLException {
    String text = inUse.remove(statement); // the given one has other placeholders
    if (text == null
        || !(statement instanceof PreparedStatement prepared)
        || connection.isClosed()) {
      statement.close();
      return;
    }
    prepared.clearParameters();
    PreparedStatement other = kept.put(text, prepared);
    if (other != null) {
      other.close();
    }
    if (kept.size() > MOST) {
      var eldest = kept.entrySet().iterator();
      PreparedStatement dropped = eldest.next().getValue();
      eldest.remove();
      dropped.close();
    }
  }

  @Override
  public void close(Connection connection) {
    inUse.clear();
    kept.clear(); // closing the connection closes them
  }
}
