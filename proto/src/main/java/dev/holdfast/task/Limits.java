package dev.holdfast.task;

import java.time.Duration;

/**
 * The bounds of both programs, each by its name. Those of documents are in {@code
 * dev.holdfast.document.DocumentLimits}. Whoever enforces one says so in its message.
 */
public final class Limits {

  // Messages, in bytes after decompression.

  /** A message of the enrolment call. */
  public static final int MAX_ENROL_MESSAGE_BYTES = 16 * 1024;

  /** A message from an agent. */
  public static final int MAX_AGENT_MESSAGE_BYTES = 2 * 1024 * 1024;

  /** A message of an admin call. */
  public static final int MAX_ADMIN_MESSAGE_BYTES = 1024 * 1024;

  /** A message to an agent. */
  public static final int MAX_COORDINATOR_MESSAGE_BYTES = 1024 * 1024;

  /** A body that a set names, whole. */
  public static final int MAX_BODY_BYTES = 1024 * 1024;

  /** A chunk of a body. */
  public static final int MAX_CHUNK_BYTES = 128 * 1024;

  /** Metadata of a call. */
  public static final int MAX_METADATA_BYTES = 8 * 1024;

  /** Flow-control window of an agent's connection. */
  public static final int AGENT_WINDOW_BYTES = 64 * 1024;

  // Connections.

  /** Calls at once on an agent's connection. */
  public static final int MAX_AGENT_CALLS = 8;

  /** Calls at once on an admin connection. */
  public static final int MAX_ADMIN_CALLS = 32;

  /** How long a TLS handshake may take. */
  public static final Duration HANDSHAKE = Duration.ofSeconds(10);

  /** How often an agent proves that its connection lives. */
  public static final Duration AGENT_KEEPALIVE = Duration.ofSeconds(30);

  /** How long the answer to that may take. */
  public static final Duration KEEPALIVE_ANSWER = Duration.ofSeconds(20);

  /** The shortest period of keepalives that the coordinator suffers. */
  public static final Duration PERMITTED_KEEPALIVE = Duration.ofSeconds(20);

  /** The first wait before reconnecting; it doubles. */
  public static final Duration RECONNECT_FIRST = Duration.ofSeconds(1);

  /** The longest wait before reconnecting. */
  public static final Duration RECONNECT_LONGEST = Duration.ofMinutes(5);

  /** The shortest period of heartbeats. */
  public static final Duration HEARTBEAT = Duration.ofSeconds(60);

  /** How many instances are heard a second, by heartbeats, before their period grows. */
  public static final int HEARTBEATS_A_SECOND = 1_000;

  /** A link that ends for less than this is a flap, and no event. */
  public static final Duration FLAP = Duration.ofSeconds(10);

  /** An instance that is away for longer than this is inactive. */
  public static final Duration INACTIVE_AFTER = Duration.ofDays(30);

  // Reports.

  /** A record of a run, in the spool and on the link. */
  public static final int MAX_RUN_REPORT_BYTES = 256 * 1024;

  /** Reports of one batch on the link. */
  public static final int MAX_BATCH_REPORTS = 100;

  /** Bytes of one batch on the link; one larger report makes a batch of its own. */
  public static final int MAX_BATCH_BYTES = 256 * 1024;

  /** Reports of one instance that are sent and not yet acknowledged. */
  public static final int MAX_UNACKNOWLEDGED_REPORTS = 400;

  /** Rows of one group commit. */
  public static final int MAX_COMMIT_REPORTS = 500;

  /** One inventory type of one instance, packed. */
  public static final int MAX_INVENTORY_TYPE_BYTES = 1024 * 1024;

  /** Standard output that is kept of a step, first and last bytes together. */
  public static final int MAX_STDOUT_KEPT_BYTES = 24_000;

  /** Standard error that is kept of a step, first and last bytes together. */
  public static final int MAX_STDERR_KEPT_BYTES = 8_000;

  // The agent's disk.

  /** Bytes of the spool. */
  public static final long MAX_SPOOL_BYTES = 256L * 1024 * 1024;

  /** The part of the spool that only results may fill. */
  public static final long SPOOL_RESERVE_BYTES = 16L * 1024 * 1024;

  /** A segment of the spool. */
  public static final int SPOOL_SEGMENT_BYTES = 4 * 1024 * 1024;

  /** Output kept of a stream of a step on the host, first and last bytes together. */
  public static final int MAX_HOST_OUTPUT_BYTES = 10 * 1024 * 1024;

  /** Folders of runs kept on the host. */
  public static final int MAX_HOST_RUNS = 100;

  /** Bytes of all folders of runs on the host. */
  public static final long MAX_HOST_RUNS_BYTES = 500L * 1024 * 1024;

  // Runs.

  /** Documents that run at once on a host. */
  public static final int RUNS_AT_ONCE = 2;

  /** Assignments of an instance. */
  public static final int MAX_ASSIGNMENTS = 50;

  /** Starts of one run after interruptions, where these are asked for. */
  public static final int MAX_ATTEMPTS = 3;

  /** Starts of one step after reboots that it asked for. */
  public static final int MAX_REBOOTS = 5;

  /** How long a process tree has between SIGTERM and SIGKILL. */
  public static final Duration KILL_GRACE = Duration.ofSeconds(10);

  /** How long the ledger remembers a trigger. */
  public static final Duration LEDGER_TIME = Duration.ofDays(45);

  /** How many triggers of an association the ledger remembers. */
  public static final int LEDGER_TRIGGERS = 4_096;

  /** Associations of which the ledger remembers something, held ones aside. */
  public static final int LEDGER_ASSOCIATIONS = 256;

  /** Bytes that the ledger's journal grows by before it is written anew. */
  public static final int LEDGER_JOURNAL_BYTES = 256 * 1024;

  /** Bodies that an agent asks for at once. */
  public static final int FETCHES_AT_ONCE = 4;

  /** An agent's work loop goes round at least this often, to see steps of the wall clock. */
  public static final Duration ROUND = Duration.ofSeconds(30);

  /** A work loop that did not go round for this long by the wall clock was not awake. */
  public static final Duration ASLEEP_AFTER = Duration.ofMinutes(2);

  /** A wall clock that is found further behind than this is believed, else it is waited for. */
  public static final Duration CLOCK_BACK = Duration.ofHours(24);

  /** Missed ticks older than this are not caught up; other triggers wait no longer than this. */
  public static final Duration CATCH_UP = Duration.ofDays(31);

  /** How long a manual start waits unless it says otherwise. */
  public static final Duration MANUAL_WAITS = Duration.ofHours(24);

  /** How long a cancelled execution stays in sets. */
  public static final Duration CANCELLED_KEPT = Duration.ofDays(45);

  // The admin API.

  /** Rows of a page, unless asked otherwise. */
  public static final int PAGE = 50;

  /** Rows of a page at the most. */
  public static final int MAX_PAGE = 100;

  /** Bytes after which a page ends early. */
  public static final int MAX_PAGE_BYTES = 1024 * 1024;

  /** Instances on which a change may run at once without an acknowledgement. */
  public static final int GUARD_INSTANCES = 100;

  private Limits() {}
}
