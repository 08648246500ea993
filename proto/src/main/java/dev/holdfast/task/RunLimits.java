package dev.holdfast.task;

import java.time.Duration;

/**
 * The bounds of what runs on an instance: scripts, tasks, states, and what is kept of them there.
 * The rest of the table is {@link Limits}, that of documents is with them.
 */
public final class RunLimits {
  // States. Beyond: cut, and said to be; a question that takes longer fails its step.

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

  // Rate control. Beyond: asked for again, or refused.

  /** What one instance may ask permits for at once, and hold: more than it has assignments. */
  public static final int MAX_PERMITS = 200;

  /** How long a grant may be used, from the request that it answers. */
  public static final Duration PERMIT_VALID = Duration.ofSeconds(60);

  /** How often what is asked for is asked for again. */
  public static final Duration PERMIT_ASK_AGAIN = Duration.ofSeconds(25);

  /** Without the coordinator for so long, an agent acts alone where it may. */
  public static final Duration CUT_OFF = Duration.ofSeconds(60);

  /** Stopped executions of one association in one set, the newest. */
  public static final int MAX_STOPPED = 50;

  // Runs. Beyond: it waits, or its step or run ends and says why.

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

  /** Bytes of their names. */
  public static final int MAX_REFRESHED_BYTES = 16 * 1024;

  /** Such requests that one link may have unanswered. */
  public static final int MAX_REFRESHES = 8;

  /** Such requests that one link may make in a minute. */
  public static final int REFRESHES_A_MINUTE = 20;

  /** Starts of one run after interruptions, where these are asked for. */
  public static final int MAX_ATTEMPTS = 3;

  /** Documents within each other below that of a run, each run by a step of the one before. */
  public static final int MAX_NESTED_DOCUMENTS = 3;

  /** Crashes of an agent count against what it ran for so long. */
  public static final Duration CRASH_WINDOW = Duration.ofMinutes(10);

  /** Crashes with the same run in progress after which its association is parked. */
  public static final int CRASHES_TO_PARK = 3;

  /** Crashes after which nothing runs. */
  public static final int CRASHES_TO_SAFE_MODE = 5;

  /** Crashes that are remembered, the newest. */
  public static final int MAX_CRASHES = 100;

  /** How long nothing runs then, unless somebody ends it. */
  public static final Duration SAFE_MODE = Duration.ofHours(1);

  /** How often a host's policy file is looked at. */
  public static final Duration POLICY_LOOK = Duration.ofSeconds(10);

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

  /** A wall clock that goes further than this beside the time that passes has stepped. */
  public static final Duration CLOCK_STEP = Duration.ofSeconds(60);

  /** How long a step is told. */
  public static final Duration CLOCK_STEP_TOLD = Duration.ofHours(24);

  /** A wall clock that went further back than this is believed; else schedules stay ahead of it. */
  public static final Duration CLOCK_BACK = Duration.ofHours(24);

  /** Schedules that are ahead of the wall clock lose one part in so many until they are not. */
  public static final int CLOCK_SLOWER = 8;

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

  /**
   * Hours after which an execution is over, where its association says so (spec.md section 3.8).
   */
  public static final int MAX_DURATION_HOURS = 24;

  /** How long a cancelled execution stays in sets. */
  public static final Duration CANCELLED_KEPT = Duration.ofDays(45);

  /** Bytes of the documents that an agent keeps as it read them; those of the last runs. */
  public static final int MAX_RECENT_DOCUMENT_BYTES = 256 * 1024;

  // The disk of a host. Beyond: nothing new starts until there is room.

  /** Files that the reserve on an agent's disk consists of. */
  public static final int RESERVE_FILES = 16;

  /** On a small file system the reserve is one of so many parts of it. */
  public static final int RESERVE_PART = 8;

  /** With fewer bytes free nothing new is begun on a host. */
  public static final long MIN_FREE_BYTES = 100L * 1024 * 1024;

  /** On a small file system it is one of so many parts of it. */
  public static final int MIN_FREE_PART = 10;

  /** Progress and inventory are kept in no more than one of so many parts of what is free. */
  public static final int SPOOL_PART = 5;

  /** How often an agent whose disk has no room looks whether it has. */
  public static final Duration FULL_DISK_LOOK = Duration.ofSeconds(10);

  private RunLimits() {}
}
