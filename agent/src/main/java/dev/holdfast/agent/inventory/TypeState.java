package dev.holdfast.agent.inventory;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * How far the coordinator knows an inventory type. The contents are on disk, under their hashes.
 *
 * @param newest the hash of what was gathered last
 * @param captured when that was
 * @param owed whether the newest is still to be passed on
 * @param acknowledged the hash of the content that the coordinator has stored, as far as is known
 * @param pending the report that it has not acknowledged yet
 * @param refused what it did not want
 */
record TypeState(
    String type,
    String schemaVersion,
    String newest,
    Instant captured,
    boolean owed,
    Optional<String> acknowledged,
    Optional<Pending> pending,
    Optional<Refused> refused) {

  /**
   * A report in the spool.
   *
   * @param hash of the content that the coordinator has once it has stored the report
   * @param whole whether it carries all items
   */
  record Pending(long sequence, String hash, boolean whole) {}

  /**
   * A content that the coordinator refused.
   *
   * @param captured of that content
   */
  record Refused(String hash, Instant captured) {}

  /** The names of the files that it needs. */
  Set<String> keys() {
    Set<String> keys = new TreeSet<>(Set.of(Contents.key(type, newest)));
    acknowledged.ifPresent(hash -> keys.add(Contents.key(type, hash)));
    pending.ifPresent(sent -> keys.add(Contents.key(type, sent.hash())));
    return keys;
  }

  TypeState gathered(String schema, String hash, Instant at, boolean toPassOn) {
    return new TypeState(type, schema, hash, at, toPassOn, acknowledged, pending, refused);
  }

  TypeState owing(boolean toPassOn) {
    return new TypeState(
        type, schemaVersion, newest, captured, toPassOn, acknowledged, pending, refused);
  }

  TypeState sent(Pending report) {
    return new TypeState(
        type, schemaVersion, newest, captured, false, acknowledged, Optional.of(report), refused);
  }

  /** The report that was pending is gone, one way or the other. */
  TypeState notPending() {
    return new TypeState(
        type, schemaVersion, newest, captured, owed, acknowledged, Optional.empty(), refused);
  }

  TypeState acknowledged(String hash) {
    return new TypeState(
        type,
        schemaVersion,
        newest,
        captured,
        owed,
        Optional.of(hash),
        Optional.empty(),
        Optional.empty());
  }

  TypeState unacknowledged() {
    return new TypeState(
        type, schemaVersion, newest, captured, owed, Optional.empty(), pending, refused);
  }

  TypeState refused(Refused content) {
    return new TypeState(
        type,
        schemaVersion,
        newest,
        captured,
        owed,
        acknowledged,
        Optional.empty(),
        Optional.of(content));
  }
}
