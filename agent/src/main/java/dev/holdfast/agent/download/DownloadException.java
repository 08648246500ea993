package dev.holdfast.agent.download;

/**
 * A download failed, and nothing of it is left at its destination. The message begins with a word
 * and a colon: {@code HashMismatch: ...}.
 */
public final class DownloadException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With a word that names the kind, and a sentence for people. No secret may be in it. */
  public DownloadException(String word, String sentence) {
    super(word + ": " + sentence);
  }
}
