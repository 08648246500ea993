package dev.holdfast.agent.step;

import dev.holdfast.report.Drift;
import dev.holdfast.report.RunStatus;
import java.util.List;

/**
 * How a task went.
 *
 * @param status terminal
 * @param exitCode as a script in its place would have ended: 0, or 1 for a failure
 * @param stdout for people; bounded when it is reported
 * @param stderr for people; bounded when it is reported
 * @param changed whether it changed the host
 * @param drift what differed, or would still
 * @param reason empty, or a word, a colon and what is wrong: {@code GatheringFailed: ...}
 */
public record Outcome(
    RunStatus status,
    int exitCode,
    String stdout,
    String stderr,
    boolean changed,
    List<Drift> drift,
    String reason) {

  /** Copies the list. */
  public Outcome {
    drift = List.copyOf(drift);
  }

  /** It went well, and changed nothing that the documents are about. */
  public static Outcome done(String stdout) {
    return new Outcome(RunStatus.SUCCESS, 0, stdout, "", false, List.of(), "");
  }

  /** It failed. */
  public static Outcome failed(String reason) {
    return new Outcome(RunStatus.FAILED, 1, "", "", false, List.of(), reason);
  }
}
