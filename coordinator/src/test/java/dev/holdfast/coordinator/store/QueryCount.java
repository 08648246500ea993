package dev.holdfast.coordinator.store;

import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.statement.SqlLogger;
import org.jdbi.v3.core.statement.SqlStatements;
import org.jdbi.v3.core.statement.StatementContext;

/** Counts the statements that some work sends to the database. */
public final class QueryCount {
  private QueryCount() {}

  public static int of(Read read, Runnable work) {
    AtomicInteger count = new AtomicInteger();
    SqlStatements statements = read.handle().getConfig(SqlStatements.class);
    SqlLogger before = statements.getSqlLogger();
    statements.setSqlLogger(
        new SqlLogger() {
          @Override
          public void logAfterExecution(StatementContext context) {
            count.incrementAndGet();
          }
        });
    try {
      work.run();
    } finally {
      statements.setSqlLogger(before);
    }
    return count.get();
  }
}
