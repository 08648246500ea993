package dev.holdfast.task;

/**
 * Places where a test of faults may end the program: right before or after something becomes
 * durable. In the products they do nothing, and nothing in them can make them do something.
 */
@FunctionalInterface
public interface Failpoints {
  /** Nothing ever happens at them. */
  Failpoints NONE = _ -> {};

  /** A start is in the ledger and synced; nothing has been started. */
  String AFTER_INTENT_FSYNC = "after-intent-fsync";

  /** A script's wrapper runs; that it does is not noted yet. */
  String AFTER_SPAWN = "after-spawn";

  /** An end is in the spool and synced; the ledger does not know it yet. */
  String AFTER_SPOOL_FSYNC = "after-spool-fsync";

  /** Reports were handed to the network; nothing was acknowledged. */
  String AFTER_SEND = "after-send";

  /** The key of a certificate that is to be asked for is on disk. */
  String AFTER_KEY_WRITE = "after-key-write";

  /** A host asked for its next certificate; no answer came yet. */
  String AFTER_RENEW_SEND = "after-renew-send";

  /** A certificate came, and nothing of it is on disk. */
  String BEFORE_CERT_WRITE = "before-cert-write";

  /** The identity with the next certificate is on disk; the key that waited is still there. */
  String AFTER_CERT_WRITE = "after-cert-write";

  /** The next certificate is in use on the host; the coordinator has not seen it yet. */
  String AFTER_SWITCH = "after-switch";

  /** A file's new content is on disk under another name. */
  String BEFORE_RENAME = "before-rename";

  /** Reports are committed; nobody was told. */
  String AFTER_COMMIT_BEFORE_ACK = "after-commit-before-ack";

  /** A document is about to be read, for a run of it. */
  String READING_DOCUMENT = "reading-document";

  /** The program is at a place. */
  void reach(String name);

  /**
   * The program is at a place with something in hand.
   *
   * @param what it works on, which is not to be changed
   */
  default void reach(String name, byte[] what) {
    reach(name);
  }
}
