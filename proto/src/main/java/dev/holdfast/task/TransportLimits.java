package dev.holdfast.task;

import java.time.Duration;

/**
 * The bounds of what one peer may cost the coordinator: its connections, its frames, and how often
 * and how much it may send. Bounds of other single messages are in {@link Limits}.
 */
public final class TransportLimits {

  // Connections to the coordinator. Beyond: closed before TLS, or before the first call.

  /** Connections of one source address to the agents' port, unless configured otherwise. */
  public static final int AGENT_CONNECTIONS_PER_ADDRESS = 100;

  /** Connections of one source address to the admin port, unless configured otherwise. */
  public static final int ADMIN_CONNECTIONS_PER_ADDRESS = 20;

  /** Connections without a certificate of one source address to the agents' port. */
  public static final int STRANGER_CONNECTIONS_PER_ADDRESS = 10;

  /** Percent of the files that the process may open which connections of both ports may take. */
  public static final int CONNECTIONS_PERCENT_OF_FILES = 90;

  /** Connections of these that agents leave to people. */
  public static final int CONNECTIONS_KEPT_FOR_PEOPLE = 50;

  /** Percent of the handshakes that the machine can do which are admitted. */
  public static final int HANDSHAKES_PERCENT_OF_CAPACITY = 60;

  /** Handshakes a second that are admitted at the least, however slow the machine was measured. */
  public static final int HANDSHAKES_A_SECOND_AT_LEAST = Limits.RECONNECTS_A_SECOND;

  /** Seconds whose handshakes may come at once after a pause. */
  public static final int HANDSHAKES_AT_ONCE_SECONDS = 2;

  /** The age at which a connection of an agent is asked to end and come again; about. */
  public static final Duration AGENT_CONNECTION_AGE = Duration.ofMinutes(60);

  /** The same of an admin connection. */
  public static final Duration ADMIN_CONNECTION_AGE = Duration.ofMinutes(30);

  /** How long calls of a connection that was asked to end may go on. */
  public static final Duration CONNECTION_AGE_GRACE = Duration.ofMinutes(5);

  /** How long a connection to the agents' port may have no call. */
  public static final Duration AGENT_CONNECTION_IDLE = Duration.ofSeconds(30);

  /** The same of an admin connection. */
  public static final Duration ADMIN_CONNECTION_IDLE = Duration.ofMinutes(15);

  // Frames and calls of a connection. Beyond: the connection is closed, or the call refused.

  /** Flow-control window of an admin connection. */
  public static final int ADMIN_WINDOW_BYTES = 1024 * 1024;

  /** Bytes of a call's metadata from which on it is refused ever more often. */
  public static final int SOFT_METADATA_BYTES = 4 * 1024;

  /** Streams that one connection may have reset, or made us reset, in {@link #RESETS_TIME}. */
  public static final int RESETS = 100;

  /** The time over which resets are counted. */
  public static final Duration RESETS_TIME = Duration.ofSeconds(30);

  /**
   * Frames that carry nothing (PING, SETTINGS, PRIORITY, WINDOW_UPDATE, CONTINUATION, empty DATA,
   * unknown ones) of one connection a second, beside those that answer what was sent to it.
   */
  public static final int EMPTY_FRAMES_A_SECOND = 20;

  /** Such frames of one connection at once, after a pause. */
  public static final int EMPTY_FRAMES_AT_ONCE = 400;

  /** Bytes sent to a connection that let it send one such frame more. */
  public static final int SENT_BYTES_AN_EMPTY_FRAME = 1024;

  /**
   * Calls at once of those that show nothing, enrolling among them, on one connection; one too many
   * is refused.
   */
  public static final int MAX_STRANGER_CALLS = 2;

  /** After which time one that was refused for that is told to try again. */
  public static final Duration STRANGER_WAITS = Duration.ofSeconds(1);

  /** How long a unary call may take whose caller names no time. */
  public static final Duration CALL = Duration.ofSeconds(10);

  /** How long a unary call may take, whatever its caller says. */
  public static final Duration LONGEST_CALL = Duration.ofSeconds(60);

  /** How long a stream's caller may take to send its request. */
  public static final Duration REQUEST = Duration.ofSeconds(10);

  // A heartbeat. Beyond: the agent tells as much as fits; a link on which more comes is ended.

  /**
   * A heartbeat: what each association waits for takes some hundred bytes, and what needs attention
   * a few hundred a condition.
   */
  public static final int MAX_HEARTBEAT_BYTES = 8 * 1024;

  /** What waits on an instance, told at once: one an association. */
  public static final int MAX_HEARTBEAT_WAITS = RunLimits.MAX_ASSIGNMENTS;

  /** What needs attention on one host, told at once. */
  public static final int MAX_HOST_CONDITIONS = 20;

  /** Characters of the message of one of these; longer ones are cut. */
  public static final int MAX_CONDITION_CHARS = 300;

  // What one instance may send. Beyond: its stream is read more slowly; nothing is lost.

  /** Messages of one instance a second, unless configured otherwise. */
  public static final int MESSAGES_A_SECOND = 20;

  /** Seconds whose messages may come at once after a pause. */
  public static final int MESSAGES_AT_ONCE_SECONDS = 5;

  /** Bytes of one instance's messages a second, unless configured otherwise. */
  public static final int BYTES_A_SECOND = 64 * 1024;

  /** Seconds whose bytes may come at once after a pause. */
  public static final int BYTES_AT_ONCE_SECONDS = 32;

  /** Results of one instance a minute, unless configured otherwise. */
  public static final int RESULTS_A_MINUTE = 60;

  /** Results of one instance at once, after a time offline; grows with what is configured. */
  public static final int RESULTS_AT_ONCE = 1_000;

  // How often one peer may come. Beyond: RESOURCE_EXHAUSTED, with the time after which to try.

  /** Links of one instance a minute, unless configured otherwise; as many at once. */
  public static final int LINKS_A_MINUTE = 6;

  /** Calls of one instance beside its link a second. */
  public static final int AGENT_CALLS_A_SECOND = 50;

  /** Such calls at once, after a pause: bodies of a whole set are fetched one by one. */
  public static final int AGENT_CALLS_AT_ONCE = 1_000;

  /** Calls of one person or script a second, unless configured otherwise. */
  public static final int ADMIN_CALLS_A_SECOND = 20;

  /** Seconds whose calls of one person or script may come at once after a pause. */
  public static final int ADMIN_CALLS_AT_ONCE_SECONDS = 10;

  /** Failed authentications of one source address a minute, unless configured otherwise. */
  public static final int FAILED_AUTHENTICATIONS_A_MINUTE = 10;

  /** Peers whose rate is remembered at once; the one that came longest ago is forgotten. */
  public static final int MAX_COUNTED_PEERS = 200_000;

  /** The longest time to wait that an agent lets itself be told. */
  public static final Duration LONGEST_RETRY_TIME = Duration.ofHours(1);

  private TransportLimits() {}
}
