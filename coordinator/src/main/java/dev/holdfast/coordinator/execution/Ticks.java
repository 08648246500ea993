package dev.holdfast.coordinator.execution;

import dev.holdfast.association.Identity;
import dev.holdfast.association.Trigger;
import dev.holdfast.coordinator.store.Associations;
import dev.holdfast.coordinator.store.Associations.InForce;
import dev.holdfast.coordinator.store.Executions;
import dev.holdfast.coordinator.store.Memberships;
import dev.holdfast.coordinator.store.RateControl;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.coordinator.store.Write;
import dev.holdfast.schedule.Schedule;
import dev.holdfast.schedule.ScheduleReader;
import dev.holdfast.task.RunLimits;
import dev.holdfast.task.Sha256;
import dev.holdfast.wire.RateCodec;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The ticks of associations, as the schedules that were in force tell them, and the one row of the
 * execution that each of them starts.
 */
public final class Ticks {
  /** Before any schedule; what lies outside is no tick, and no instant that a row could hold. */
  private static final Instant FIRST = Instant.EPOCH;

  private static final Instant LAST = Instant.parse("2201-01-01T00:00:00Z");

  /** Schedules that are kept as they were read; with one more, all are read again. */
  private static final int MOST_READ = 1_000;

  /** What schedules say, by their text: each report asks for that of its association. */
  private static final Map<Text, Optional<Schedule>> READ = new ConcurrentHashMap<>();

  private Ticks() {}

  private record Text(String expression, String timezone, int offsetDays) {}

  /**
   * Whether an instant is a tick of a schedule that was in force before it. The schedule may have
   * been replaced since: an instance that was not told goes on by what it holds.
   *
   * @param schedules that were ever in force
   */
  public static boolean real(List<InForce> schedules, Instant at) {
    return ever(schedules.stream().filter(schedule -> schedule.from().isBefore(at)).toList(), at);
  }

  /**
   * Whether an instant is a tick of a schedule, in force at that time or not: whose clock is behind
   * comes to ticks of before there was any.
   *
   * @param schedules that were ever in force
   */
  public static boolean ever(List<InForce> schedules, Instant at) {
    return at.isAfter(FIRST)
        && at.isBefore(LAST)
        && schedules.stream()
            .anyMatch(
                schedule ->
                    read(schedule)
                        .flatMap(read -> read.next(at.minusSeconds(1), schedule.anchor()))
                        .filter(at::equals)
                        .isPresent());
  }

  /** Whether an instant is a tick of the schedule that was in force at it. */
  public static boolean inForce(List<InForce> schedules, Instant at) {
    return at(schedules, at).map(schedule -> real(List.of(schedule), at)).orElse(false);
  }

  /**
   * The schedule in force at a moment; empty if there was none yet.
   *
   * @param schedules that were ever in force, oldest first
   */
  public static Optional<InForce> at(List<InForce> schedules, Instant moment) {
    return schedules.reversed().stream().filter(s -> !s.from().isAfter(moment)).findFirst();
  }

  /**
   * The first tick of a schedule after a moment and after it came in force; empty if none comes.
   */
  public static Optional<Instant> next(InForce schedule, Instant after) {
    Instant from = after.isBefore(schedule.from()) ? schedule.from() : after;
    return read(schedule).flatMap(read -> read.next(from, schedule.anchor()));
  }

  /** The newest tick of a schedule after a moment and not after another; empty if there is none. */
  public static Optional<Instant> newest(InForce schedule, Instant after, Instant until) {
    Instant first = after.isBefore(schedule.from()) ? schedule.from() : after;
    Optional<Schedule> read = read(schedule);
    if (read.isEmpty() || tick(read.get(), schedule, first, until).isEmpty()) {
      return Optional.empty();
    }
    // From any second before the newest tick the next one is not after the moment; from it on, it
    // is. So the last such second is found by halving.
    long low = first.getEpochSecond();
    long high = until.getEpochSecond();
    while (high - low > 1) {
      long middle = low + (high - low) / 2;
      if (tick(read.get(), schedule, Instant.ofEpochSecond(middle), until).isPresent()) {
        low = middle;
      } else {
        high = middle;
      }
    }
    Instant last = low == first.getEpochSecond() ? first : Instant.ofEpochSecond(low);
    return tick(read.get(), schedule, last, until);
  }

  /**
   * Writes the row of a tick's execution, if it has none yet, and the event that it started. Its
   * targets are the members at that instant.
   *
   * @param reported the revision that an instance says it executed, for a tick at which none could
   *     be resolved; empty if nobody reported
   * @return the row
   */
  public static Executions.Execution record(
      Write write, Associations.Association association, Instant at, Optional<Sha256> reported) {
    return record(
        write, association, at, reported, Memberships.count(write.read(), association.id(), at));
  }

  static Executions.Execution record(
      Write write,
      Associations.Association association,
      Instant at,
      Optional<Sha256> reported,
      int members) {
    Trigger trigger = new Trigger.Tick(at);
    String id = Identity.executionId(association.id(), trigger);
    Optional<Executions.Execution> there = Executions.find(write.read(), id);
    if (there.isPresent()) {
      return there.get();
    }
    int version =
        at.isBefore(association.updated())
            ? Associations.versionAt(write.read(), association.id(), at)
                .orElse(association.version())
            : association.version();
    Optional<Sha256> revision =
        version == association.version()
            ? association.revision()
            : Associations.newestRevision(write.read(), association.id(), version);
    long position =
        write.append(
            "ExecutionStarted",
            List.of(association.id().value(), id),
            Map.of("trigger", trigger.text()));
    Optional<Instant> endBy =
        new Openings(write.read())
            .window(revision.map(Sha256::hex).orElse(""))
            .lasts()
            .map(at::plus);
    Executions.Execution row =
        new Executions.Execution(
            id,
            association.id(),
            version,
            trigger,
            "its schedule",
            at,
            position,
            revision.or(() -> reported).map(Sha256::hex).orElse(""),
            Set.of(),
            endBy.orElse(at.plus(RunLimits.CATCH_UP)),
            members,
            write.now(),
            Optional.empty(),
            false,
            Optional.empty(),
            false,
            endBy,
            rate(write.read(), association, version, members));
    boolean _ = Executions.add(write, row);
    return row;
  }

  /** The limits of an execution of a version of an association with so many members. */
  public static RateControl rate(
      Read read, Associations.Association association, int version, int members) {
    return Associations.version(read, association.id(), version)
        .map(content -> RateControl.of(RateCodec.fromBytes(content.content()), members))
        .orElse(RateControl.NONE);
  }

  private static Optional<Instant> tick(
      Schedule schedule, InForce inForce, Instant after, Instant until) {
    return schedule.next(after, inForce.anchor()).filter(tick -> !tick.isAfter(until));
  }

  private static Optional<Schedule> read(InForce schedule) {
    if (schedule.expression().isEmpty()) {
      return Optional.empty();
    }
    Text text = new Text(schedule.expression(), schedule.timezone(), schedule.offsetDays());
    Optional<Schedule> known = READ.get(text);
    if (known != null) {
      return known;
    }
    ZoneId zone = text.timezone.isEmpty() ? ZoneOffset.UTC : ZoneId.of(text.timezone);
    Optional<Schedule> read =
        ScheduleReader.read(text.expression, zone, text.offsetDays).schedule();
    if (READ.size() >= MOST_READ) {
      READ.clear();
    }
    READ.put(text, read);
    return read;
  }
}
