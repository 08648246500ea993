package dev.holdfast.schedule;

import dev.holdfast.document.Problem;
import java.util.List;
import java.util.Optional;

/**
 * What reading an expression came to.
 *
 * @param schedule present if and only if there are no errors
 * @param errors all at once; line 1, columns from 1
 */
public record ScheduleReading(Optional<Schedule> schedule, List<Problem> errors) {

  /** Copies the list. */
  public ScheduleReading {
    errors = List.copyOf(errors);
  }
}
