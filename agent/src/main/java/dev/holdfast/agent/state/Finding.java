package dev.holdfast.agent.state;

import dev.holdfast.report.Drift;
import java.util.List;

/**
 * What became of a resource.
 *
 * @param word what it comes to
 * @param text says what that is about; empty if all is as it should be
 * @param drift what differed, or still does
 * @param changed whether the host was changed
 */
record Finding(Word word, String text, List<Drift> drift, boolean changed) {

  Finding {
    drift = List.copyOf(drift);
  }

  /** What a check, or a change, can come to. */
  enum Word {
    /** As it should be. */
    COMPLIANT,
    /** It was not, and now is. */
    CHANGED,
    /** It is not, and was left so. */
    DRIFTED,
    /** It is not, or nobody can tell. */
    FAILED
  }

  static Finding compliant() {
    return new Finding(Word.COMPLIANT, "", List.of(), false);
  }
}
