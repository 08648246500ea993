package dev.holdfast.calendar;

import dev.holdfast.document.Problem;
import java.util.List;
import java.util.Optional;

/**
 * What reading a calendar came to.
 *
 * @param calendar present if and only if there are no errors
 * @param errors all at once, in the order of the text; columns are always 1; 0:0 is the whole text
 * @param warnings worth knowing: what is taken otherwise than its author may think
 */
public record CalendarReading(
    Optional<ChangeCalendar> calendar, List<Problem> errors, List<Problem> warnings) {

  /** Copies the lists. */
  public CalendarReading {
    errors = List.copyOf(errors);
    warnings = List.copyOf(warnings);
  }
}
