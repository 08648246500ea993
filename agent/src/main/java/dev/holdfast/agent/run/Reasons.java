package dev.holdfast.agent.run;

import dev.holdfast.report.RunStatus;
import dev.holdfast.report.StepResult;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The reasons of steps, and what they make of the run's detailed status. */
final class Reasons {
  private static final int MAX_LENGTH = 1_000;
  private static final Pattern WORD = Pattern.compile("^([A-Z][a-z][A-Za-z]*): ");

  private Reasons() {}

  /** The reason, cut to what a report has room for. */
  static String bounded(String reason) {
    return reason.length() <= MAX_LENGTH ? reason : reason.substring(0, MAX_LENGTH - 3) + "...";
  }

  /** The reason, and how many processes of the step are left. */
  static String withLeft(String reason, int processes) {
    if (processes == 0) {
      return reason;
    }
    String left =
        processes + (processes == 1 ? " process" : " processes") + " of the step left running";
    return reason.isEmpty() ? left : reason + "; " + left;
  }

  /**
   * The word with which the first step of the run's status begins its reason; the status itself if
   * it begins with none. What became of a state is written in capitals and is no such word.
   */
  static String detailedStatus(RunStatus status, List<StepResult> results) {
    for (StepResult result : results) {
      if (result.status() == status) {
        Matcher word = WORD.matcher(result.reason());
        return word.find() ? word.group(1) : status.text();
      }
    }
    return status.text();
  }
}
