package dev.holdfast.document;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Collects the findings about one text: errors, for which it is refused, and warnings. Bounded:
 * behind {@link DocumentLimits#MAX_PROBLEMS} of a kind they are only counted. For one thread.
 */
public final class Problems {
  private final Kept errors = new Kept();
  private final Kept warnings = new Kept();

  /** None yet. */
  public Problems() {}

  /** Adds a reason to refuse the text. */
  public void error(Problem problem) {
    errors.add(problem);
  }

  /** Adds something worth knowing. */
  public void warning(Problem problem) {
    warnings.add(problem);
  }

  /** Whether there is a reason to refuse the text. */
  public boolean failed() {
    return !errors.kept.isEmpty();
  }

  /** Whether further errors are only counted: their messages need not be made. */
  boolean full() {
    return errors.kept.size() >= DocumentLimits.MAX_PROBLEMS;
  }

  /** In the order of the text, each once; the last one says how many more there were. */
  List<Problem> errors() {
    return errors.sorted();
  }

  /** The same of the warnings. */
  List<Problem> warnings() {
    return warnings.sorted();
  }

  private static final class Kept {
    private final List<Problem> kept = new ArrayList<>();
    private int more;

    void add(Problem problem) {
      if (kept.size() < DocumentLimits.MAX_PROBLEMS) {
        kept.add(problem);
      } else {
        more++;
      }
    }

    List<Problem> sorted() {
      List<Problem> sorted =
          new ArrayList<>(
              kept.stream()
                  .sorted(Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column))
                  .distinct()
                  .toList());
      if (more > 0) {
        sorted.add(new Problem(0, 0, "and " + more + " more"));
      }
      return sorted;
    }
  }
}
