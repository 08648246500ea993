package dev.holdfast.coordinator.store;

/** Counts the statements that some work sends to the database. */
public final class QueryCount {
  private QueryCount() {}

  public static int of(Read read, Runnable work) {
    KeptStatements statements = (KeptStatements) read.handle().getStatementBuilder();
    long before = statements.taken();
    work.run();
    return (int) (statements.taken() - before);
  }
}
