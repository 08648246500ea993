package dev.holdfast.coordinator.association;

import dev.holdfast.assignment.CalendarReference;
import dev.holdfast.calendar.CalendarLimits;
import dev.holdfast.coordinator.admin.CalendarDocuments;
import dev.holdfast.coordinator.admin.DocumentForm;
import dev.holdfast.coordinator.admin.Findings;
import dev.holdfast.coordinator.store.Documents;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.wire.v1.Association;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The change calendars that an association names, in the versions in effect.
 *
 * @param found those that are there, in the order of the association
 * @param problems what is wrong with the others
 */
record Calendars(List<CalendarReference> found, List<Problem> problems) {

  Calendars {
    found = List.copyOf(found);
    problems = List.copyOf(problems);
  }

  /**
   * What is wrong with one.
   *
   * @param reason the error's name
   * @param field of the association
   */
  record Problem(String reason, String field, String message) {}

  /** Finds them. */
  static Calendars of(Read read, Association content) {
    List<CalendarReference> found = new ArrayList<>();
    List<Problem> problems = new ArrayList<>();
    int count = content.getCalendarNamesCount();
    if (count > CalendarLimits.MAX_CALENDARS) {
      problems.add(
          new Problem(
              "InvalidParameters",
              "calendar_names",
              "has " + count + " items; at most " + CalendarLimits.MAX_CALENDARS + " are allowed"));
      return new Calendars(found, problems);
    }
    Set<String> names = new HashSet<>();
    for (int i = 0; i < count; i++) {
      String field = "calendar_names[" + i + "]";
      String name = content.getCalendarNames(i);
      String shown = "'" + Findings.printable(name) + "'";
      Optional<Documents.Name> document = Documents.find(read, name);
      Optional<Documents.Version> version =
          document.flatMap(row -> DocumentForm.select(read, row, DocumentForm.DEFAULT));
      if (!names.add(name)) {
        problems.add(new Problem("InvalidParameters", field, shown + " is named twice"));
      } else if (version.isEmpty()) {
        problems.add(new Problem("InvalidDocument", field, "there is no calendar " + shown));
      } else if (!CalendarDocuments.isCalendar(document.orElseThrow())) {
        problems.add(
            new Problem(
                "InvalidDocumentType", field, "the document " + shown + " is no change calendar"));
      } else {
        found.add(new CalendarReference(name, version.get().version(), version.get().sha256()));
      }
    }
    return new Calendars(found, problems);
  }
}
