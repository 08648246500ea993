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

  /** Results that the coordinator has stored and that are kept for it nevertheless. */
  public static final long SPOOL_KEPT_BYTES = 64L * 1024 * 1024;

  /** How long these are kept: a coordinator that was restored asks for them again. */
  public static final Duration SPOOL_KEPT = Duration.ofHours(72);

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
