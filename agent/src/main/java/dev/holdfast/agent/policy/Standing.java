package dev.holdfast.agent.policy;

/** Where a host stands on what it allows. */
public sealed interface Standing {

  /** The host says nothing: everything is allowed. */
  Standing ABSENT = new Absent();

  /** There is no file. */
  record Absent() implements Standing {}

  /** The file holds. */
  record InForce(Policy policy) implements Standing {}

  /**
   * There is a file that nobody can trust or read, so nothing starts.
   *
   * @param reason what is wrong, where, and what to do
   */
  record Wrong(String reason) implements Standing {}
}
