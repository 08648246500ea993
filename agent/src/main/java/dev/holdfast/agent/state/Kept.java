package dev.holdfast.agent.state;

import dev.holdfast.report.Drift;
import java.time.Duration;
import java.util.List;

/** One resource in one task: what differs from what should be, and how that is put right. */
interface Kept {

  /** What differs now; changes nothing. */
  List<Drift> check();

  /** Puts right what was found to differ. */
  void apply(List<Drift> differs);

  /** How long a change has to hold until it is looked at again. */
  default Duration settle() {
    return Duration.ZERO;
  }
}
