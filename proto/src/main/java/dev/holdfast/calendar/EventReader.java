package dev.holdfast.calendar;

import dev.holdfast.calendar.Component.Property;
import dev.holdfast.calendar.Moment.Kind;
import dev.holdfast.calendar.Moment.Length;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads the events of a calendar. A cancelled one is left out; one with a RECURRENCE-ID takes the
 * place of that occurrence of the event with its UID.
 */
final class EventReader {
  private final Zones zones;
  private final Findings findings;
  private int occurrencesAYear;
  private boolean assumed;

  EventReader(Zones zones, Findings findings) {
    this.zones = zones;
    this.findings = findings;
  }

  /** A time with the zone that it is read by. */
  private record Placed(Moment moment, ZoneRules zone) {
    Instant instant() {
      return Moment.instant(moment.local(), zone);
    }
  }

  /** What is taken out of the occurrences of an event. */
  private record Exceptions(Set<Instant> starts, Set<LocalDate> days) {
    Exceptions() {
      this(new HashSet<>(), new HashSet<>());
    }

    /** Another with the same in it. */
    Exceptions copy() {
      return new Exceptions(new HashSet<>(starts), new HashSet<>(days));
    }

    void add(Placed placed) {
      if (placed.moment.kind() == Kind.DATE) {
        days.add(placed.moment.local().toLocalDate());
      } else {
        starts.add(placed.instant());
      }
    }
  }

  List<Event> read(Component calendar) {
    List<Component> parts = calendar.parts("VEVENT");
    if (parts.size() > CalendarLimits.MAX_EVENTS) {
      findings.error(
          parts.get(CalendarLimits.MAX_EVENTS).line(),
          parts.size() + " events; at most " + CalendarLimits.MAX_EVENTS + " are allowed");
      return List.of();
    }
    Map<String, Exceptions> replaced = new HashMap<>();
    for (Component part : parts) {
      replaced(part, replaced);
    }
    List<Event> events = new ArrayList<>();
    int rules = 0;
    for (Component part : parts) {
      rules += part.all("RRULE").isEmpty() ? 0 : 1;
      if (rules > CalendarLimits.MAX_RULES) {
        findings.error(
            part.line(),
            "more than "
                + CalendarLimits.MAX_RULES
                + " events that recur by a rule; no more are allowed");
        return List.of();
      }
      boolean override = !part.all("RECURRENCE-ID").isEmpty();
      Exceptions without =
          override ? new Exceptions() : replaced.getOrDefault(uid(part), new Exceptions()).copy();
      event(part, without).ifPresent(events::add);
    }
    if (occurrencesAYear > CalendarLimits.MAX_OCCURRENCES_A_YEAR) {
      findings.error(
          calendar.line(),
          "the rules of the calendar give more than "
              + CalendarLimits.MAX_OCCURRENCES_A_YEAR
              + " occurrences a year; no more are allowed");
    }
    return events;
  }

  private void replaced(Component part, Map<String, Exceptions> replaced) {
    Optional<Property> id = part.one("RECURRENCE-ID", findings);
    if (id.isEmpty()) {
      return;
    }
    if (id.get().parameters().containsKey("RANGE")) {
      findings.error(
          id.get().line(), "a RECURRENCE-ID with a RANGE is not supported; end the rule instead");
    }
    if (uid(part).isEmpty()) {
      findings.error(id.get().line(), "an event with a RECURRENCE-ID needs the UID of the other");
    }
    placed(id.get(), id.get().value())
        .ifPresent(
            placed -> replaced.computeIfAbsent(uid(part), uid -> new Exceptions()).add(placed));
  }

  private static String uid(Component event) {
    return event.all("UID").stream().findFirst().map(uid -> uid.value().strip()).orElse("");
  }

  private Optional<Event> event(Component part, Exceptions without) {
    part.all("EXRULE")
        .forEach(rule -> findings.error(rule.line(), "EXRULE is not supported; use EXDATE"));
    Optional<Property> status = part.one("STATUS", findings);
    Optional<Property> startText = part.one("DTSTART", findings);
    if (startText.isEmpty()) {
      findings.error(part.line(), "an event without a DTSTART");
      return Optional.empty();
    }
    Optional<Placed> start = placed(startText.get(), startText.get().value());
    Optional<Length> length = start.flatMap(placed -> length(part, placed));
    if (start.isEmpty() || length.isEmpty()) {
      return Optional.empty();
    }
    Moment first = start.get().moment;
    ZoneRules zone = start.get().zone;
    Optional<Property> ruleText = part.one("RRULE", findings);
    Optional<Recurrence> rule =
        ruleText.flatMap(text -> RuleReader.read(text, first, zone, findings));
    List<LocalDateTime> starts = new ArrayList<>(List.of(first.local()));
    for (Property dates : part.all("RDATE")) {
      for (Placed more : list(dates)) {
        starts.add(
            more.moment.kind() == Kind.DATE
                ? more.moment.local()
                : LocalDateTime.ofInstant(more.instant(), zone.getOffset(more.instant())));
      }
    }
    for (Property dates : part.all("EXDATE")) {
      list(dates).forEach(without::add);
    }
    if (rule.isPresent()) {
      recurs(ruleText.orElseThrow(), first.local(), rule.get(), length.get());
    }
    boolean cancelled =
        status.filter(text -> text.value().strip().equalsIgnoreCase("CANCELLED")).isPresent();
    return cancelled
        ? Optional.empty()
        : Optional.of(new Event(zone, starts, rule, length.get(), without.starts, without.days));
  }

  private void recurs(Property text, LocalDateTime start, Recurrence rule, Length length) {
    if (length.days() + length.exact().toDays() > CalendarLimits.MAX_RECURRING_DAYS) {
      findings.error(
          text.line(),
          "an event that recurs lasts at most " + CalendarLimits.MAX_RECURRING_DAYS + " days");
    }
    List<LocalDateTime> one = new ArrayList<>();
    rule.visit(
        start,
        Recurrence.END,
        time -> {
          one.add(time);
          return false;
        });
    if (!one.equals(List.of(start))) {
      findings.warn(
          text.line(),
          one.isEmpty()
              ? "the rule gives no occurrence; only that of DTSTART is there"
              : "the rule doesn't give the DTSTART; it is an occurrence all the same, beside those"
                  + " of the rule, from "
                  + one.getFirst());
    }
    rule.visit(
        start,
        start.plusYears(1),
        time -> ++occurrencesAYear <= CalendarLimits.MAX_OCCURRENCES_A_YEAR);
  }

  private Optional<Length> length(Component part, Placed start) {
    Optional<Property> end = part.one("DTEND", findings);
    Optional<Property> duration = part.one("DURATION", findings);
    boolean allDay = start.moment.kind() == Kind.DATE;
    if (end.isPresent() && duration.isPresent()) {
      findings.error(duration.get().line(), "an event has a DTEND or a DURATION, not both");
      return Optional.empty();
    }
    Optional<Length> length;
    if (end.isPresent()) {
      length = placed(end.get(), end.get().value()).flatMap(to -> between(end.get(), start, to));
    } else if (duration.isPresent()) {
      length = Moment.readLength(duration.get().value().strip());
      if (length.isEmpty() || (allDay && !length.get().exact().isZero())) {
        findings.error(
            duration.get().line(),
            "the DURATION "
                + Findings.quoted(duration.get().value())
                + "; like P1D, P2W"
                + (allDay ? " for a DTSTART without a time of day" : ", PT2H30M"));
        return Optional.empty();
      }
    } else {
      length = Optional.of(new Length(allDay ? 1 : 0, Duration.ZERO));
    }
    if (length.isPresent() && length.get().nothing()) {
      findings.warn(part.line(), "an event that lasts no time changes nothing");
    }
    if (length.isPresent()
        && start.moment.local().plusDays(length.get().days()).plus(length.get().exact()).getYear()
            > CalendarLimits.LAST_YEAR) {
      findings.error(
          part.line(), "an event that ends after " + CalendarLimits.LAST_YEAR + "; none may");
      return Optional.empty();
    }
    return length;
  }

  private Optional<Length> between(Property end, Placed start, Placed to) {
    boolean allDay = start.moment.kind() == Kind.DATE;
    if (allDay != (to.moment.kind() == Kind.DATE)) {
      findings.error(end.line(), "DTSTART and DTEND both have a time of day, or both have none");
      return Optional.empty();
    }
    if (to.instant().isBefore(start.instant())) {
      findings.error(end.line(), "the DTEND is before the DTSTART");
      return Optional.empty();
    }
    return Optional.of(
        allDay
            ? new Length(
                ChronoUnit.DAYS.between(start.moment.local(), to.moment.local()), Duration.ZERO)
            : new Length(0, Duration.between(start.instant(), to.instant())));
  }

  private List<Placed> list(Property dates) {
    if (dates.keyword("VALUE").equals("PERIOD")) {
      findings.error(dates.line(), dates.name() + " of periods is not supported; use times");
      return List.of();
    }
    List<Placed> list = new ArrayList<>();
    for (String item : dates.value().split(",", -1)) {
      placed(dates, item).ifPresent(list::add);
    }
    return list;
  }

  private Optional<Placed> placed(Property property, String text) {
    Optional<Moment> moment = Moment.read(text.strip());
    if (moment.isEmpty()) {
      findings.error(
          property.line(),
          property.name()
              + " "
              + Findings.quoted(text)
              + "; a time is like 20261224T180000, with a TZID or a Z, or a date like 20261224");
      return Optional.empty();
    }
    int year = moment.get().local().getYear();
    if (year < CalendarLimits.FIRST_YEAR || year > CalendarLimits.LAST_YEAR) {
      findings.error(
          property.line(),
          "the year of "
              + property.name()
              + " is "
              + year
              + "; allowed are "
              + CalendarLimits.FIRST_YEAR
              + " to "
              + CalendarLimits.LAST_YEAR);
      return Optional.empty();
    }
    return zone(property, moment.get()).map(zone -> new Placed(moment.get(), zone));
  }

  private Optional<ZoneRules> zone(Property property, Moment moment) {
    if (moment.kind() == Kind.UTC) {
      return Optional.of(ZoneOffset.UTC.getRules());
    }
    String tzid = property.parameters().getOrDefault("TZID", "");
    if (moment.kind() == Kind.DATE || tzid.isEmpty()) {
      if (!zones.named() && !assumed) {
        assumed = true;
        findings.warn(
            property.line(),
            "a day or a time without a time zone is taken for UTC; X-WR-TIMEZONE names another");
      }
      return Optional.of(zones.own());
    }
    Optional<ZoneRules> rules = zones.find(tzid);
    if (rules.isEmpty()) {
      findings.error(
          property.line(),
          "the TZID "
              + Findings.quoted(tzid)
              + " of "
              + property.name()
              + " is no IANA name, and no VTIMEZONE defines it");
    }
    return rules;
  }
}
