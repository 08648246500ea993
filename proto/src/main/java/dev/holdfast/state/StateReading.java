package dev.holdfast.state;

import java.util.List;
import java.util.Optional;

/**
 * What reading the inputs of a step came to.
 *
 * @param resource present if there are no errors and no token is left to fill in
 * @param errors all of them, in the order in which they were found
 */
public record StateReading(Optional<Resource> resource, List<Finding> errors) {

  /** Copies the list. */
  public StateReading {
    errors = List.copyOf(errors);
  }
}
