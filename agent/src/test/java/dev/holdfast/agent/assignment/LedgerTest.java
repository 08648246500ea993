package dev.holdfast.agent.assignment;

import static dev.holdfast.agent.testing.Samples.association;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.agent.schedule.Past;
import dev.holdfast.agent.testing.MemoryDisk;
import dev.holdfast.agent.testing.PowerCut;
import dev.holdfast.agent.testing.Samples;
import dev.holdfast.assignment.AssignmentSet;
import dev.holdfast.assignment.Generation;
import dev.holdfast.assignment.PendingTrigger;
import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Trigger;
import dev.holdfast.report.RunStatus;
import dev.holdfast.task.RunLimits;
import dev.holdfast.task.Sha256;
import dev.holdfast.testing.Cases;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

final class LedgerTest {
  private static final Instant NOW = Instant.parse("2026-03-02T10:00:00Z");
  private static final AssociationId ONE = association(1);
  private static final Sha256 BODY = Samples.assignment(1).body();
  private static final String JOURNAL = "ledger/journal";
  private static final Trigger CHANGE = new Trigger.Change(1, 7);

  private final MemoryDisk disk = new MemoryDisk();

  @Test
  void whatWasSyncedIsKnownAfterARestart() {
    Ledger ledger = loaded(disk);
    ledger.open(started(ledger, ONE, CHANGE, 1, NOW), Optional.of(NOW));
    ledger.sync();

    disk.powerOn();
    Ledger after = loaded(disk);

    assertTrue(after.past(ONE).knows(CHANGE));
    assertEquals(Optional.of(NOW), after.past(ONE).handledThrough());
    assertEquals(ledger.open(), after.open());
    assertEquals(2, after.nextNumber(ONE));
  }

  @Test
  void whatALifeHasReadNoPowerCutTakesAwayFromTheNext() {
    Ledger ledger = loaded(disk);
    ledger.open(started(ledger, ONE, CHANGE, 1, NOW), Optional.of(NOW));

    assertTrue(loaded(disk).past(ONE).knows(CHANGE), "it was killed before it had synced");
    disk.powerOn();

    assertTrue(loaded(disk).past(ONE).knows(CHANGE));
  }

  @Test
  void afterAPowerCutAnywhereItKnowsABeginningOfWhatWasNotedAndAllThatWasSynced() {
    Cases.check(
        300,
        random -> {
          long seed = random.nextLong();
          List<String> states = new ArrayList<>();
          Ledger undisturbed = loaded(new MemoryDisk());
          for (int i = 0; i < 40; i++) {
            states.add(describe(undisturbed));
            anyChange(undisturbed, new SplittableRandom(seed + i), i);
          }

          MemoryDisk torn = new MemoryDisk();
          Ledger ledger = loaded(torn);
          int synced = 0;
          int noted = 0;
          torn.cutPowerAt(
              torn.changes() + random.nextInt(40),
              random.nextBoolean() ? MemoryDisk.CutWhen.BEFORE : MemoryDisk.CutWhen.AFTER);
          try {
            while (noted < 39) {
              if (random.nextInt(4) == 0) {
                ledger.sync();
                synced = noted;
              }
              noted++;
              anyChange(ledger, new SplittableRandom(seed + noted - 1), noted - 1);
            }
          } catch (PowerCut expected) {
            // What was being noted may be there or not.
          }
          torn.powerOn(random);
          String after = describe(loaded(torn));

          List<String> allowed = states.subList(synced, noted + 1);
          assertTrue(allowed.contains(after), () -> after + " is none of " + allowed);
          assertEquals(after, describe(loaded(torn)), "loading must not change anything");
        });
  }

  @Test
  void whatIsReadIsWhatWasKnownHoweverOftenTheJournalIsWrittenAnew() {
    Cases.check(
        8,
        random -> {
          MemoryDisk quiet = new MemoryDisk();
          Ledger ledger = loaded(quiet);
          for (int i = 0; i < 3000; i++) {
            anyChange(ledger, random, i);
            ledger.tidy(NOW, AssignmentSet.NONE);
          }
          ledger.sync();

          assertEquals(describe(ledger), describe(loaded(quiet)));
        });
  }

  @Test
  void theJournalStaysBounded() {
    Ledger ledger = loaded(disk);
    for (int i = 0; i < 20_000; i++) {
      Instant tick = NOW.plusSeconds(60L * i);
      start(ledger, ONE, new Trigger.Tick(tick), tick);
      end(ledger, ONE, new Trigger.Tick(tick), RunStatus.SUCCESS);
      ledger.tidy(tick, AssignmentSet.NONE);
    }

    int size = disk.size(JOURNAL);
    assertTrue(size < 4 * RunLimits.LEDGER_JOURNAL_BYTES, () -> size + " bytes");
  }

  @Test
  void onlyTheNewestTriggersAreRememberedAndOlderTicksCountAsDone() {
    Ledger ledger = loaded(disk);
    start(ledger, ONE, CHANGE, NOW);
    for (int i = 1; i <= RunLimits.LEDGER_TRIGGERS; i++) {
      Instant tick = NOW.plusSeconds(60L * i);
      start(ledger, ONE, new Trigger.Tick(tick), tick);
    }

    Past past = ledger.past(ONE);
    assertEquals(RunLimits.LEDGER_TRIGGERS - 1, past.ticks().size());
    assertFalse(past.knows(new Trigger.Tick(NOW.plusSeconds(60))));
    assertTrue(past.knows(new Trigger.Tick(NOW.plusSeconds(120))));
    assertEquals(Optional.of(NOW.plusSeconds(60)), past.forgottenThrough());
    assertTrue(past.knows(CHANGE), "a pending trigger could be delivered again, a tick could not");
  }

  @Test
  void triggersOlderThanTheirTimeAreForgottenUnlessTheyArePending() {
    Trigger old = new Trigger.Manual("11111111-1111-4111-8111-111111111111");
    Trigger pending = new Trigger.Manual("22222222-2222-4222-8222-222222222222");
    Ledger ledger = loaded(disk);
    start(ledger, ONE, old, NOW);
    start(ledger, ONE, pending, NOW);
    start(ledger, ONE, new Trigger.Tick(NOW), NOW);
    end(ledger, ONE, old, RunStatus.SUCCESS);
    end(ledger, ONE, pending, RunStatus.SUCCESS);
    end(ledger, ONE, new Trigger.Tick(NOW), RunStatus.SUCCESS);
    AssignmentSet held =
        new AssignmentSet(
            new Generation(1, 1),
            List.of(Samples.assignment(1).from(NOW)),
            List.of(),
            List.of(new PendingTrigger(ONE, pending, "test", NOW, BODY, false, Optional.empty())));

    grow(ledger);
    ledger.tidy(NOW.plus(RunLimits.LEDGER_TIME), held);
    assertTrue(ledger.past(ONE).knows(old));
    grow(ledger);
    ledger.tidy(NOW.plus(RunLimits.LEDGER_TIME).plusSeconds(1), held);

    assertFalse(ledger.past(ONE).knows(old));
    assertTrue(ledger.past(ONE).knows(pending));
    assertFalse(ledger.past(ONE).knows(new Trigger.Tick(NOW)));
    assertEquals(Optional.of(NOW), ledger.past(ONE).forgottenThrough());
  }

  @Test
  void itOutlivesTheRemovalOfAnAssociationWithinBounds() {
    Ledger ledger = loaded(disk);
    int many = RunLimits.LEDGER_ASSOCIATIONS + 10;
    for (int i = 0; i < many; i++) {
      Instant at = NOW.plusSeconds(i);
      start(ledger, association(i), CHANGE, at);
      end(ledger, association(i), CHANGE, RunStatus.SUCCESS);
    }
    AssignmentSet held =
        new AssignmentSet(
            new Generation(1, 1), List.of(Samples.assignment(0).from(NOW)), List.of(), List.of());

    grow(ledger);
    ledger.tidy(NOW.plusSeconds(many), held);

    assertTrue(ledger.past(association(0)).knows(CHANGE), "held");
    assertFalse(ledger.past(association(1)).knows(CHANGE), "the oldest removed one");
    assertTrue(ledger.past(association(many - 1)).knows(CHANGE), "a recently removed one");
  }

  @Test
  void startNumbersNeverGoBackEvenWhenAnAssociationWasForgotten() {
    Ledger ledger = loaded(disk);
    for (int i = 0; i < 5; i++) {
      Trigger tick = new Trigger.Tick(NOW.plusSeconds(60L * i));
      start(ledger, ONE, tick, NOW);
      end(ledger, ONE, tick, RunStatus.SUCCESS);
    }
    grow(ledger);
    ledger.tidy(NOW.plus(RunLimits.LEDGER_TIME).plusSeconds(1), AssignmentSet.NONE);
    assertFalse(ledger.past(ONE).knows(new Trigger.Tick(NOW)), "it must be forgotten");

    assertEquals(6, loaded(disk).nextNumber(ONE));
  }

  @Test
  void damageInTheMiddleLosesOnlyWhatWasDamaged() {
    Ledger ledger = loaded(disk);
    for (int i = 0; i < 3; i++) {
      start(ledger, association(i), CHANGE, NOW);
    }
    int middle = disk.size(JOURNAL) / 2;
    disk.damage(JOURNAL, middle);

    Ledger after = new Ledger(disk);
    int places = after.load(NOW.plusSeconds(5));

    assertEquals(1, places);
    assertTrue(after.past(association(0)).knows(CHANGE));
    assertFalse(after.past(association(1)).knows(CHANGE));
    assertTrue(after.past(association(2)).knows(CHANGE));
    assertEquals(
        Optional.of(NOW.plusSeconds(5)),
        after.past(association(2)).handledThrough(),
        "ticks may have been lost, so none before now is due");
    assertEquals(0, new Ledger(disk).load(NOW), "it was written anew");
  }

  @Test
  void aStartThatIsNotManualMakesAnotherAttemptNeedless() {
    Trigger manual = new Trigger.Manual("11111111-1111-4111-8111-111111111111");
    Trigger tick = new Trigger.Tick(NOW);
    for (Trigger interrupted : List.of(CHANGE, manual)) {
      for (Trigger next : List.of(tick, new Trigger.Manual("2"))) {
        Ledger ledger = loaded(new MemoryDisk());
        start(ledger, ONE, interrupted, NOW);
        ledger.close(
            ONE,
            interrupted,
            Optional.of(new Ended(interrupted, RunStatus.INTERRUPTED, NOW)),
            Optional.of(new Past.Again(interrupted, 2, false, 0, NOW)));

        start(ledger, ONE, next, NOW);

        assertEquals(
            interrupted.equals(CHANGE) && next.equals(tick),
            ledger.past(ONE).again().isEmpty(),
            interrupted + " then " + next);
      }
    }
  }

  @Test
  void closingWhatIsNotOpenDoesNothing() {
    Ledger ledger = loaded(disk);
    start(ledger, ONE, CHANGE, NOW);
    end(ledger, ONE, CHANGE, RunStatus.SUCCESS);
    String before = describe(ledger);

    end(ledger, ONE, CHANGE, RunStatus.FAILED);

    assertEquals(before, describe(ledger));
  }

  private static Ledger loaded(MemoryDisk disk) {
    Ledger ledger = new Ledger(disk);
    assertEquals(0, ledger.load(NOW));
    return ledger;
  }

  /** Enough for {@code tidy} to write the journal anew. */
  private void grow(Ledger ledger) {
    int enough = 2 * disk.size(JOURNAL) + 2 * RunLimits.LEDGER_JOURNAL_BYTES;
    while (disk.size(JOURNAL) < enough) {
      ledger.handled(association(0), Samples.ANCHOR);
    }
  }

  private static void start(Ledger ledger, AssociationId association, Trigger trigger, Instant at) {
    ledger.open(started(ledger, association, trigger, 1, at), Optional.empty());
  }

  private static void end(
      Ledger ledger, AssociationId association, Trigger trigger, RunStatus status) {
    ledger.close(
        association, trigger, Optional.of(new Ended(trigger, status, NOW)), Optional.empty());
  }

  private static Opened started(
      Ledger ledger, AssociationId association, Trigger trigger, int attempt, Instant at) {
    return new Opened(
        association,
        trigger,
        attempt,
        ledger.nextNumber(association),
        at,
        BODY,
        3,
        4,
        false,
        0,
        true,
        attempt == 0 ? Optional.of("StillRunning") : Optional.empty());
  }

  private static void anyChange(Ledger ledger, RandomGenerator random, int i) {
    AssociationId association = association(random.nextInt(4));
    Instant moment = NOW.plus(Duration.ofMinutes(random.nextInt(-2000, 2000)));
    List<Trigger> triggers =
        List.of(
            new Trigger.Tick(moment),
            new Trigger.Change(1, i),
            new Trigger.Enter(1, i),
            new Trigger.Manual("" + i));
    Trigger trigger = triggers.get(random.nextInt(4));
    switch (random.nextInt(7)) {
      case 0, 1 ->
          ledger.open(
              started(ledger, association, trigger, random.nextInt(3), moment),
              random.nextBoolean() ? Optional.of(moment) : Optional.empty());
      case 2 ->
          ledger.open().stream()
              .findAny()
              .ifPresent(
                  opened ->
                      ledger.close(
                          opened.association(),
                          opened.trigger(),
                          Optional.of(new Ended(opened.trigger(), RunStatus.FAILED, moment)),
                          random.nextBoolean()
                              ? Optional.of(new Past.Again(opened.trigger(), 2, true, 3, moment))
                              : Optional.empty()));
      case 3 -> ledger.miss(association, new Past.CatchUp(moment, 3, moment.plusSeconds(i)));
      case 4 -> ledger.defer(association, new Past.Delay(trigger, moment));
      case 5 -> ledger.handled(association, moment);
      default -> ledger.rebase(association, moment);
    }
  }

  @Test
  void theEndOfARunAndTheWordsOfASkipAreRemembered() {
    Ledger ledger = loaded(disk);
    Opened run = withEnd(Optional.of(NOW.plusSeconds(60)), "");
    ledger.open(run, Optional.empty());
    ledger.sync();
    assertEquals(List.of(run), loaded(disk).open());

    grow(ledger);
    ledger.tidy(NOW, AssignmentSet.NONE);
    assertEquals(Optional.of(run), loaded(disk).open(ONE, CHANGE), "written anew");
    Opened skip = withEnd(Optional.empty(), "closed is the calendar nights");
    ledger.open(skip, Optional.empty());
    ledger.sync();
    assertEquals(Optional.of(skip), loaded(disk).open(ONE, CHANGE));
  }

  @Test
  void aStartThatWasNotedByAnEarlierVersionIsRead() {
    Opened plain = withEnd(Optional.empty(), "");
    byte[] bytes = LedgerCodec.toBytes(new LedgerRecord.Open(plain, Optional.of(NOW)));
    // An earlier version wrote another kind, and neither words (two bytes of length) nor an end
    // (one byte) before the instant through which ticks are handled (one byte and twelve).
    byte[] old = new byte[bytes.length - 3];
    System.arraycopy(bytes, 0, old, 0, bytes.length - 16);
    System.arraycopy(bytes, bytes.length - 13, old, old.length - 13, 13);
    old[0] = 3;

    assertEquals(new LedgerRecord.Open(plain, Optional.of(NOW)), LedgerCodec.fromBytes(old));
  }

  private static Opened withEnd(Optional<Instant> endBy, String why) {
    return new Opened(
        ONE, CHANGE, 1, 7, NOW, BODY, 1, 1, false, 0, true, Optional.empty(), why, endBy);
  }

  /** All that a ledger answers, as text. */
  private static String describe(Ledger ledger) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 4; i++) {
      Past past = ledger.past(association(i));
      text.append(ledger.nextNumber(association(i)))
          .append(past.handledThrough())
          .append(past.forgottenThrough())
          .append(Arrays.toString(past.ticks().toArray()))
          .append(past.others())
          .append(past.catchUp())
          .append(past.delay())
          .append(past.again())
          .append(ledger.lastEnd(association(i)))
          .append('\n');
    }
    return text.append(ledger.open()).toString();
  }
}
