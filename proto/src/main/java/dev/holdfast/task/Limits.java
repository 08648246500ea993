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

  // Reports.

  /** A record of a run, in the spool and on the link. */
  public static final int MAX_RUN_REPORT_BYTES = 256 * 1024;

  /** Reports of one batch on the link. */
  public static final int MAX_BATCH_REPORTS = 100;

  /** Bytes of one batch on the link; one larger report makes a batch of its own. */
  public static final int MAX_BATCH_BYTES = 256 * 1024;

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

  /** One inventory type of one instance, packed as well as unpacked. */
  public static final int MAX_INVENTORY_TYPE_BYTES = 1024 * 1024;

  /** Items of one inventory type of one instance. */
  public static final int MAX_INVENTORY_ITEMS = 20_000;

  /** Inventory types of one instance. */
  public static final int MAX_INVENTORY_TYPES = 20;

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

  /** How long a program of the host may take to answer a question of the inventory. */
  public static final Duration INVENTORY_QUERY = Duration.ofSeconds(60);

  /** Inventory that did not change is told again after this, in case what was told is gone. */
  public static final Duration INVENTORY_AGAIN = Duration.ofDays(7);

  /** Standard output that is kept of a step, first and last bytes together. */
  public static final int MAX_STDOUT_KEPT_BYTES = 24_000;

  /** Standard error that is kept of a step, first and last bytes together. */
  public static final int MAX_STDERR_KEPT_BYTES = 8_000;

  // States.

  /** Differences that one step tells. */
  public static final int MAX_STEP_DRIFT = 50;

  /** Characters of each word of a difference; longer ones are cut. */
  public static final int MAX_DRIFT_CHARS = 300;

  /** Bytes of all differences of a run; what is beyond is left out, and said to be. */
  public static final int MAX_RUN_DRIFT_BYTES = 48 * 1024;

  /** A text file of which a step keeps a part. */
  public static final int MAX_EDITED_BYTES = 1024 * 1024;

  /** A file that a step fetches from the network. */
  public static final long MAX_FETCHED_BYTES = 256L * 1024 * 1024;

  /** How long a question to a program of the host may take. */
  public static final Duration STATE_QUERY = Duration.ofSeconds(60);

  /** How long a change by a program of the host may take, if its step's timeout is no shorter. */
  public static final Duration STATE_CHANGE = Duration.ofHours(2);

  /** How long a package manager waits for somebody else's. */
  public static final Duration PACKAGE_LOCK = Duration.ofMinutes(10);

  /** How long a service that was started has to stay up to count as running. */
  public static final Duration SERVICE_SETTLES = Duration.ofSeconds(1);

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

  // Runs.

  /** Documents that run at once on a host. */
  public static final int RUNS_AT_ONCE = 2;

  /** Assignments of an instance. */
  public static final int MAX_ASSIGNMENTS = 50;

  /** Pending triggers in one set; later ones wait for the next set. */
  public static final int MAX_PENDING_TRIGGERS = 1_000;

  /** Cancelled executions in one set, the newest. */
  public static final int MAX_CANCELLED = 1_000;

  /** Documents that run within each other below an association's own (spec.md section 2.1). */
  public static final int MAX_CHILD_DEPTH = 3;

  /** References to other documents, of an association's document and its children together. */
  public static final int MAX_CHILD_DOCUMENTS = 32;

  /** Bytes of all documents that an association's document and its children name. */
  public static final int MAX_CHILD_DOCUMENTS_BYTES = 512 * 1024;

  /** Steps that name other documents, of all these documents together. */
  public static final int MAX_CHILD_STEPS = 200;

  /** How long a run waits for the answer when it asks that associations start. */
  public static final Duration REFRESH = Duration.ofSeconds(60);

  /** How long what such a request started waits for its turn on the instance. */
  public static final Duration REFRESH_WAITS = Duration.ofHours(1);

  /** Associations that one such request names. */
  public static final int MAX_REFRESHED = 50;

  /** Such requests that one link may have unanswered. */
  public static final int MAX_REFRESHES = 8;

  /** Such requests that one link may make in a minute. */
  public static final int REFRESHES_A_MINUTE = 20;

  /** Starts of one run after interruptions, where these are asked for. */
  public static final int MAX_ATTEMPTS = 3;

  /** Documents within each other below that of a run, each run by a step of the one before. */
  public static final int MAX_NESTED_DOCUMENTS = 3;

  /** Starts of one step after reboots that it asked for. */
  public static final int MAX_REBOOTS = 5;

  /** How long a process tree has between SIGTERM and SIGKILL. */
  public static final Duration KILL_GRACE = Duration.ofSeconds(10);

  /** How long what was killed may take to be gone; then it is counted and told as left. */
  public static final Duration KILL_LASTS = Duration.ofSeconds(30);

  /**
   * How long a script's output may stay open after its end: then the step ends, within 5 seconds,
   * and the child that holds it is left.
   */
  public static final Duration OUTPUT_HELD = Duration.ofSeconds(4);

  /** How long a wrapper has to write down the end of a tree that was killed. */
  public static final Duration WRAPPER_GRACE = OUTPUT_HELD.plusSeconds(2);

  /**
   * Processes and threads of one script at once, where control groups can bound them: far above
   * what a build needs, far below what takes a host down.
   */
  public static final int MAX_SCRIPT_TASKS = 4_096;

  /** Processes of the user that a script runs as, unless it is root. */
  public static final int MAX_USER_PROCESSES = 4_096;

  /** Open files that a script starts with as its soft limit; it may raise that to the host's. */
  public static final int SCRIPT_OPEN_FILES = 1_024;

  /** How long a host has to say who a user is. */
  public static final Duration USER_QUERY = Duration.ofSeconds(3);

  /** What a running step has put out is told at most this often, and only if more has come. */
  public static final Duration LIVE_EVERY = Duration.ofSeconds(2);

  /** First and last bytes of each stream of a running step that are told while it runs. */
  public static final int LIVE_BYTES = 4 * 1024;

  /** Bytes a second of such reports; where earlier steps make them large they come less often. */
  public static final int LIVE_BYTES_A_SECOND = 16 * 1024;

  /** How long a host has to reboot once a step asked for it. */
  public static final Duration REBOOT_WAIT = Duration.ofMinutes(10);

  /** How long inventory may take. */
  public static final Duration GATHERING = Duration.ofMinutes(10);

  /** How long a step may download, unless it says otherwise. */
  public static final Duration DOWNLOADING = Duration.ofHours(1);

  /** Bytes that one step may download, and that what it downloads may unpack to. */
  public static final long MAX_DOWNLOAD_BYTES = 512L * 1024 * 1024;

  /** Files and folders that one step may download. */
  public static final int MAX_DOWNLOAD_ENTRIES = 10_000;

  /** How many times more than itself an archive may unpack to. */
  public static final int MAX_UNPACK_RATIO = 100;

  /** Bytes that have to come within {@link #SLOW_DOWNLOAD}, or a download is given up. */
  public static final long MIN_DOWNLOAD_BYTES = 32L * 1024;

  /** The time in which a download is seen to get on. */
  public static final Duration SLOW_DOWNLOAD = Duration.ofSeconds(30);

  /** Redirects that a download follows. */
  public static final int MAX_REDIRECTS = 3;

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

  /** A verdict stays fresh for at least this long after the report that it came from. */
  public static final Duration FRESH_AT_LEAST = Duration.ofHours(1);

  /** A verdict that expires stays fresh for at most this long after that report. */
  public static final Duration FRESH_AT_MOST = Duration.ofDays(31);

  /** After a start no verdict goes stale for so long: reports that waited come first. */
  public static final Duration FRESHNESS_PAUSE = Duration.ofMinutes(15);

  /** How long a cancelled execution stays in sets. */
  public static final Duration CANCELLED_KEPT = Duration.ofDays(45);

  // Associations.

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

  /** Associations that one request starts by hand. */
  public static final int MAX_STARTS = 10;

  /** Instances that one request to start or cancel names. */
  public static final int MAX_NAMED_INSTANCES = 1_000;

  // Enrolling.

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

  // Stored parameters.

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

  // The admin API.

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
