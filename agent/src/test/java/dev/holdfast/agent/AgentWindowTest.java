package dev.holdfast.agent;

import static dev.holdfast.agent.testing.Samples.association;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.agent.testing.Samples;
import dev.holdfast.assignment.Assignment;
import dev.holdfast.assignment.AssignmentReference;
import dev.holdfast.assignment.AssignmentSet;
import dev.holdfast.assignment.CalendarReference;
import dev.holdfast.assignment.Freeze;
import dev.holdfast.assignment.Generation;
import dev.holdfast.assignment.PendingTrigger;
import dev.holdfast.association.Trigger;
import dev.holdfast.report.RunStatus;
import dev.holdfast.task.Sha256;
import dev.holdfast.wire.AssignmentCodec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What an agent does with calendars, a freeze and a duration, across fetches and restarts. */
final class AgentWindowTest {
  private static final Samples HOURLY = Samples.assignment(1).every("cron(0 * * * ? *)");
  private static final Trigger CHANGE = new Trigger.Change(1, 5);
  private static final byte[] CALENDAR =
      String.join(
              "\r\n",
              "BEGIN:VCALENDAR",
              "VERSION:2.0",
              "PRODID:-//x//EN",
              "X-CALENDAR-TYPE:DEFAULT_OPEN",
              "BEGIN:VEVENT",
              "UID:1",
              "DTSTART:20260302T093000Z",
              "DTEND:20260302T103000Z",
              "END:VEVENT",
              "END:VCALENDAR",
              "")
          .getBytes(StandardCharsets.UTF_8);

  private final Host host = new Host("2026-03-02T09:34:00Z");

  private AssignmentSet set(
      Assignment.Window window, Optional<Freeze> freeze, PendingTrigger... pending) {
    byte[] bytes = AssignmentCodec.toBytes(HOURLY.value().within(window));
    Sha256 body = Sha256.of(bytes);
    host.coordinator.put(body, bytes);
    host.coordinator.put(Sha256.of(HOURLY.document()), HOURLY.document());
    return new AssignmentSet(
        new Generation(1, 5),
        List.of(new AssignmentReference(association(1), body, host.now())),
        List.of(),
        freeze,
        List.of(pending),
        List.of());
  }

  private static Assignment.Window nights() {
    return new Assignment.Window(
        List.of(new CalendarReference("nights", 2, Sha256.of(CALENDAR))), 0);
  }

  private static PendingTrigger change(Assignment.Window window, Optional<Instant> endBy) {
    return new PendingTrigger(
        association(1),
        CHANGE,
        "test",
        Instant.parse("2026-04-01T00:00:00Z"),
        Sha256.of(AssignmentCodec.toBytes(HOURLY.value().within(window))),
        false,
        endBy);
  }

  @Test
  void anAssignmentHoldsOnlyOnceItsCalendarsAreHere() {
    host.start().push(set(nights(), Optional.empty()));
    assertEquals(Generation.NONE, host.agent().generationHeld(), "the calendar is lacking");

    host.coordinator.put(Sha256.of(CALENDAR), CALENDAR);
    host.advance(Duration.ofMinutes(20));

    assertEquals(new Generation(1, 5), host.agent().generationHeld());
  }

  @Test
  void anAssignmentWhoseCalendarCannotBeReadIsNotFollowed() {
    byte[] none = "no calendar".getBytes(StandardCharsets.UTF_8);
    host.coordinator.put(Sha256.of(none), none);
    host.start()
        .push(
            set(
                new Assignment.Window(
                    List.of(new CalendarReference("none", 1, Sha256.of(none))), 0),
                Optional.empty()))
        .until("2026-03-02T10:05:00Z");

    assertEquals(Generation.NONE, host.agent().generationHeld());
    assertEquals(List.of(), host.starts());
  }

  @Test
  void aChangeStartsWhenTheCalendarOpensWithoutALinkAndAfterARestart() {
    host.coordinator.put(Sha256.of(CALENDAR), CALENDAR);
    host.endsAtOnce = true;
    host.start().push(set(nights(), Optional.empty(), change(nights(), Optional.empty())));
    host.linked = false;
    host.restartAfter(Duration.ofMinutes(1)).until("2026-03-02T10:29:59Z");
    assertEquals(List.of(), host.starts());
    assertEquals(List.of("tick:2026-03-02T10:00:00Z CalendarClosed"), host.ends());
    assertEquals("closed is the calendar nights", host.spool.getFirst().reason());

    host.until("2026-03-02T10:30:00Z");

    assertEquals(List.of("change:1.5"), host.starts());
  }

  @Test
  void aFreezeHoldsAfterARestartToo() {
    Freeze freeze =
        new Freeze(
            host.now(), Optional.of(Instant.parse("2026-03-02T10:40:00Z")), "the move", "ann");
    host.start()
        .push(
            set(
                Assignment.Window.ALWAYS,
                Optional.of(freeze),
                change(Assignment.Window.ALWAYS, Optional.empty())));
    host.linked = false;
    host.restartAfter(Duration.ofMinutes(1)).until("2026-03-02T10:39:59Z");
    assertEquals(List.of(), host.starts());
    assertEquals(List.of("tick:2026-03-02T10:00:00Z Frozen"), host.ends());

    host.until("2026-03-02T10:40:00Z");
    assertEquals(List.of("change:1.5"), host.starts());
  }

  @Test
  void aRunIsEndedWhenItsExecutionIsOverAlsoAfterARestartAndSaysSo() {
    Assignment.Window window = new Assignment.Window(List.of(), 1);
    host.start()
        .push(
            set(
                window,
                Optional.empty(),
                change(window, Optional.of(Instant.parse("2026-03-02T10:10:00Z")))));
    assertEquals(List.of("change:1.5"), host.starts());
    host.push(set(Assignment.Window.ALWAYS, Optional.empty()));
    host.restartAfter(Duration.ofMinutes(1)).until("2026-03-02T10:09:59Z");
    assertEquals(List.of(), host.cancelled, "a run keeps the end that it began with");

    host.until("2026-03-02T10:10:00Z");
    assertEquals(List.of(host.started.getFirst().runId()), host.cancelled);
    host.end(1, RunStatus.CANCELLED);

    assertTrue(host.ends().contains("change:1.5 DurationExceeded"), host.ends().toString());
    assertEquals(RunStatus.CANCELLED, host.spool.getLast().status());
  }

  @Test
  void aRunThatSomebodyCancelsBeforeItsEndDoesNotSayThatItWasOver() {
    Assignment.Window window = new Assignment.Window(List.of(), 1);
    host.start()
        .push(
            set(
                window,
                Optional.empty(),
                change(window, Optional.of(Instant.parse("2026-03-02T10:10:00Z")))));
    host.end(1, RunStatus.CANCELLED);

    assertFalse(host.ends().contains("change:1.5 DurationExceeded"), host.ends().toString());
  }
}
