package dev.holdfast.document;

import static dev.holdfast.report.RunStatus.CANCELLED;
import static dev.holdfast.report.RunStatus.FAILED;
import static dev.holdfast.report.RunStatus.INTERRUPTED;
import static dev.holdfast.report.RunStatus.SKIPPED;
import static dev.holdfast.report.RunStatus.SUCCESS;
import static dev.holdfast.report.RunStatus.TIMED_OUT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.document.StepFlow.Modifiers;
import dev.holdfast.document.StepFlow.Past;
import dev.holdfast.document.StepFlow.Verdict;
import dev.holdfast.report.RunStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which steps run, and what comes of it all (spec.md sections 1.2, 1.6 and 2.7). */
final class StepFlowTest {
  private static final String SHELL = "aws:runShellScript";

  /** How a step went before flow looked at it, and its inputs. */
  private record Done(RunStatus status, int code, String inputs) {}

  @Test
  void aFailedStepWithoutOnFailureStopsNothingAndTheDocumentFails() {
    assertFlow(
        "Failed Success Success",
        FAILED,
        new Done(FAILED, 1, ""),
        new Done(SUCCESS, 0, ""),
        new Done(SUCCESS, 0, ""));
  }

  @Test
  void onFailureExitSkipsTheRestAndTheDocumentFails() {
    assertFlow(
        "Failed Skipped Skipped",
        FAILED,
        new Done(FAILED, 3, "'onFailure':'exit'"),
        new Done(SUCCESS, 0, ""),
        new Done(SUCCESS, 0, ""));
  }

  @Test
  void onFailureExitOfAStepThatSucceedsDoesNothing() {
    assertFlow(
        "Success Success",
        SUCCESS,
        new Done(SUCCESS, 0, "'onFailure':'exit'"),
        new Done(SUCCESS, 0, ""));
  }

  @Test
  void successAndExitMakesASuccessOfAFailureAndSkipsTheRest() {
    assertFlow(
        "Success(168) Skipped",
        SUCCESS,
        new Done(FAILED, 7, "'onFailure':'successAndExit'"),
        new Done(FAILED, 1, ""));
  }

  @Test
  void onFailureHoldsForFailedAndNotForTimedOut() {
    for (String word : List.of("exit", "successAndExit")) {
      assertFlow(
          "TimedOut Success",
          TIMED_OUT,
          new Done(TIMED_OUT, 143, "'onFailure':'" + word + "'"),
          new Done(SUCCESS, 0, ""));
    }
  }

  @Test
  void onSuccessExitSkipsTheRestAfterASuccessOnly() {
    assertFlow(
        "Success Skipped",
        SUCCESS,
        new Done(SUCCESS, 0, "'onSuccess':'exit'"),
        new Done(FAILED, 1, ""));
    assertFlow(
        "Failed Success",
        FAILED,
        new Done(FAILED, 1, "'onSuccess':'exit'"),
        new Done(SUCCESS, 0, ""));
  }

  @Test
  void otherWordsHaveNoEffect() {
    for (String inputs :
        List.of(
            "'onFailure':'Abort'",
            "'onFailure':'abort'",
            "'onFailure':'Continue'",
            "'onFailure':''",
            "'onFailure':'step:after'",
            "'onFailure':'EXIT'",
            "'onFailure':['exit']")) {
      assertFlow("Failed Success", FAILED, new Done(FAILED, 1, inputs), new Done(SUCCESS, 0, ""));
    }
    assertFlow(
        "Success Success",
        SUCCESS,
        new Done(SUCCESS, 0, "'onSuccess':'next'"),
        new Done(SUCCESS, 0, ""));
  }

  @Test
  void exit168MakesASuccessAndSkipsTheRest() {
    assertFlow("Success(168) Skipped", SUCCESS, new Done(FAILED, 168, ""), new Done(FAILED, 1, ""));
    assertFlow(
        "Success(168) Skipped",
        SUCCESS,
        new Done(FAILED, 168, "'onFailure':'exit'"),
        new Done(FAILED, 1, ""));
    assertFlow("Success(168)", SUCCESS, new Done(FAILED, 168, ""));
  }

  @Test
  void exit169StaysAFailureAndSkipsTheRestWhateverOnFailureSays() {
    assertFlow("Failed(169) Skipped", FAILED, new Done(FAILED, 169, ""), new Done(SUCCESS, 0, ""));
    assertFlow(
        "Failed(169) Skipped",
        FAILED,
        new Done(FAILED, 169, "'onFailure':'successAndExit'"),
        new Done(SUCCESS, 0, ""));
  }

  @Test
  void anEarlierFailureStaysTheDocumentsAfter168() {
    assertFlow(
        "Failed Success(168) Skipped",
        FAILED,
        new Done(FAILED, 1, ""),
        new Done(FAILED, 168, ""),
        new Done(SUCCESS, 0, ""));
  }

  @ParameterizedTest(name = "finallyStep {0}")
  @CsvSource({"true, true", "'''true''', true", "1, false", "'''True''', false", "false, false"})
  void theLastStepWithFinallyStepRunsAfterAnyEnd(String written, boolean runs) {
    for (Done end :
        List.of(
            new Done(FAILED, 168, ""),
            new Done(FAILED, 169, ""),
            new Done(FAILED, 1, "'onFailure':'exit'"),
            new Done(FAILED, 1, "'onFailure':'successAndExit'"),
            new Done(SUCCESS, 0, "'onSuccess':'exit'"))) {
      List<String> statuses =
          flow(end, new Done(SUCCESS, 0, ""), new Done(SUCCESS, 0, "'finallyStep':" + written));
      assertEquals("Skipped", statuses.get(1), end.toString());
      assertEquals(runs ? "Success" : "Skipped", statuses.get(2), end.toString());
    }
  }

  @Test
  void finallyStepCountsOnTheLastStepOnly() {
    assertFlow(
        "Failed(169) Skipped Skipped",
        FAILED,
        new Done(FAILED, 169, ""),
        new Done(SUCCESS, 0, "'finallyStep':true"),
        new Done(SUCCESS, 0, ""));
    assertFlow(
        "Failed(169) Skipped Success",
        FAILED,
        new Done(FAILED, 169, ""),
        new Done(SUCCESS, 0, "'finallyStep':true"),
        new Done(SUCCESS, 0, "'finallyStep':true"));
  }

  @Test
  void aFinallyStepThatFailsFailsTheDocument() {
    assertFlow(
        "Success(168) Failed",
        FAILED,
        new Done(FAILED, 168, ""),
        new Done(FAILED, 5, "'finallyStep':true"));
  }

  @Test
  void aFinallyStepStillHasToMeetItsPrecondition() {
    Verdict verdict =
        judge("2.2", SHELL, "{'StringEquals':['platformType','Windows']}", true, Map.of(), "Linux");

    assertInstanceOf(Verdict.Skip.class, verdict);
  }

  @Test
  void inAListOfInputsTheFlowKeysAreIgnored() {
    assertEquals(
        Modifiers.NONE,
        Modifiers.of(Texts.value(Texts.q("[{'onFailure':'exit'},{'finallyStep':true}]"))));
    assertEquals(Modifiers.NONE, Modifiers.of(new Value.Null()));
  }

  @ParameterizedTest(name = "{0} {1} on {2} with {3}: {4}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          2.2   | aws:runShellScript      | Linux   | none      | Run
          2.0   | aws:runShellScript      | Linux   | none      | Run
          1.2   | aws:runShellScript      | Linux   | none      | Run
          2.2   | aws:runShellScript      | MacOS   | none      | Run
          2.2   | aws:runShellScript      | Windows | none      | Skip
          2.0   | aws:runShellScript      | Windows | none      | Fail
          2.0.3 | aws:runShellScript      | Windows | none      | Fail
          1.2   | aws:runShellScript      | Windows | none      | Fail
          2.2   | aws:applications        | Linux   | none      | Skip
          2.0   | aws:applications        | Linux   | none      | Fail
          2.2   | aws:downloadContent     | MacOS   | none      | Skip
          2.2   | aws:applications        | Linux   | true      | Skip
          2.2   | aws:applications        | Linux   | false     | Skip
          2.2   | aws:applications        | Linux   | malformed | Skip
          2.2   | aws:runShellScript      | Linux   | true      | Run
          2.2   | aws:runShellScript      | Linux   | false     | Skip
          2.2   | aws:runShellScript      | Linux   | malformed | Fail
          2.0   | aws:runShellScript      | Linux   | true      | Fail
          2.0   | aws:runShellScript      | Linux   | false     | Fail
          1.2   | aws:runShellScript      | Linux   | true      | Fail
          2.2   | aws:doesNotExist        | Linux   | none      | Fail
          2.0   | aws:doesNotExist        | Linux   | none      | Fail
          1.2   | aws:doesNotExist        | Linux   | none      | Fail
          2.2   | aws:doesNotExist        | Linux   | true      | Fail
          2.2   | aws:doesNotExist        | Linux   | false     | Skip
          2.2   | aws:doesNotExist        | Linux   | malformed | Fail
          """)
  void whatIsSkippedOrFailedOnAPlatformDependsOnTheSchema(
      String schema, String action, String platform, String precondition, String expected) {
    String written =
        switch (precondition) {
          case "true" -> "{'StringEquals':['platformType','" + platform + "']}";
          case "false" -> "{'StringEquals':['platformType','Other']}";
          case "malformed" -> "{'StringLike':['platformType','" + platform + "']}";
          default -> "";
        };

    Verdict verdict = judge(schema, action, written, false, Map.of(), platform);

    assertEquals(expected, verdict.getClass().getSimpleName(), verdict.toString());
  }

  @Test
  void whatEndedTheDocumentIsLookedAtBeforeThePlatform() {
    Verdict verdict =
        StepFlow.judge(
            "2.0",
            step("aws:doesNotExist", ""),
            false,
            Modifiers.NONE,
            List.of(new Past(FAILED, 169, Modifiers.NONE)),
            Map.of(),
            "Linux");

    assertEquals(
        new Verdict.Skip("an earlier step ended the document with exit code 169"), verdict);
  }

  @Test
  void aDocumentOfSkippedStepsIsASuccess() {
    assertEquals(SUCCESS, StepFlow.rollUp(List.of(SKIPPED, SKIPPED)));
    assertEquals(SUCCESS, StepFlow.rollUp(List.of(SKIPPED, SUCCESS)));
    assertEquals(SUCCESS, StepFlow.rollUp(List.of()));
  }

  @Test
  void theWorstStatusOfTheStepsIsTheDocuments() {
    List<RunStatus> worstFirst = List.of(FAILED, INTERRUPTED, TIMED_OUT, CANCELLED, SUCCESS);
    for (int worst = 0; worst < worstFirst.size(); worst++) {
      for (int other = worst; other < worstFirst.size(); other++) {
        RunStatus expected = worstFirst.get(worst);
        assertEquals(expected, StepFlow.rollUp(List.of(worstFirst.get(other), SKIPPED, expected)));
      }
    }
  }

  @Test
  void aRebootIsAskedForWith194AndNeverEndsTheDocument() {
    assertEquals(194, StepFlow.EXIT_REBOOT);
    assertEquals(
        "Success",
        flow(new Done(FAILED, 194, ""), new Done(SUCCESS, 0, "")).get(1),
        "what could not reboot failed, and the rest goes on");
  }

  private static void assertFlow(String expected, RunStatus document, Done... done) {
    List<String> statuses = flow(done);
    List<String> wanted = List.of(expected.split(" "));
    assertEquals(wanted.size(), statuses.size());
    for (int i = 0; i < wanted.size(); i++) {
      assertTrue(
          statuses.get(i).equals(wanted.get(i))
              || statuses.get(i).replaceAll("\\(.*", "").equals(wanted.get(i)),
          expected + " is " + statuses);
    }
    List<RunStatus> all = new ArrayList<>();
    for (String status : statuses) {
      all.add(
          switch (status.replaceAll("\\(.*", "")) {
            case "Success" -> SUCCESS;
            case "Failed" -> FAILED;
            case "TimedOut" -> TIMED_OUT;
            default -> SKIPPED;
          });
    }
    assertEquals(document, StepFlow.rollUp(all));
  }

  /** What becomes of the steps: {@code Success(168)} is one that ended the document. */
  private static List<String> flow(Done... done) {
    List<Past> past = new ArrayList<>();
    List<String> statuses = new ArrayList<>();
    for (int i = 0; i < done.length; i++) {
      Modifiers modifiers = Modifiers.of(Texts.value(Texts.q("{" + done[i].inputs + "}")));
      Verdict verdict =
          StepFlow.judge(
              "2.2", step(SHELL, ""), i == done.length - 1, modifiers, past, Map.of(), "Linux");
      Past ended =
          verdict instanceof Verdict.Run
              ? StepFlow.ended(done[i].status, done[i].code, modifiers)
              : new Past(SKIPPED, 0, modifiers);
      past.add(ended);
      String word =
          switch (ended.status()) {
            case SUCCESS -> "Success";
            case FAILED -> "Failed";
            case TIMED_OUT -> "TimedOut";
            case PENDING, IN_PROGRESS, CANCELLED, SKIPPED, INTERRUPTED -> "Skipped";
          };
      statuses.add(
          ended.exitCode() == 168 || ended.exitCode() == 169
              ? word + "(" + ended.exitCode() + ")"
              : word);
    }
    return statuses;
  }

  private static Verdict judge(
      String schema,
      String action,
      String precondition,
      boolean last,
      Map<String, Value> values,
      String platform) {
    return StepFlow.judge(
        schema,
        step(action, precondition),
        last,
        new Modifiers(false, false, false, last),
        List.of(),
        values,
        platform);
  }

  private static Step step(String action, String precondition) {
    return new Step(
        "only",
        action,
        new Value.Fields(Map.of()),
        precondition.isEmpty()
            ? java.util.Optional.empty()
            : java.util.Optional.of(Texts.value(Texts.q(precondition))),
        java.util.OptionalInt.empty(),
        java.util.OptionalInt.empty(),
        1,
        1);
  }
}
