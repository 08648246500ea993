package dev.holdfast.coordinator.execution;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.holdfast.association.Trigger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The statuses that are derived, in their order. */
final class DerivedStatusTest {
  private static final Trigger TICK = new Trigger.Tick(Instant.parse("2026-11-24T12:00:00Z"));
  private static final Trigger CHANGE = new Trigger.Change(1, 7);
  private static final Trigger ENTER = new Trigger.Enter(1, 7);
  private static final Trigger MANUAL = new Trigger.Manual("00000000-0000-0000-0000-000000000001");

  /** Facts by name; what is not said does not hold. */
  private record Known(
      boolean invalidDocument,
      boolean cancelled,
      boolean left,
      boolean deleted,
      boolean disabled,
      boolean newer,
      boolean expired,
      boolean connected,
      boolean closed,
      boolean frozen,
      boolean over) {

    static final Known NOTHING =
        new Known(false, false, false, false, false, false, false, false, false, false, false);

    DerivedStatus.Facts of(Trigger trigger) {
      return new DerivedStatus.Facts(
          trigger,
          invalidDocument,
          false,
          cancelled,
          left,
          deleted,
          false,
          disabled,
          newer,
          expired,
          connected,
          false,
          closed,
          frozen,
          over);
    }
  }

  private record Row(
      String name, UnaryOperator<Known> holds, String tick, String made, String manual) {}

  private static final List<Row> ROWS =
      List.of(
          new Row(
              "an association without revision",
              k -> with(k, 0),
              "FAILED/InvalidDocument",
              "FAILED/InvalidDocument",
              "FAILED/InvalidDocument"),
          new Row(
              "cancelled",
              k -> with(k, 1),
              "CANCELLED/CancelRequested",
              "CANCELLED/CancelRequested",
              "CANCELLED/CancelRequested"),
          new Row(
              "left",
              k -> with(k, 2),
              "SKIPPED/NotTargeted",
              "SKIPPED/NotTargeted",
              "SKIPPED/NotTargeted"),
          new Row(
              "deleted",
              k -> with(k, 3),
              "SKIPPED/AssociationDeleted",
              "SKIPPED/AssociationDeleted",
              "SKIPPED/AssociationDeleted"),
          new Row("disabled", k -> with(k, 4), "SKIPPED/Disabled", "SKIPPED/Disabled", "next"),
          new Row(
              "a newer one", k -> with(k, 5), "SKIPPED/NotReported", "SKIPPED/Superseded", "next"),
          new Row(
              "expired", k -> with(k, 6), "SKIPPED/Expired", "SKIPPED/Expired", "SKIPPED/Expired"),
          new Row(
              "connected",
              k -> with(k, 7),
              "PENDING/Scheduled",
              "PENDING/Scheduled",
              "PENDING/Scheduled"),
          new Row(
              "nothing of all that",
              k -> k,
              "PENDING/Offline",
              "PENDING/Offline",
              "PENDING/Offline"));

  @TestFactory
  List<DynamicTest> eachRowDecidesWhenItAloneHoldsAndBeforeAllBelowIt() {
    List<DynamicTest> tests = new ArrayList<>();
    for (int i = 0; i < ROWS.size(); i++) {
      Row row = ROWS.get(i);
      Known alone = row.holds.apply(Known.NOTHING);
      Known all = Known.NOTHING;
      for (Row other : ROWS.subList(i, ROWS.size())) {
        all = other.holds.apply(all);
      }
      Known andAllBelow = all;
      int index = i;
      tests.add(
          DynamicTest.dynamicTest(
              row.name,
              () -> {
                for (Known known : List.of(alone, andAllBelow)) {
                  assertEquals(row.tick, text(TICK, known));
                  assertEquals(row.made, text(CHANGE, known));
                  assertEquals(row.made, text(ENTER, known));
                }
                assertEquals(manual(index, false), text(MANUAL, alone));
                assertEquals(manual(index, true), text(MANUAL, andAllBelow));
              }));
    }
    return tests;
  }

  /**
   * What does not concern a manual start leaves the decision to what comes below, if that holds.
   */
  private static String manual(int index, boolean allBelow) {
    String expected = ROWS.get(index).manual;
    if (!expected.equals("next")) {
      return expected;
    }
    return allBelow ? manual(index + 1, true) : "PENDING/Offline";
  }

  private static String text(Trigger trigger, Known known) {
    DerivedStatus status = DerivedStatus.of(known.of(trigger));
    return status.status() + "/" + status.detail();
  }

  private static Known with(Known k, int fact) {
    return new Known(
        k.invalidDocument || fact == 0,
        k.cancelled || fact == 1,
        k.left || fact == 2,
        k.deleted || fact == 3,
        k.disabled || fact == 4,
        k.newer || fact == 5,
        k.expired || fact == 6,
        k.connected || fact == 7,
        k.closed || fact == 8,
        k.frozen || fact == 9,
        k.over || fact == 10);
  }

  @Test
  void aTickUnderAClosedCalendarOrInAFreezeIsSkippedBeforeAllThatCameLater() {
    Known later = with(with(with(with(Known.NOTHING, 4), 5), 6), 7);

    assertEquals("SKIPPED/CalendarClosed", text(TICK, with(with(later, 8), 9)));
    assertEquals("SKIPPED/Frozen", text(TICK, with(later, 9)));
    assertEquals("FAILED/InvalidDocument", text(TICK, with(with(later, 8), 0)));
    assertEquals("SKIPPED/AssociationDeleted", text(TICK, with(with(later, 9), 3)));
  }

  @Test
  void whatElseIsHeldWaitsOnceTheInstanceIsThere() {
    Known there = with(Known.NOTHING, 7);
    for (Trigger trigger : List.of(CHANGE, ENTER)) {
      assertEquals("PENDING/CalendarClosed", text(trigger, with(with(there, 8), 9)));
      assertEquals("PENDING/Frozen", text(trigger, with(there, 9)));
      assertEquals("PENDING/Offline", text(trigger, with(with(Known.NOTHING, 8), 9)));
      assertEquals("SKIPPED/Superseded", text(trigger, with(with(there, 8), 5)));
    }
    assertEquals("PENDING/CalendarClosed", text(MANUAL, with(there, 8)));
    assertEquals("PENDING/Scheduled", text(MANUAL, with(there, 9)), "a freeze lets it through");
  }

  @Test
  void whatExpiredSinceItsExecutionIsOverSaysSo() {
    for (Trigger trigger : List.of(TICK, CHANGE, ENTER, MANUAL)) {
      assertEquals("SKIPPED/DurationExceeded", text(trigger, with(with(Known.NOTHING, 6), 10)));
      assertEquals("SKIPPED/Expired", text(trigger, with(Known.NOTHING, 6)));
    }
  }

  @TestFactory
  List<DynamicTest> anEndThatIsDerivedIsTerminal() {
    return ROWS.subList(0, 7).stream()
        .map(
            row ->
                DynamicTest.dynamicTest(
                    row.name,
                    () ->
                        assertEquals(
                            true,
                            DerivedStatus.of(row.holds.apply(Known.NOTHING).of(TICK))
                                .status()
                                .terminal())))
        .toList();
  }

  /** What rate control adds: lost, stopped and asking, with what stands above and below them. */
  @Test
  void rateControlHasItsPlacesInTheOrder() {
    for (Trigger trigger :
        List.of(
            new Trigger.Tick(Instant.EPOCH), new Trigger.Change(1, 1), new Trigger.Manual("m"))) {
      assertEquals("IN_PROGRESS/Unreachable", rate(trigger, true, true, true, true, true));
      assertEquals("CANCELLED/CancelRequested", rate(trigger, false, true, true, true, true));
      assertEquals("SKIPPED/ErrorLimit", rate(trigger, false, false, true, true, true));
      assertEquals("PENDING/WaitingForPermit", rate(trigger, false, false, false, true, true));
      assertEquals("PENDING/Offline", rate(trigger, false, false, false, false, true));
    }
  }

  private static String rate(
      Trigger trigger,
      boolean lost,
      boolean cancelled,
      boolean stopped,
      boolean connected,
      boolean asks) {
    DerivedStatus status =
        DerivedStatus.of(
            new DerivedStatus.Facts(
                trigger, false, lost, cancelled, false, false, stopped, false, false, false,
                connected, asks, false, false, false));
    return status.status() + "/" + status.detail();
  }
}
