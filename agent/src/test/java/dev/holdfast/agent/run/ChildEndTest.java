package dev.holdfast.agent.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.ByteString;
import dev.holdfast.document.StepFlow;
import dev.holdfast.report.Drift;
import dev.holdfast.report.Output;
import dev.holdfast.report.RunStatus;
import dev.holdfast.report.StepResult;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the end of a document is to the step that runs it. */
final class ChildEndTest {

  @ParameterizedTest(name = "{0} come to {1} with {2}")
  @CsvSource({
    "SKIPPED,                        SKIPPED,     0",
    "SKIPPED SKIPPED,                SKIPPED,     0",
    "SKIPPED SUCCESS,                SUCCESS,     0",
    "SUCCESS SKIPPED,                SUCCESS,     0",
    "SUCCESS FAILED SUCCESS,         FAILED,      1",
    "FAILED TIMED_OUT,               TIMED_OUT,   0",
    "TIMED_OUT FAILED SUCCESS,       TIMED_OUT,   0",
    "SUCCESS CANCELLED SKIPPED,      CANCELLED,   1",
    "FAILED CANCELLED SKIPPED,       CANCELLED,   1",
    "FAILED INTERRUPTED SKIPPED,     INTERRUPTED, 1",
  })
  void theStatusesOfItsStepsAreMergedInAnotherOrderThanThoseOfARun(
      String steps, RunStatus status, int exitCode) {
    List<RunStatus> statuses = Stream.of(steps.split(" ", -1)).map(RunStatus::valueOf).toList();

    RunEvent.ChildEnded end = ChildEnd.of(ended(statuses, StepFlow.rollUp(statuses)), "");

    assertEquals(status, end.status());
    assertEquals(exitCode, end.exitCode());
  }

  @Test
  void aDocumentThatCouldNotStartFailsTheStepThoughItsStepsAreSkipped() {
    RunEvent.ChildEnded end =
        ChildEnd.of(
            ended(List.of(RunStatus.SKIPPED), RunStatus.FAILED), "InvalidParameters: too long");

    assertEquals(RunStatus.FAILED, end.status());
    assertEquals("InvalidParameters: too long", end.reason());
    assertEquals(
        RunStatus.INTERRUPTED, ChildEnd.of(ended(List.of(), RunStatus.INTERRUPTED), "").status());
  }

  @Test
  void outputsAndDriftAreThoseOfAllItsStepsWithinTheBoundsOfOne() {
    List<StepResult> results = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      results.add(result("step" + i, RunStatus.SUCCESS, "x".repeat(9_999) + i, i == 4));
    }

    RunEvent.ChildEnded end =
        ChildEnd.of(new RunState.Ended(results, RunStatus.SUCCESS, "Success", Instant.EPOCH), "");

    assertEquals(90_000, end.outputs().stdout().totalBytes());
    assertEquals(
        24_000, end.outputs().stdout().head().size() + end.outputs().stdout().tail().size());
    assertEquals("8", end.outputs().stdout().tail().toStringUtf8().substring(11_999));
    assertEquals(true, end.changed());
    assertEquals(1, end.drift().size());
  }

  private static RunState.Ended ended(List<RunStatus> steps, RunStatus status) {
    return new RunState.Ended(
        steps.stream().map(step -> result("s", step, "", false)).toList(),
        status,
        status.text(),
        Instant.EPOCH);
  }

  private static StepResult result(String name, RunStatus status, String text, boolean changed) {
    ByteString bytes = ByteString.copyFromUtf8(text);
    return new StepResult(
        name,
        "aws:runShellScript",
        status,
        0,
        1,
        Optional.empty(),
        Optional.empty(),
        changed,
        changed ? List.of(new Drift("a", "b", "c", "d")) : List.of(),
        new Output(bytes, ByteString.EMPTY, bytes.size()),
        Output.NONE,
        "");
  }
}
