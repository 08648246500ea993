package dev.holdfast.agent.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.report.Drift;
import dev.holdfast.task.RunLimits;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class EnforcementTest {
  private static final Drift MODE = new Drift("/a", "mode", "0644", "0600");
  private static final Drift OWNER = new Drift("/a", "owner", "x", "root");

  /** Answers checks with what it was given, one after another. */
  private static final class Scripted implements Kept {
    private final Queue<Object> checks = new ArrayDeque<>();
    private final List<List<Drift>> applied = new ArrayList<>();
    private boolean applyFails;

    Scripted(Object... checks) {
      this.checks.addAll(List.of(checks));
    }

    @Override
    @SuppressWarnings("unchecked") // the test gives lists of differences, or failures
    public List<Drift> check() {
      Object next = checks.remove();
      if (next instanceof RuntimeException failure) {
        throw failure;
      }
      return (List<Drift>) next;
    }

    @Override
    public void apply(List<Drift> differs) {
      applied.add(differs);
      if (applyFails) {
        throw new HostException("no room");
      }
    }
  }

  @Test
  void whatIsAsItShouldBeIsLeftAlone() {
    Scripted kept = new Scripted(List.of());

    assertEquals(Finding.compliant(), enforcement(kept).enforce());
    assertEquals(List.of(), kept.applied);
  }

  @Test
  void anAuditTellsWhatDiffersAndAppliesNothing() {
    Scripted kept = new Scripted(List.of(MODE, OWNER));

    assertEquals(
        new Finding(Finding.Word.DRIFTED, "mode of /a, owner of /a", List.of(MODE, OWNER), false),
        enforcement(kept).audit());
    assertEquals(List.of(), kept.applied);
  }

  @Test
  void aChangeTellsWhatDifferedBeforeIt() {
    Scripted kept = new Scripted(List.of(MODE), List.of());

    assertEquals(
        new Finding(Finding.Word.CHANGED, "mode of /a", List.of(MODE), true),
        enforcement(kept).enforce());
    assertEquals(List.of(List.of(MODE)), kept.applied);
  }

  @Test
  void aChangeThatDoesNotHoldIsAFailureThatNamesWhatCameBack() {
    Finding finding = enforcement(new Scripted(List.of(MODE, OWNER), List.of(OWNER))).enforce();

    assertEquals(Finding.Word.FAILED, finding.word());
    assertEquals(List.of(OWNER), finding.drift());
    assertTrue(finding.text().startsWith("owner of /a"), finding::text);
    assertTrue(finding.changed());
  }

  @Test
  void aCheckThatFailsIsAFailureOfTheStepAndChangesNothing() {
    for (boolean audit : new boolean[] {true, false}) {
      Scripted kept = new Scripted(new HostException("cannot look"));
      Enforcement enforcement = enforcement(kept);
      Finding finding = audit ? enforcement.audit() : enforcement.enforce();

      assertEquals(
          new Finding(Finding.Word.FAILED, "the subject: cannot look", List.of(), false), finding);
      assertEquals(List.of(), kept.applied);
    }
  }

  @Test
  void aChangeThatFailsTellsWhatDiffersStillAndWhetherItDidAnything() {
    Scripted half = new Scripted(List.of(MODE, OWNER), List.of(OWNER));
    half.applyFails = true;
    Scripted nothing = new Scripted(List.of(MODE), List.of(MODE));
    nothing.applyFails = true;

    assertEquals(
        new Finding(Finding.Word.FAILED, "the subject: no room", List.of(OWNER), true),
        enforcement(half).enforce());
    assertFalse(enforcement(nothing).enforce().changed());
  }

  @Test
  void differencesAreBoundedInNumberAndLengthAndHaveNoControlCharacters() {
    List<Drift> many =
        IntStream.range(0, 500)
            .mapToObj(i -> new Drift("/a", "p" + i, "x".repeat(10_000), "\u001b[31m\n"))
            .toList();

    List<Drift> bounded = Drifts.bounded(many);

    assertEquals(RunLimits.MAX_STEP_DRIFT, bounded.size());
    assertEquals(RunLimits.MAX_DRIFT_CHARS, bounded.getFirst().actual().length());
    assertEquals("?[31m?", bounded.getFirst().desired());
  }

  private static Enforcement enforcement(Kept kept) {
    return new Enforcement(new MemoryHost(), kept, "the subject");
  }
}
