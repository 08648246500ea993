package dev.holdfast.agent.run;

import com.google.protobuf.ByteString;
import dev.holdfast.report.Output;
import dev.holdfast.report.StepResult;
import java.util.List;

/**
 * Cuts output to what a report has room for: the first bytes, the last, and how many there were.
 */
final class OutputBounds {
  private OutputBounds() {}

  /** A text as output: at most so many bytes of it are kept, half of them from the end. */
  static Output of(String text, int limit) {
    ByteString bytes = ByteString.copyFromUtf8(text);
    return cut(new Output(bytes, ByteString.EMPTY, bytes.size()), limit);
  }

  /** The outputs of two scripts as if one had written them. */
  static Output joined(Output first, Output second, int limit) {
    ByteString all = first.head().concat(first.tail()).concat(second.head()).concat(second.tail());
    long total = first.totalBytes() + second.totalBytes();
    if (all.size() <= limit && all.size() == total) {
      return new Output(all, ByteString.EMPTY, total);
    }
    // What comes after a gap belongs to the tail.
    boolean whole = first.head().size() == first.totalBytes();
    ByteString start = whole ? first.head().concat(second.head()) : first.head();
    int head = Math.min(start.size(), limit / 2);
    int tail = Math.min(all.size() - head, limit - limit / 2);
    return new Output(start.substring(0, head), all.substring(all.size() - tail), total);
  }

  /** At most so many bytes of it, half of them from the end. */
  static Output cut(Output output, int limit) {
    int kept = output.head().size() + output.tail().size();
    if (kept <= limit) {
      return output;
    }
    ByteString all = output.head().concat(output.tail());
    int head = Math.min(output.head().size(), limit / 2);
    int tail = Math.min(limit - limit / 2, kept - head);
    return new Output(all.substring(0, head), all.substring(kept - tail), output.totalBytes());
  }

  /** The steps with their outputs cut so far that all of them together fit. */
  static List<StepResult> fitting(List<StepResult> steps, int limit) {
    int each = limit;
    while (bytes(steps, each) > limit) {
      each = each * 3 / 4;
    }
    int most = each;
    return steps.stream()
        .map(
            step ->
                new StepResult(
                    step.name(),
                    step.action(),
                    step.status(),
                    step.exitCode(),
                    step.attempt(),
                    step.start(),
                    step.end(),
                    step.changed(),
                    step.drift(),
                    cut(step.stdout(), most),
                    cut(step.stderr(), most),
                    step.reason()))
        .toList();
  }

  /** How many bytes of output the steps carry. */
  static long bytes(List<StepResult> steps) {
    return bytes(steps, Integer.MAX_VALUE);
  }

  private static long bytes(List<StepResult> steps, int most) {
    long sum = 0;
    for (StepResult step : steps) {
      sum += Math.min(most, step.stdout().head().size() + step.stdout().tail().size());
      sum += Math.min(most, step.stderr().head().size() + step.stderr().tail().size());
    }
    return sum;
  }
}
