package dev.holdfast.task;

import java.time.Duration;

/**
 * The bounds of both programs, each by its name. Those of what runs on an instance are in {@link
 * RunLimits}, those of its identity in {@link IdentityLimits}, those of documents in {@code
 * dev.holdfast.document.DocumentLimits}. Whoever enforces one says so in its message.
 */
public final class Limits {

  // Messages, in bytes after decompression. Beyond: the call ends with RESOURCE_EXHAUSTED.

  /** A message of the enrolment call. */
  public static final int MAX_ENROL_MESSAGE_BYTES = 16 * 1024;

  /** A message from an agent; a report that would not fit is made to, or refused on the host. */
  public static final int MAX_AGENT_MESSAGE_BYTES = 256 * 1024;

  /** A message of an admin call. */
  public static final int MAX_ADMIN_MESSAGE_BYTES = 1024 * 1024;

  /** A message to an agent. */
  public static final int MAX_COORDINATOR_MESSAGE_BYTES = 1024 * 1024;

  /** A body that a set names, whole. */
  public static final int MAX_BODY_BYTES = 1024 * 1024;

  /** A chunk of a body. */
  public static final int MAX_CHUNK_BYTES = 128 * 1024;

  /** The bodies that come beside a set, together; what is beyond is left to be fetched. */
  public static final int MAX_BESIDE_BYTES = 16 * 1024;

  /** Metadata of a call. */
  public static final int MAX_METADATA_BYTES = 8 * 1024;

  /** Flow-control window of an agent's connection. */
  public static final int AGENT_WINDOW_BYTES = 64 * 1024;

  // Connections. Beyond: the call is refused, or the connection closed and opened again.

  /** Calls at once on an agent's connection. */
  public static final int MAX_AGENT_CALLS = 8;

  /** Calls at once on an admin connection. */
  public static final int MAX_ADMIN_CALLS = 32;

  /** How long a TLS handshake may take. */
  public static final Duration HANDSHAKE = Duration.ofSeconds(10);

  /** How often an agent proves that its connection lives. */
  public static final Duration AGENT_KEEPALIVE = Duration.ofSeconds(30);

  /**
   * After how long without a byte the coordinator asks whether a connection lives: longer than
   * agents wait, so that it asks only where none comes through.
   */
  public static final Duration COORDINATOR_KEEPALIVE = Duration.ofSeconds(40);

  /** How long the answer to that may take, on either side. */
  public static final Duration KEEPALIVE_ANSWER = Duration.ofSeconds(20);

  /** The shortest period of keepalives that the coordinator suffers. */
  public static final Duration PERMITTED_KEEPALIVE = Duration.ofSeconds(20);

  /** The first wait before reconnecting; it doubles. */
  public static final Duration RECONNECT_FIRST = Duration.ofSeconds(1);

  /** The longest wait before reconnecting. */
  public static final Duration RECONNECT_LONGEST = Duration.ofMinutes(5);

  /** How long an agent waits for its connection to open. */
  public static final Duration OPEN = Duration.ofSeconds(20);

  /** How long an agent waits for the answer to its hello. */
  public static final Duration HELLO_ANSWER = Duration.ofSeconds(30);

  /** How long a link must have lived for its end to be followed by a short wait again. */
  public static final Duration GOOD_LINK = Duration.ofSeconds(60);

  /** How long an agent waits for a body. */
  public static final Duration FETCH = Duration.ofSeconds(60);

  /** Bodies that an agent asks for at once. */
  public static final int MAX_FETCHES = 4;

  /** The shortest period of heartbeats. */
  public static final Duration HEARTBEAT = Duration.ofSeconds(60);

  /** How many instances are heard a second, by heartbeats, before their period grows. */
  public static final int HEARTBEATS_A_SECOND = 1_000;

  /** A link on which nothing moves for so long, though it should, is dropped. */
  public static final Duration LINK_PROGRESS = Duration.ofMinutes(2);

  /** How many agents a second may come back after the coordinator was away. */
  public static final int RECONNECTS_A_SECOND = 100;

  /** The longest time over which agents spread their coming back. */
  public static final Duration LONGEST_RECONNECT_WINDOW = Duration.ofMinutes(10);

  /** A link that ends for less than this is a flap, and no event. */
  public static final Duration FLAP = Duration.ofSeconds(10);

  /** An instance that is away for longer than this is inactive. */
  public static final Duration INACTIVE_AFTER = Duration.ofDays(30);

  // Reports. Beyond: refused one by one with the reason, and kept on the host; or read later.

  /** A report, in the spool and on the link, and all of one batch: a message has room for them. */
  public static final int MAX_REPORT_BYTES = MAX_AGENT_MESSAGE_BYTES - 1024;

  /** Reports of one batch on the link. */
  public static final int MAX_BATCH_REPORTS = 100;

  /** Reports of one instance that are sent and not yet acknowledged. */
  public static final int MAX_UNACKNOWLEDGED_REPORTS = 400;

  /** Bytes of reports, of all links together, that are not yet acknowledged; more is not read. */
  public static final long MAX_UNACKNOWLEDGED_BYTES = 64L * 1024 * 1024;

  /** Bytes of reports of one link that are not yet acknowledged; more is not read. */
  public static final int MAX_LINK_UNACKNOWLEDGED_BYTES = 2 * 1024 * 1024;

  /** Rows of one group commit. */
  public static final int MAX_COMMIT_REPORTS = 500;

  /** Bytes of the reports of one instance that wait to be stored. */
  public static final int MAX_WAITING_BYTES = 16 * 1024 * 1024;

  /** Bytes of the reports of all instances that wait to be stored. */
  public static final long MAX_ALL_WAITING_BYTES = 128L * 1024 * 1024;

  /** One inventory type of one instance, unpacked; packed it has to fit into a report. */
  public static final int MAX_INVENTORY_TYPE_BYTES = 1024 * 1024;

  /** Items of one inventory type of one instance. */
  public static final int MAX_INVENTORY_ITEMS = 20_000;

  /** Inventory types of one instance. */
  public static final int MAX_INVENTORY_TYPES = 60;

  /** A word of the documented list that says more of a status. */
  public static final int MAX_DETAILED_STATUS_CHARS = 64;

  /** A step's reason. */
  public static final int MAX_REASON_CHARS = 4_096;

  /** Differences that a compliance item carries as evidence. */
  public static final int MAX_EVIDENCE = 100;

  /**
   * Entries of one inventory type; those behind it in their order are left out, and a log line says
   * so.
   */
  public static final int MAX_INVENTORY_ENTRIES = 10_000;

  /** Characters of one value of an inventory entry; longer ones are cut. */
  public static final int MAX_INVENTORY_VALUE_CHARS = 4_096;

  // Compliance items that people put. Beyond: the request is refused and names the limit.

  /** Items of one type of one instance. */
  public static final int MAX_COMPLIANCE_ITEMS = 1_000;

  /** Types of their own that people put of one instance. */
  public static final int MAX_CUSTOM_COMPLIANCE_TYPES = 10;

  /** Puts to one instance of which it is remembered when they were, though nothing is left. */
  public static final int MAX_EMPTY_COMPLIANCE_TYPES = 20;

  /** Texts of one item, as UTF-8. */
  public static final int MAX_COMPLIANCE_ITEM_BYTES = 1_024;

  /**
   * Texts of all items of one type, as UTF-8: they fit into a message of the admin API. Of what is
   * put on a host also all of it, packed, has to fit into a report.
   */
  public static final int MAX_COMPLIANCE_BYTES = 768 * 1024;

  /** A file of items on the host. */
  public static final int MAX_COMPLIANCE_FILE_BYTES = 2 * 1024 * 1024;

  /** Characters of a type's name. */
  public static final int MAX_COMPLIANCE_TYPE_CHARS = 100;

  /** Characters of an item's id. */
  public static final int MAX_COMPLIANCE_ID_CHARS = 200;

  /** Characters of an item's title. */
  public static final int MAX_COMPLIANCE_TITLE_CHARS = 500;

  /** Details of an item. */
  public static final int MAX_COMPLIANCE_DETAILS = 50;

  /** Characters of a detail's name. */
  public static final int MAX_COMPLIANCE_DETAIL_NAME_CHARS = 64;

  /** Characters of a detail. */
  public static final int MAX_COMPLIANCE_DETAIL_CHARS = 4_096;

  /** Characters of the hash that somebody puts along with items. */
  public static final int MAX_COMPLIANCE_HASH_CHARS = 256;

  /** Characters of the id of an execution that items come from. */
  public static final int MAX_COMPLIANCE_EXECUTION_ID_CHARS = 100;

  /** Characters of the type of an execution that items come from. */
  public static final int MAX_COMPLIANCE_EXECUTION_TYPE_CHARS = 50;

  /** How far ahead of the coordinator's clock an execution that items come from may be. */
  public static final Duration COMPLIANCE_AHEAD = Duration.ofHours(1);

  /** How long a command on the host has to say what it wants, and the agent to answer. */
  public static final Duration LOCAL_CALL = Duration.ofSeconds(30);

  /** Commands on the host that the agent answers at once. */
  public static final int MAX_LOCAL_CALLS = 8;

  /** Standard output that is kept of a step, first and last bytes together. */
  public static final int MAX_STDOUT_KEPT_BYTES = 24_000;

  /** Standard error that is kept of a step, first and last bytes together. */
  public static final int MAX_STDERR_KEPT_BYTES = 8_000;

  // The agent's disk. Beyond: the least important or the oldest goes, and is counted.

  /** Bytes of the spool. */
  public static final long MAX_SPOOL_BYTES = 256L * 1024 * 1024;

  /** The part of the spool that only results may fill. */
  public static final long SPOOL_RESERVE_BYTES = 16L * 1024 * 1024;

  /** A segment of the spool. */
  public static final int SPOOL_SEGMENT_BYTES = 4 * 1024 * 1024;

  /** Results that the coordinator has stored and that are kept for it nevertheless. */
  public static final long SPOOL_KEPT_BYTES = 64L * 1024 * 1024;

  /** How long these are kept: a coordinator that was restored asks for them again. */
  public static final Duration SPOOL_KEPT = Duration.ofDays(3);

  /** Reports that the coordinator refused for good, kept on the host to be looked at. */
  public static final int MAX_DEAD_LETTERS_BYTES = 4 * 1024 * 1024;

  /** Damaged pieces of the spool, kept on the host to be looked at. */
  public static final int MAX_SET_ASIDE = 16;

  /** Output kept of a stream of a step on the host, first and last bytes together. */
  public static final int MAX_HOST_OUTPUT_BYTES = 10 * 1024 * 1024;

  /** Folders of runs kept on the host. */
  public static final int MAX_HOST_RUNS = 100;

  /** Bytes of all folders of runs on the host. */
  public static final long MAX_HOST_RUNS_BYTES = 500L * 1024 * 1024;

  // Associations. Beyond: the request is refused and names the limit.

  /** Associations that are not deleted. */
  public static final int MAX_ASSOCIATIONS = 10_000;

  /** Versions of one association. */
  public static final int MAX_ASSOCIATION_VERSIONS = 1_000;

  /** Targets of one association. */
  public static final int MAX_TARGETS = 5;

  /** Values of one target. */
  public static final int MAX_TARGET_VALUES = 50;

  /** Characters of a target's key. */
  public static final int MAX_TARGET_KEY = 163;

  /** Characters of a target's value. */
  public static final int MAX_TARGET_VALUE = 256;

  /** Associations that one request creates. */
  public static final int MAX_BATCH_ASSOCIATIONS = 50;

  /** Groups of instances. */
  public static final int MAX_INSTANCE_GROUPS = 1_000;

  /** Filters of a group of instances. */
  public static final int MAX_GROUP_FILTERS = 50;

  /** Values of one filter of a group of instances. */
  public static final int MAX_GROUP_VALUES = 200;

  /** Webhooks. */
  public static final int MAX_WEBHOOKS = 20;

  /** Types of events that one webhook asks for. */
  public static final int MAX_WEBHOOK_TYPES = 50;

  /** Characters that are kept of what a webhook met. */
  public static final int MAX_WEBHOOK_MESSAGE = 500;

  /** People who watch executions at once. */
  public static final int MAX_EXECUTION_WATCHERS = 20;

  /** Associations that one request starts by hand. */
  public static final int MAX_STARTS = 10;

  /** Instances that one request to start or cancel names. */
  public static final int MAX_NAMED_INSTANCES = 1_000;

  // Enrolling. Beyond: refused, RESOURCE_EXHAUSTED where it came too often.

  /** Wrong codes in {@link #WRONG_CODES_TIME} that lock an activation. */
  public static final int WRONG_CODES = 20;

  /** The time in which wrong codes are counted, and for which they lock an activation. */
  public static final Duration WRONG_CODES_TIME = Duration.ofMinutes(10);

  /** Enrolments a second of one source address, unless configured otherwise. */
  public static final int ENROLMENTS_A_SECOND = 1;

  /** Enrolments at once of one source address, unless configured otherwise. */
  public static final int ENROLMENTS_AT_ONCE = 5;

  /** Enrolments a second of all sources, unless configured otherwise. */
  public static final int ALL_ENROLMENTS_A_SECOND = 50;

  // Stored parameters. Beyond: the request is refused and names the limit.

  /** Stored parameters, whatever their versions. */
  public static final int MAX_STORED_PARAMETERS = 10_000;

  /** Versions of a stored parameter that are kept; the eldest goes first. */
  public static final int MAX_STORED_VERSIONS = 100;

  /** Characters of a stored parameter's value. */
  public static final int MAX_STORED_CHARS = 4_096;

  /** Parts of a stored parameter's name, between its slashes. */
  public static final int MAX_STORED_LEVELS = 15;

  /** Names that one request for stored parameters has. */
  public static final int MAX_STORED_NAMES = 10;

  /** Bytes of a SecureString below which its value is not masked in output. */
  public static final int SHORTEST_MASKED = 4;

  /** Requests for SecureStrings of one instance at once, after a pause. */
  public static final int SECRET_FETCHES_AT_ONCE = 60;

  /** Requests for SecureStrings of one instance a minute, in the long run. */
  public static final int SECRET_FETCHES_A_MINUTE = 60;

  /** How long the answer to one such request may take. */
  public static final Duration SECRET_ANSWER = Duration.ofSeconds(20);

  /** How long a run waits for its SecureStrings, without a link too. */
  public static final Duration SECRET_WAIT = Duration.ofSeconds(60);

  /** Runs that wait for their SecureStrings at once. */
  public static final int MAX_SECRET_WAITERS = 64;

  // Regular expressions of documents. Beyond: the document is refused and names the limit.

  /** Characters of one. */
  public static final int MAX_PATTERN_LENGTH = 512;

  /** Its length with its repetitions written out. */
  public static final int MAX_PATTERN_SIZE = 2_000;

  /** That length times the characters of a parameter's value that has to match. */
  public static final int MAX_MATCH_STEPS = 20_000_000;

  // The admin API. Beyond: the page ends, and its token goes on; a change needs its
  // acknowledgement.

  /** Rows of a page, unless asked otherwise. */
  public static final int PAGE = 50;

  /** Rows of a page at the most. */
  public static final int MAX_PAGE = 100;

  /** Bytes after which a page ends early. */
  public static final int MAX_PAGE_BYTES = 1024 * 1024;

  /** Rows that are looked through for one page; then it ends early. */
  public static final int MAX_PAGE_SCANNED = 5_000;

  /** Executions whose targets are counted for one page; then it ends early. */
  public static final int MAX_EXECUTIONS_SCANNED = 500;

  /** Instances on which a change may run at once without an acknowledgement. */
  public static final int GUARD_INSTANCES = 100;

  private Limits() {}
}
