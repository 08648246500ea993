package dev.holdfast.agent.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.holdfast.compliance.PutItem;
import dev.holdfast.compliance.Severity;
import dev.holdfast.compliance.Status;
import dev.holdfast.document.DocumentLimits;
import dev.holdfast.report.Drift;
import dev.holdfast.report.Output;
import dev.holdfast.report.Report;
import dev.holdfast.report.RunStatus;
import dev.holdfast.report.StepResult;
import dev.holdfast.task.Limits;
import dev.holdfast.task.RunLimits;
import dev.holdfast.wire.ReportCodec;
import dev.holdfast.wire.agent.AgentMessage;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** No message is larger than the coordinator takes, whatever there is to tell. */
final class MessageSizeTest extends LinkRig {
  /** A character that takes two in Java and four bytes on the wire. */
  private static final String WIDE = "\ud83d\ude80";

  @Test
  void theLargestRunThatThereCanBeFitsWithAllItsSteps() {
    String words = WIDE.repeat(Limits.MAX_REASON_CHARS / 2);
    String word = WIDE.repeat(RunLimits.MAX_DRIFT_CHARS / 2);
    StepResult step =
        step(
            WIDE.repeat(Limits.MAX_STDOUT_KEPT_BYTES / 4),
            WIDE.repeat(Limits.MAX_STDERR_KEPT_BYTES / 4),
            Collections.nCopies(RunLimits.MAX_STEP_DRIFT, new Drift(word, word, word, word)),
            words);
    for (RunStatus status : List.of(RunStatus.IN_PROGRESS, RunStatus.FAILED)) {
      spool.add(run(1, status, Collections.nCopies(DocumentLimits.MAX_STEPS, step), words));
    }
    linkUp(0);

    List<dev.holdfast.wire.agent.Report> told = told();
    assertEquals(1, told.size(), "the end takes the place of the progress");
    assertEquals(DocumentLimits.MAX_STEPS, told.getFirst().getRun().getStepsCount());
    assertEquals(words, told.getFirst().getRun().getReason());
    assertTrue(told.getFirst().getSerializedSize() <= Limits.MAX_REPORT_BYTES);
  }

  @Test
  void oneStepKeepsAllThatIsKeptOfItsOutput() {
    String output = WIDE.repeat(Limits.MAX_STDOUT_KEPT_BYTES / 4);
    spool.add(run(1, RunStatus.SUCCESS, List.of(step(output, "", List.of(), "")), ""));
    linkUp(0);

    assertEquals(
        output, told().getFirst().getRun().getSteps(0).getStdout().getHead().toStringUtf8());
  }

  @Test
  void aReportAtTheBoundAndABatchAtTheBoundFit() {
    Report.Run exact = ofSize(1, Limits.MAX_REPORT_BYTES);
    spool.add(exact);
    // the sequence is short, and was measured with a long one
    int each = Limits.MAX_REPORT_BYTES / Limits.MAX_BATCH_REPORTS + 8;
    for (int i = 0; i < Limits.MAX_BATCH_REPORTS; i++) {
      spool.add(ofSize(100 + i, each));
    }
    linkUp(0);

    List<AgentMessage> batches = batches();
    assertEquals(
        List.of(1, Limits.MAX_BATCH_REPORTS),
        batches.stream().map(message -> message.getReports().getReportsCount()).toList());
    assertEquals(exact, ReportCodec.fromProto(told().getFirst()), "nothing of it is cut");
    int largest = batches.stream().mapToInt(AgentMessage::getSerializedSize).max().orElseThrow();
    assertTrue(largest <= Limits.MAX_AGENT_MESSAGE_BYTES, largest + " bytes");
    assertTrue(largest > Limits.MAX_REPORT_BYTES, largest + " bytes: not at the edge");
  }

  @Test
  void whatAnEarlierVersionWroteAndNoMessageHasRoomForBecomesADeadLetter() {
    Map<String, String> details = Map.of("n", noise());
    PutItem item = new PutItem("i", "", Severity.LOW, Status.COMPLIANT, details);
    spool.add(new Report.Compliance("Custom:Large", timers.now(), List.of(item)));
    spool.add(run(1, RunStatus.SUCCESS));
    linkUp(0);

    assertEquals(List.of(2L), sequences());
    assertEquals(1, spool.status().refused());
    ack(2);
    assertEquals(0, spool.status().records());
  }

  private static String noise() {
    return new java.util.SplittableRandom(3)
        .ints(400_000, 32, 127)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private List<AgentMessage> batches() {
    return dialer.last().sent.stream().filter(AgentMessage::hasReports).toList();
  }

  private List<dev.holdfast.wire.agent.Report> told() {
    return batches().stream()
        .flatMap(message -> message.getReports().getReportsList().stream())
        .toList();
  }

  /** A run whose report has so many bytes, whatever its sequence. */
  private static Report.Run ofSize(int number, int bytes) {
    int output = bytes;
    for (int i = 0; i < 5; i++) {
      output += bytes - size(run(number, RunStatus.SUCCESS, steps(output), ""));
    }
    Report.Run made = run(number, RunStatus.SUCCESS, steps(output), "");
    assertEquals(bytes, size(made));
    return made;
  }

  private static int size(Report report) {
    return ReportCodec.toBytes(Long.MAX_VALUE, report).size();
  }

  /** Steps that together have so many bytes of output. */
  private static List<StepResult> steps(int bytes) {
    int steps = bytes / Limits.MAX_STDOUT_KEPT_BYTES + 1;
    return IntStream.range(0, steps)
        .mapToObj(
            i -> {
              int from = (int) ((long) bytes * i / steps);
              int until = (int) ((long) bytes * (i + 1) / steps);
              return step("x".repeat(until - from), "", List.of(), "");
            })
        .toList();
  }

  private static StepResult step(String out, String err, List<Drift> drift, String reason) {
    return new StepResult(
        "s".repeat(DocumentLimits.MAX_STEP_NAME),
        "aws:runShellScript",
        RunStatus.FAILED,
        1,
        1,
        Optional.empty(),
        Optional.empty(),
        true,
        drift,
        output(out),
        output(err),
        reason);
  }

  private static Output output(String text) {
    ByteString bytes = ByteString.copyFromUtf8(text);
    return new Output(bytes, ByteString.EMPTY, bytes.size());
  }

  private static Report.Run run(
      int number, RunStatus status, List<StepResult> steps, String reason) {
    Report.Run plain = run(number, status);
    return new Report.Run(
        plain.association(),
        plain.trigger(),
        plain.attempt(),
        plain.startNumber(),
        plain.status(),
        plain.detailedStatus(),
        plain.assignment(),
        plain.associationVersion(),
        plain.documentVersion(),
        plain.scheduled(),
        plain.start(),
        plain.end(),
        plain.caughtUp(),
        plain.missedTicks(),
        steps,
        reason);
  }
}
