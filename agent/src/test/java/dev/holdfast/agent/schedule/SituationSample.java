package dev.holdfast.agent.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.holdfast.agent.schedule.Situation.Running;
import dev.holdfast.agent.testing.Samples;
import dev.holdfast.assignment.Freeze;
import dev.holdfast.assignment.PendingTrigger;
import dev.holdfast.association.AssociationId;
import dev.holdfast.association.Identity;
import dev.holdfast.association.Trigger;
import dev.holdfast.calendar.ChangeCalendar;
import dev.holdfast.schedule.Schedule;
import dev.holdfast.schedule.ScheduleReader;
import dev.holdfast.task.Sha256;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Builds a situation. What is said of a plan or of a past concerns the plan named last; naming it
 * again begins it anew.
 */
final class SituationSample {
  static final Sha256 BODY = Sha256.of("sample".getBytes(StandardCharsets.UTF_8));
  private static final Sha256 OTHER = Sha256.of("other".getBytes(StandardCharsets.UTF_8));

  private final Map<AssociationId, Plan> plans = new HashMap<>();
  private final Map<AssociationId, Past> past = new HashMap<>();
  private final List<PendingTrigger> pending = new ArrayList<>();
  private final Set<String> cancelled = new HashSet<>();
  private final List<Running> running = new ArrayList<>();
  private Optional<Freeze> freeze = Optional.empty();
  private final Map<AssociationId, Trigger> granted = new HashMap<>();
  private final Map<AssociationId, Trigger> superseded = new HashMap<>();
  private final Set<String> stopped = new HashSet<>();
  private Permits.Contact contact = Permits.Contact.LINKED;
  private List<AssociationId> queue = List.of();
  private HostSay host = HostSay.NOTHING;
  private Instant now = Instant.EPOCH;
  private Instant awakeSince = Instant.EPOCH;
  private AssociationId last = Samples.association(1);

  static Schedule schedule(String expression, int offset) {
    return ScheduleReader.read(expression, ZoneOffset.UTC, offset).schedule().orElseThrow();
  }

  /** Forgets pending triggers, cancellations, runs and the queue. */
  void clear() {
    pending.clear();
    cancelled.clear();
    running.clear();
    queue = List.of();
    freeze = Optional.empty();
    granted.clear();
    superseded.clear();
    stopped.clear();
    plans.clear();
    past.clear();
  }

  SituationSample host(HostSay say) {
    host = say;
    return this;
  }

  SituationSample now(String time) {
    return now(Expected.t(time));
  }

  SituationSample now(Instant moment) {
    now = moment;
    return this;
  }

  SituationSample awakeSince(String time) {
    return awakeSince(Expected.t(time));
  }

  SituationSample awakeSince(Instant moment) {
    awakeSince = moment;
    return this;
  }

  SituationSample plan(int number) {
    last = Samples.association(number);
    past.put(
        last,
        new Past(
            Optional.empty(),
            Optional.empty(),
            new TickSet(),
            new HashSet<>(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty()));
    return plan(
        new Plan(
            last,
            BODY,
            Expected.t("09:30:00"),
            Optional.of(schedule("cron(0 * * * ? *)", 0)),
            Expected.t("09:34:00"),
            Duration.ZERO,
            true,
            false,
            false,
            false,
            false,
            true,
            List.of(),
            Optional.empty()));
  }

  SituationSample effectiveFrom(String time) {
    Plan p = plan();
    return plan(
        new Plan(
            last,
            BODY,
            Expected.t(time),
            p.schedule(),
            p.anchor(),
            p.splay(),
            p.enabled(),
            p.onlyTicks(),
            p.rerun(),
            p.needsPermit(),
            p.runOffline(),
            p.takesSlot(),
            p.calendars(),
            p.lasts()));
  }

  /** The plan obeys this calendar too. */
  SituationSample calendar(String name, String... lines) {
    List<Plan.Calendar> calendars = new ArrayList<>(plan().calendars());
    calendars.add(new Plan.Calendar(name, rules(lines)));
    return within(calendars, plan().lasts());
  }

  /** A calendar's text between its first and last lines, read. */
  static ChangeCalendar rules(String... lines) {
    String text =
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//EN\r\n"
            + String.join("\r\n", lines)
            + "\r\nEND:VCALENDAR\r\n";
    return ChangeCalendar.read(text.getBytes(StandardCharsets.UTF_8)).calendar().orElseThrow();
  }

  /** Closed from one time of the day of the samples to another. */
  SituationSample closed(String name, String from, String until) {
    return calendar(
        name,
        "X-CALENDAR-TYPE:DEFAULT_OPEN",
        "BEGIN:VEVENT",
        "UID:" + name,
        "DTSTART:" + compact(from),
        "DTEND:" + compact(until),
        "END:VEVENT");
  }

  private static String compact(String time) {
    return Expected.t(time).toString().replaceAll("[-:]", "");
  }

  SituationSample lasts(Duration duration) {
    return within(plan().calendars(), Optional.of(duration));
  }

  private SituationSample within(List<Plan.Calendar> calendars, Optional<Duration> lasts) {
    Plan p = plan();
    return plan(
        new Plan(
            last,
            p.assignment(),
            p.effectiveFrom(),
            p.schedule(),
            p.anchor(),
            p.splay(),
            p.enabled(),
            p.onlyTicks(),
            p.rerun(),
            p.needsPermit(),
            p.runOffline(),
            p.takesSlot(),
            calendars,
            lasts));
  }

  SituationSample frozen(String from, String until) {
    freeze =
        Optional.of(
            new Freeze(Expected.t(from), Optional.of(Expected.t(until)), "the move", "ann"));
    return this;
  }

  SituationSample schedule(String expression) {
    return with(
        expression.isEmpty() ? Optional.empty() : Optional.of(schedule(expression, 0)),
        plan().splay(),
        plan().enabled(),
        plan().onlyTicks(),
        plan().rerun(),
        plan().needsPermit(),
        plan().takesSlot());
  }

  SituationSample splay(Duration splay) {
    Plan p = plan();
    return with(
        p.schedule(), splay, p.enabled(), p.onlyTicks(), p.rerun(), p.needsPermit(), p.takesSlot());
  }

  SituationSample disabled() {
    Plan p = plan();
    return with(
        p.schedule(), p.splay(), false, p.onlyTicks(), p.rerun(), p.needsPermit(), p.takesSlot());
  }

  SituationSample onlyTicks() {
    Plan p = plan();
    return with(
        p.schedule(), p.splay(), p.enabled(), true, p.rerun(), p.needsPermit(), p.takesSlot());
  }

  SituationSample rerun() {
    Plan p = plan();
    return with(
        p.schedule(), p.splay(), p.enabled(), p.onlyTicks(), true, p.needsPermit(), p.takesSlot());
  }

  SituationSample needsPermit() {
    Plan p = plan();
    return with(
        p.schedule(), p.splay(), p.enabled(), p.onlyTicks(), p.rerun(), true, p.takesSlot());
  }

  /** Needs a permit, but for when it is cut off. */
  SituationSample runsOffline() {
    Plan p = plan();
    return plan(
        new Plan(
            last,
            BODY,
            p.effectiveFrom(),
            p.schedule(),
            p.anchor(),
            p.splay(),
            p.enabled(),
            p.onlyTicks(),
            p.rerun(),
            true,
            true,
            p.takesSlot(),
            p.calendars(),
            p.lasts()));
  }

  Instant moment() {
    return now;
  }

  SituationSample contact(Permits.Contact now) {
    contact = now;
    return this;
  }

  SituationSample granted(int number, Trigger trigger) {
    granted.put(Samples.association(number), trigger);
    return this;
  }

  SituationSample superseded(int number, Trigger trigger) {
    superseded.put(Samples.association(number), trigger);
    return this;
  }

  SituationSample stop(int number, Trigger trigger) {
    stopped.add(Identity.executionId(Samples.association(number), trigger));
    return this;
  }

  SituationSample inventory() {
    Plan p = plan();
    return with(
        p.schedule(), p.splay(), p.enabled(), p.onlyTicks(), p.rerun(), p.needsPermit(), false);
  }

  private SituationSample with(
      Optional<Schedule> schedule,
      Duration splay,
      boolean enabled,
      boolean onlyTicks,
      boolean rerun,
      boolean needsPermit,
      boolean takesSlot) {
    return plan(
        new Plan(
            last,
            BODY,
            plan().effectiveFrom(),
            schedule,
            plan().anchor(),
            splay,
            enabled,
            onlyTicks,
            rerun,
            needsPermit,
            plan().runOffline(),
            takesSlot,
            plan().calendars(),
            plan().lasts()));
  }

  SituationSample handledThrough(String time) {
    return handledThrough(Expected.t(time));
  }

  SituationSample handledThrough(Instant moment) {
    Past p = past();
    return past(Optional.of(moment), p.forgottenThrough(), p.catchUp(), p.delay(), p.again());
  }

  SituationSample forgottenThrough(String time) {
    Past p = past();
    return past(
        p.handledThrough(), Optional.of(Expected.t(time)), p.catchUp(), p.delay(), p.again());
  }

  SituationSample waiting(Past.CatchUp catchUp) {
    Past p = past();
    return past(
        p.handledThrough(), p.forgottenThrough(), Optional.of(catchUp), p.delay(), p.again());
  }

  SituationSample waiting(Past.Delay delay) {
    Past p = past();
    return past(
        p.handledThrough(), p.forgottenThrough(), p.catchUp(), Optional.of(delay), p.again());
  }

  SituationSample waiting(Past.Again again) {
    Past p = past();
    return past(
        p.handledThrough(), p.forgottenThrough(), p.catchUp(), p.delay(), Optional.of(again));
  }

  SituationSample knows(Trigger trigger) {
    switch (trigger) {
      case Trigger.Tick(Instant at) -> past().ticks().add(at);
      case Trigger.Change _, Trigger.Enter _, Trigger.Manual _ -> past().others().add(trigger);
    }
    return this;
  }

  private SituationSample past(
      Optional<Instant> handledThrough,
      Optional<Instant> forgottenThrough,
      Optional<Past.CatchUp> catchUp,
      Optional<Past.Delay> delay,
      Optional<Past.Again> again) {
    past.put(
        last,
        new Past(
            handledThrough,
            forgottenThrough,
            past().ticks(),
            past().others(),
            catchUp,
            delay,
            again));
    return this;
  }

  SituationSample pending(int number, Trigger trigger) {
    return pending(number, trigger, BODY, now.plusSeconds(3600));
  }

  SituationSample pending(int number, Trigger trigger, String notAfter) {
    return pending(number, trigger, BODY, Expected.t(notAfter));
  }

  /** A manual start that ignores calendars. */
  SituationSample pendingWhatever(int number, Trigger trigger) {
    pending.add(
        new PendingTrigger(
            Samples.association(number),
            trigger,
            "test",
            now.plusSeconds(3600),
            BODY,
            true,
            Optional.empty()));
    return this;
  }

  /** A trigger whose execution is over at a moment. */
  SituationSample pendingUntil(int number, Trigger trigger, String endBy) {
    pending.add(
        new PendingTrigger(
            Samples.association(number),
            trigger,
            "test",
            now.plusSeconds(3600),
            BODY,
            false,
            Optional.of(Expected.t(endBy))));
    return this;
  }

  /** A run that is ended at a moment. */
  SituationSample runningUntil(int number, Trigger trigger, String endBy) {
    running.add(
        new Running(
            Samples.association(number),
            Optional.of(trigger),
            true,
            false,
            Optional.of(Expected.t(endBy))));
    return this;
  }

  SituationSample pendingOfAnotherRevision(int number, Trigger trigger) {
    return pending(number, trigger, OTHER, now.plusSeconds(3600));
  }

  private SituationSample pending(
      int number, Trigger trigger, Sha256 assignment, Instant notAfter) {
    pending.add(
        new PendingTrigger(
            Samples.association(number),
            trigger,
            "test",
            notAfter,
            assignment,
            false,
            Optional.empty()));
    return this;
  }

  SituationSample cancel(int number, Trigger trigger) {
    cancelled.add(Identity.executionId(Samples.association(number), trigger));
    return this;
  }

  SituationSample running(int number, Trigger trigger) {
    running.add(new Running(Samples.association(number), Optional.of(trigger), true, false));
    return this;
  }

  SituationSample runningInventory(int number, Trigger trigger) {
    running.add(new Running(Samples.association(number), Optional.of(trigger), false, false));
    return this;
  }

  SituationSample ending(int number, Trigger trigger) {
    running.add(new Running(Samples.association(number), Optional.of(trigger), true, true));
    return this;
  }

  SituationSample queue(Integer... numbers) {
    queue = Stream.of(numbers).map(Samples::association).toList();
    return this;
  }

  Decision decide() {
    Map<AssociationId, Instant> onTimeFrom = new HashMap<>();
    plans.keySet().forEach(association -> onTimeFrom.put(association, awakeSince));
    return Agenda.decide(
        new Situation(
            now,
            now,
            List.copyOf(plans.values()),
            Map.copyOf(past),
            List.copyOf(pending),
            Set.copyOf(cancelled),
            List.copyOf(running),
            onTimeFrom,
            freeze,
            queue,
            new Permits(contact, granted, superseded, stopped),
            host));
  }

  void expect(Action... actions) {
    assertEquals(List.of(actions), decide().actions());
  }

  private SituationSample plan(Plan plan) {
    plans.put(plan.association(), plan);
    return this;
  }

  private Plan plan() {
    Plan plan = plans.get(last);
    if (plan == null) {
      throw new IllegalStateException("name a plan first");
    }
    return plan;
  }

  private Past past() {
    return past.getOrDefault(last, Past.NONE);
  }
}
