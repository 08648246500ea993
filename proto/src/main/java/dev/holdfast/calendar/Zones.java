package dev.holdfast.calendar;

import dev.holdfast.calendar.Component.Property;
import dev.holdfast.schedule.ScheduleReader;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The time zones of one calendar. A TZID that is an IANA name, also behind a prefix, means the
 * rules that this program knows by it, which are kept up; any other means what the calendar's own
 * VTIMEZONE says.
 */
final class Zones {
  /** Before it nothing recurs and no event starts, so that no change of clocks matters. */
  private static final LocalDateTime EARLIEST = LocalDateTime.of(1966, 1, 1, 0, 0);

  private static final Pattern OFFSET = Pattern.compile("([+-])(\\d\\d)(\\d\\d)(\\d\\d)?");

  private final Map<String, ZoneRules> defined = new HashMap<>();
  private final Optional<ZoneRules> own;

  private Zones(Component calendar, Findings findings) {
    List<Component> zones = calendar.parts("VTIMEZONE");
    if (zones.size() > CalendarLimits.MAX_ZONES) {
      findings.error(
          zones.get(CalendarLimits.MAX_ZONES).line(),
          zones.size()
              + " time zones; at most "
              + CalendarLimits.MAX_ZONES
              + " are allowed in a calendar");
    }
    zones.stream().limit(CalendarLimits.MAX_ZONES).forEach(zone -> define(zone, findings));
    own = own(calendar, zones, findings);
  }

  static Zones read(Component calendar, Findings findings) {
    return new Zones(calendar, findings);
  }

  /** The zone by which all-day events and floating times are read. */
  ZoneRules own() {
    return own.orElse(ZoneOffset.UTC.getRules());
  }

  /** Whether the calendar says which zone that is; else it is UTC. */
  boolean named() {
    return own.isPresent();
  }

  /** What a TZID means; empty if nobody knows. */
  Optional<ZoneRules> find(String tzid) {
    String name = tzid;
    while (true) {
      Optional<ZoneRules> known = known(name);
      if (known.isPresent()) {
        return known;
      }
      int slash = name.indexOf('/');
      if (slash < 0) {
        return Optional.ofNullable(defined.get(tzid));
      }
      name = name.substring(slash + 1);
    }
  }

  private static Optional<ZoneRules> known(String name) {
    return ScheduleReader.zone(name).map(zone -> zone.getRules());
  }

  private Optional<ZoneRules> own(Component calendar, List<Component> zones, Findings findings) {
    Optional<Property> named = calendar.all("X-WR-TIMEZONE").stream().findFirst();
    if (named.isPresent()) {
      Optional<ZoneRules> rules = find(named.get().value().strip());
      if (rules.isPresent()) {
        return rules;
      }
      findings.error(
          named.get().line(),
          "X-WR-TIMEZONE "
              + Findings.quoted(named.get().value())
              + " is no IANA name, and no VTIMEZONE defines it");
    }
    return zones.size() == 1
        ? zones.getFirst().all("TZID").stream()
            .findFirst()
            .flatMap(tzid -> find(tzid.value().strip()))
        : Optional.empty();
  }

  private void define(Component zone, Findings findings) {
    Optional<Property> tzid = zone.one("TZID", findings);
    if (tzid.isEmpty()) {
      findings.error(zone.line(), "a VTIMEZONE without a TZID");
      return;
    }
    String name = tzid.get().value().strip();
    if (find(name).isPresent()) {
      return;
    }
    List<Component> observances =
        zone.components().stream()
            .filter(part -> part.name().equals("STANDARD") || part.name().equals("DAYLIGHT"))
            .toList();
    if (observances.isEmpty() || observances.size() > CalendarLimits.MAX_OBSERVANCES) {
      findings.error(
          zone.line(),
          "a VTIMEZONE has 1 to "
              + CalendarLimits.MAX_OBSERVANCES
              + " STANDARD and DAYLIGHT; this one has "
              + observances.size());
      return;
    }
    List<Change> changes = new ArrayList<>();
    for (Component observance : observances) {
      if (changes.size() <= CalendarLimits.MAX_CLOCK_CHANGES) {
        addChanges(observance, changes, findings);
      }
    }
    if (changes.size() > CalendarLimits.MAX_CLOCK_CHANGES) {
      findings.error(
          zone.line(),
          "clocks change more than "
              + CalendarLimits.MAX_CLOCK_CHANGES
              + " times in this VTIMEZONE; no more are allowed");
    } else if (!changes.isEmpty()) {
      defined.put(name, rules(changes));
    }
  }

  /** From an instant on clocks go by another offset. */
  private record Change(Instant at, ZoneOffset before, ZoneOffset after) {}

  private void addChanges(Component observance, List<Change> changes, Findings findings) {
    Optional<ZoneOffset> from = offset(observance, "TZOFFSETFROM", findings);
    Optional<ZoneOffset> to = offset(observance, "TZOFFSETTO", findings);
    Optional<Property> property = observance.one("DTSTART", findings);
    Optional<Moment> start = property.flatMap(text -> Moment.read(text.value().strip()));
    if (start.isEmpty() || start.get().kind() != Moment.Kind.LOCAL) {
      findings.error(
          property.map(Property::line).orElse(observance.line()),
          "the DTSTART of " + observance.name() + " is a local time, like 19700329T020000");
    }
    if (from.isEmpty()
        || to.isEmpty()
        || start.isEmpty()
        || start.get().kind() != Moment.Kind.LOCAL) {
      return;
    }
    List<LocalDateTime> onsets = new ArrayList<>(List.of(start.get().local()));
    for (Property date : observance.all("RDATE")) {
      for (String item : date.value().strip().split(",", -1)) {
        Optional<Moment> onset = Moment.read(item);
        onset.ifPresentOrElse(
            moment -> onsets.add(moment.local()),
            () -> findings.error(date.line(), Findings.quoted(item) + " in RDATE is no time"));
      }
    }
    Optional<Property> rule = observance.one("RRULE", findings);
    if (rule.isPresent() && !rule.get().value().matches("(?i)(.*;)?FREQ=YEARLY(;.*)?")) {
      findings.error(rule.get().line(), "clocks change by a YEARLY rule or by single times");
    } else if (rule.isPresent()) {
      RuleReader.read(rule.get(), start.get(), from.get().getRules(), findings)
          .ifPresent(
              recurrence ->
                  recurrence.visit(
                      EARLIEST,
                      Recurrence.END,
                      onset -> {
                        onsets.add(onset);
                        return onsets.size() <= CalendarLimits.MAX_CLOCK_CHANGES;
                      }));
    }
    for (LocalDateTime onset : onsets) {
      changes.add(new Change(onset.toInstant(from.get()), from.get(), to.get()));
    }
  }

  private static Optional<ZoneOffset> offset(Component observance, String name, Findings findings) {
    Optional<Property> property = observance.one(name, findings);
    Matcher form = OFFSET.matcher(property.map(text -> text.value().strip()).orElse(""));
    if (form.matches()) {
      int sign = form.group(1).equals("-") ? -1 : 1;
      int seconds = form.group(4) == null ? 0 : Integer.parseInt(form.group(4));
      int total =
          Integer.parseInt(form.group(2)) * 3600 + Integer.parseInt(form.group(3)) * 60 + seconds;
      if (total <= ZoneOffset.MAX.getTotalSeconds()) {
        return Optional.of(ZoneOffset.ofTotalSeconds(sign * total));
      }
    }
    findings.error(
        property.map(Property::line).orElse(observance.line()),
        "the " + name + " of " + observance.name() + " is an offset, like +0100");
    return Optional.empty();
  }

  private static ZoneRules rules(List<Change> changes) {
    TreeMap<Instant, Change> inOrder = new TreeMap<>();
    changes.stream()
        .sorted(Comparator.comparing(Change::at))
        .forEach(change -> inOrder.put(change.at, change));
    ZoneOffset offset = inOrder.firstEntry().getValue().before;
    ZoneOffset first = offset;
    List<ZoneOffsetTransition> transitions = new ArrayList<>();
    for (Change change : inOrder.values()) {
      if (!change.after.equals(offset)) {
        transitions.add(
            ZoneOffsetTransition.of(
                LocalDateTime.ofInstant(change.at, offset), offset, change.after));
        offset = change.after;
      }
    }
    return ZoneRules.of(first, first, List.of(), transitions, List.of());
  }
}
