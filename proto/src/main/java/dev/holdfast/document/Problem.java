package dev.holdfast.document;

/**
 * One finding about a text that somebody wrote.
 *
 * @param line from 1; 0 if it concerns the whole
 * @param column from 1; 0 if it concerns the whole
 * @param message what was found, and what is allowed
 */
public record Problem(int line, int column, String message) {

  /** The form in which errors are shown: {@code 3:7 message}. */
  public String text() {
    return line + ":" + column + " " + message;
  }
}
