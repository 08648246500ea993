package dev.holdfast.calendar;

import dev.holdfast.document.DocumentLimits;
import dev.holdfast.document.Problem;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What was found while reading a calendar; so many are told, the rest are counted. */
final class Findings {
  private final List<Problem> errors = new ArrayList<>();
  private final List<Problem> warnings = new ArrayList<>();

  void error(int line, String message) {
    errors.add(new Problem(line, line == 0 ? 0 : 1, message));
  }

  void warn(int line, String message) {
    warnings.add(new Problem(line, 1, message));
  }

  boolean none() {
    return errors.isEmpty();
  }

  List<Problem> errors() {
    return told(errors);
  }

  List<Problem> warnings() {
    return told(warnings);
  }

  /** What somebody wrote, on one line, not longer than a message should be. */
  static String quoted(String text) {
    String line = text.replaceAll("\\p{Cntrl}", "?");
    return "'" + (line.length() > 80 ? line.substring(0, 80) + "..." : line) + "'";
  }

  private static List<Problem> told(List<Problem> problems) {
    List<Problem> sorted = new ArrayList<>(problems);
    sorted.sort(Comparator.comparingInt(Problem::line));
    if (sorted.size() <= DocumentLimits.MAX_PROBLEMS) {
      return sorted;
    }
    int more = sorted.size() - DocumentLimits.MAX_PROBLEMS;
    List<Problem> told = new ArrayList<>(sorted.subList(0, DocumentLimits.MAX_PROBLEMS));
    told.add(new Problem(0, 0, "and " + more + " more"));
    return told;
  }
}
