package dev.holdfast.agent.assignment;

import dev.holdfast.agent.schedule.Plan;
import dev.holdfast.assignment.Assignment;
import dev.holdfast.assignment.AssignmentReference;
import dev.holdfast.association.InstanceId;
import dev.holdfast.schedule.Schedule;
import dev.holdfast.schedule.ScheduleReader;
import dev.holdfast.schedule.ScheduleReading;
import dev.holdfast.schedule.Splay;
import dev.holdfast.wire.AssignmentCodec;
import dev.holdfast.wire.WireException;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An assignment's bytes, read: what is kept of them in memory. */
sealed interface Revision {

  /**
   * It can be followed.
   *
   * @param assignment without its parameters, which can be large and are read again for each run
   */
  record Understood(Assignment assignment, Optional<Schedule> schedule) implements Revision {

    Plan plan(
        InstanceId instance,
        AssignmentReference reference,
        Steps steps,
        List<Plan.Calendar> calendars) {
      Assignment.Recurrence recurrence = assignment.schedule();
      return new Plan(
          reference.association(),
          reference.body(),
          reference.effectiveFrom(),
          schedule,
          recurrence.anchor(),
          Splay.of(instance, reference.association(), recurrence.splaySeconds()),
          assignment.enabled(),
          assignment.applyOnlyAtTicks(),
          assignment.rerunOnInterrupt() || steps.repeatable(),
          assignment.needsPermit(),
          assignment.runOffline(),
          steps.takeSlot(),
          calendars,
          assignment.window().lasts());
    }
  }

  /** It means nothing here. */
  record Unreadable(String reason) implements Revision {}

  /** Reads the bytes of an assignment, whose hash was checked. */
  static Revision read(byte[] bytes) {
    Assignment assignment;
    try {
      assignment = AssignmentCodec.fromBytes(bytes);
    } catch (WireException e) {
      return new Unreadable(String.valueOf(e.getMessage()));
    }
    Assignment.Recurrence recurrence = assignment.schedule();
    if (recurrence.splaySeconds() < 0 || recurrence.splaySeconds() > Splay.MAX_SECONDS) {
      return new Unreadable("a splay of " + recurrence.splaySeconds() + " s");
    }
    if (recurrence.expression().isEmpty()) {
      return new Understood(withoutParameters(assignment), Optional.empty());
    }
    ZoneId zone;
    try {
      zone = recurrence.timezone().isEmpty() ? ZoneOffset.UTC : ZoneId.of(recurrence.timezone());
    } catch (DateTimeException e) {
      return new Unreadable("this host does not know the time zone: " + e.getMessage());
    }
    ScheduleReading reading =
        ScheduleReader.read(recurrence.expression(), zone, recurrence.offsetDays());
    return reading.schedule().isPresent()
        ? new Understood(withoutParameters(assignment), reading.schedule())
        : new Unreadable("its schedule cannot be read: " + reading.errors());
  }

  private static Assignment withoutParameters(Assignment a) {
    return new Assignment(
        a.association(),
        a.associationVersion(),
        a.associationName(),
        a.documentName(),
        a.documentVersion(),
        a.document(),
        a.children(),
        Map.of(),
        a.schedule(),
        a.applyOnlyAtTicks(),
        a.enabled(),
        a.audit(),
        a.rerunOnInterrupt(),
        a.needsPermit(),
        a.runOffline(),
        a.window());
  }
}
