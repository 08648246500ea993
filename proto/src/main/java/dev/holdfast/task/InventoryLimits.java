package dev.holdfast.task;

import java.time.Duration;

/** The bounds of what the coordinator stores of inventory and answers about it. */
public final class InventoryLimits {

  // What is stored. Beyond: the report is refused with the reason.

  /** Custom types of one instance, of all that it may have (spec.md section 5.3). */
  public static final int MAX_CUSTOM_TYPES = 20;

  /** Attributes of one entry. */
  public static final int MAX_ATTRIBUTES = 50;

  /** Characters of an attribute's name; at least one. */
  public static final int MAX_ATTRIBUTE_NAME_CHARS = 64;

  /**
   * Bytes of all entries of one type of one instance, each attribute with eight more. Differences
   * can't grow a content past this.
   */
  public static final int MAX_STORED_TYPE_BYTES = 2 * 1024 * 1024;

  /** Changes that are kept of one instance; the oldest go first. */
  public static final int MAX_CHANGES = 10_000;

  /** Changes that are kept of all instances; the oldest go first. */
  public static final long MAX_ALL_CHANGES = 10_000_000;

  /** How long changes are kept. */
  public static final Duration CHANGES_KEPT = Duration.ofDays(90);

  /** How long deletions of types can be asked for after their end (spec.md section 5.6). */
  public static final Duration DELETIONS_KEPT = Duration.ofDays(30);

  // What is swept. Beyond: the rest is done in the next round.

  /** Rows of instances that one transaction of the sweep deletes. */
  public static final int ROWS_SWEPT_AT_ONCE = 200;

  /** Changes and items that one transaction of the sweep deletes. */
  public static final int CHANGES_SWEPT_AT_ONCE = 1_000;

  /** How often it is looked for what is to be deleted, if nobody asks. */
  public static final Duration SWEEP = Duration.ofHours(6);

  // What is asked. Beyond: the request is refused and names the limit, or the page ends early.

  /** Filters of a request or a group (spec.md section 5.5). */
  public static final int MAX_FILTERS = 5;

  /** Values of a filter. */
  public static final int MAX_VALUES = 40;

  /** Aggregators of a request, nested ones not counted; also of one aggregator. */
  public static final int MAX_AGGREGATORS = 10;

  /** Aggregators within each other. */
  public static final int MAX_AGGREGATOR_DEPTH = 3;

  /** Characters of an aggregator's expression. */
  public static final int MAX_EXPRESSION_CHARS = 1_000;

  /** Groups of an aggregator. */
  public static final int MAX_GROUPS = 15;

  /** Rows that the aggregators of a request come to; a request for more is refused. */
  public static final int MAX_AGGREGATE_ROWS = 200_000;

  /** Items of one {@code PutInventory} (spec.md section 5.4). */
  public static final int MAX_PUT_ITEMS = 30;

  // What is gathered, and given away. Beyond: cut or left out, and a log line says so.

  /** Inventory that was refused and did not change is told again after this. */
  public static final Duration AGAIN = Duration.ofDays(7);

  /**
   * Inventory that a schedule gathered is passed on up to so much later, each instance at a moment
   * of its own: a fleet with one schedule does not send all at once.
   */
  public static final Duration SPREAD = Duration.ofSeconds(30);

  /** How long after a gathering its memory is given back; by then what it found is told. */
  public static final Duration GIVE_BACK = Duration.ofSeconds(2);

  /** Folders that one filter of files looks through, unless it says otherwise (spec.md 5.2). */
  public static final int FILTER_FOLDERS = 5_000;

  /** The most that a filter of files can ask for. */
  public static final int MAX_FILTER_FOLDERS = 100_000;

  /** Files that all filters of one gathering find together (spec.md section 5.2). */
  public static final int MAX_FILES = 500;

  /** Exports of the fleet at once. */
  public static final int MAX_EXPORTS = 4;

  /** How long a program of the host may take to answer a question of the inventory. */
  public static final Duration QUERY = Duration.ofSeconds(60);

  private InventoryLimits() {}
}
