package dev.holdfast.calendar;

import dev.holdfast.calendar.Component.Property;
import dev.holdfast.document.DocumentLimits;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Reads a whole calendar. */
final class CalendarReader {
  private CalendarReader() {}

  static CalendarReading read(byte[] bytes) {
    Findings findings = new Findings();
    Optional<ChangeCalendar> calendar = Optional.empty();
    if (bytes.length > DocumentLimits.MAX_BYTES) {
      findings.error(
          0,
          "the text has "
              + bytes.length
              + " bytes; at most "
              + DocumentLimits.MAX_BYTES
              + " are allowed");
    } else {
      calendar = text(bytes, findings).flatMap(text -> calendar(text, findings));
    }
    return new CalendarReading(
        findings.none() ? calendar : Optional.empty(), findings.errors(), findings.warnings());
  }

  private static Optional<String> text(byte[] bytes, Findings findings) {
    try {
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException e) {
      findings.error(0, "the text is not UTF-8");
      return Optional.empty();
    }
  }

  private static Optional<ChangeCalendar> calendar(String text, Findings findings) {
    List<Component> roots = Component.read(text, findings);
    if (!findings.none()) {
      return Optional.empty();
    }
    if (roots.size() != 1 || !roots.getFirst().name().equals("VCALENDAR")) {
      findings.error(
          roots.isEmpty() ? 1 : roots.getLast().line(),
          "the text is one calendar, from BEGIN:VCALENDAR to END:VCALENDAR, and nothing else");
      return Optional.empty();
    }
    Component root = roots.getFirst();
    Optional<Property> version = root.one("VERSION", findings);
    if (!version.map(property -> property.value().strip()).equals(Optional.of("2.0"))) {
      findings.error(
          version.map(Property::line).orElse(root.line()), "the calendar's VERSION has to be 2.0");
    }
    Optional<Property> scale = root.one("CALSCALE", findings);
    if (scale.isPresent() && !scale.get().value().strip().equalsIgnoreCase("GREGORIAN")) {
      findings.error(
          scale.get().line(),
          "the CALSCALE " + Findings.quoted(scale.get().value()) + "; only GREGORIAN is supported");
    }
    Optional<CalendarState> byDefault = byDefault(root, findings);
    List<Event> events = new EventReader(Zones.read(root, findings), findings).read(root);
    return byDefault.map(state -> new ChangeCalendar(state, events));
  }

  private static Optional<CalendarState> byDefault(Component root, Findings findings) {
    Optional<Property> type = root.one("X-CALENDAR-TYPE", findings);
    String value = type.map(text -> text.value().strip().toUpperCase(Locale.ROOT)).orElse("");
    return switch (value) {
      case "DEFAULT_OPEN" -> Optional.of(CalendarState.OPEN);
      case "DEFAULT_CLOSED" -> Optional.of(CalendarState.CLOSED);
      default -> {
        findings.error(
            type.map(Property::line).orElse(root.line()),
            "the calendar needs a line X-CALENDAR-TYPE:DEFAULT_OPEN, if its events close it, or"
                + " X-CALENDAR-TYPE:DEFAULT_CLOSED, if they open it"
                + (type.isPresent() ? "; this is " + Findings.quoted(type.get().value()) : ""));
        yield Optional.empty();
      }
    };
  }
}
