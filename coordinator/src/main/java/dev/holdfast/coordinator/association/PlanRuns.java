package dev.holdfast.coordinator.association;

import dev.holdfast.assignment.CalendarReference;
import dev.holdfast.coordinator.admin.Findings;
import dev.holdfast.coordinator.execution.Openings;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.schedule.Schedule;
import dev.holdfast.schedule.ScheduleReader;
import dev.holdfast.wire.Times;
import dev.holdfast.wire.v1.Association;
import dev.holdfast.wire.v1.BlockedRun;
import dev.holdfast.wire.v1.PlanAssociationRequest;
import dev.holdfast.wire.v1.PlanAssociationResponse;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** When a planned association would run, in the time zone that is asked for. */
final class PlanRuns {
  /** Runs that are told of unless the request says otherwise. */
  static final int RUNS = 5;

  /** The most that can be asked for. */
  static final int MAX_RUNS = 100;

  private static final DateTimeFormatter LOCAL = DateTimeFormatter.ISO_OFFSET_DATE_TIME;

  private PlanRuns() {}

  /** What is wrong with what a request asks of them. */
  static void check(PlanAssociationRequest request, Findings findings) {
    int count = request.getNextRunCount();
    if (count < 0 || count > MAX_RUNS) {
      findings.add("next_run_count", "is " + count + "; allowed are 1 to " + MAX_RUNS);
    }
    if (zone(request.getTimezone()).isEmpty()) {
      findings.add(
          "timezone",
          "'"
              + Findings.printable(request.getTimezone())
              + "' is no IANA time zone, like Europe/Berlin");
    }
  }

  /**
   * Adds them, and which of them a closed calendar would stop.
   *
   * @param content without errors
   * @param anchor of its schedule
   */
  static void add(
      Read read,
      PlanAssociationRequest request,
      Association content,
      Instant anchor,
      Instant now,
      PlanAssociationResponse.Builder answer) {
    Openings openings = new Openings(read);
    List<CalendarReference> calendars = Calendars.of(read, content).found();
    answer.setBlockedNow(answer.getWouldRunNow() && !openings.closed(calendars, now).isEmpty());
    ZoneId own = zone(content.getScheduleTimezone()).orElse(ZoneOffset.UTC);
    ZoneId asked = request.getTimezone().isEmpty() ? own : zone(request.getTimezone()).orElse(own);
    int count = request.getNextRunCount() == 0 ? RUNS : request.getNextRunCount();
    for (Instant at : ticks(content, own, anchor, now, count)) {
      String local = LOCAL.format(at.atZone(asked));
      answer.addNextRuns(Times.toProto(at)).addNextRunsLocal(local);
      openings.closed(calendars, at).stream()
          .findFirst()
          .ifPresent(
              name ->
                  answer.addBlocked(
                      BlockedRun.newBuilder()
                          .setTime(Times.toProto(at))
                          .setLocalTime(local)
                          .setCalendarName(name)));
    }
  }

  private static List<Instant> ticks(
      Association content, ZoneId zone, Instant anchor, Instant now, int count) {
    List<Instant> ticks = new ArrayList<>();
    Optional<Schedule> schedule =
        content.getScheduleExpression().isEmpty() || !content.getEnabled()
            ? Optional.empty()
            : ScheduleReader.read(
                    content.getScheduleExpression(), zone, content.getScheduleOffset())
                .schedule();
    Optional<Instant> next = schedule.flatMap(read -> read.next(now, anchor));
    while (next.isPresent() && ticks.size() < count) {
      ticks.add(next.get());
      Instant after = next.get();
      next = schedule.flatMap(read -> read.next(after, anchor));
    }
    return ticks;
  }

  private static Optional<ZoneId> zone(String name) {
    try {
      return Optional.of(name.isEmpty() ? ZoneOffset.UTC : ZoneId.of(name));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
