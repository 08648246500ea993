package dev.holdfast.agent.state;

import dev.holdfast.agent.process.ProcessException;
import dev.holdfast.report.Drift;
import java.util.List;

/**
 * Check, apply if it differs, check again. What is told as changed is what differed before; what is
 * told as failed is what differs still.
 */
final class Enforcement {
  private final Host host;
  private final Kept kept;
  private final String subject;

  Enforcement(Host host, Kept kept, String subject) {
    this.host = host;
    this.kept = kept;
    this.subject = subject;
  }

  Finding audit() {
    try {
      List<Drift> drift = kept.check();
      return drift.isEmpty()
          ? Finding.compliant()
          : new Finding(Finding.Word.DRIFTED, names(drift), drift, false);
    } catch (HostException | ProcessException e) {
      return failed(e, List.of(), false);
    }
  }

  Finding enforce() {
    List<Drift> before;
    try {
      before = kept.check();
    } catch (HostException | ProcessException e) {
      return failed(e, List.of(), false);
    }
    if (before.isEmpty()) {
      return Finding.compliant();
    }
    try {
      kept.apply(before);
      host.pause(kept.settle());
    } catch (HostException | ProcessException e) {
      return failed(e, before);
    }
    try {
      List<Drift> after = kept.check();
      return after.isEmpty()
          ? new Finding(Finding.Word.CHANGED, names(before), before, true)
          : new Finding(
              Finding.Word.FAILED,
              names(after) + ": changed, and found to differ again",
              after,
              true);
    } catch (HostException | ProcessException e) {
      return failed(e, before, true);
    }
  }

  /** A change did not come about whole; what of it did is looked at. */
  private Finding failed(RuntimeException why, List<Drift> before) {
    try {
      List<Drift> after = kept.check();
      return failed(why, after.isEmpty() ? before : after, !after.equals(before));
    } catch (HostException | ProcessException e) {
      return failed(why, before, true);
    }
  }

  private Finding failed(RuntimeException why, List<Drift> drift, boolean changed) {
    return new Finding(Finding.Word.FAILED, subject + ": " + why.getMessage(), drift, changed);
  }

  private static String names(List<Drift> drift) {
    StringBuilder text = new StringBuilder();
    for (Drift one : drift.subList(0, Math.min(3, drift.size()))) {
      text.append(text.isEmpty() ? "" : ", ").append(one.property()).append(" of ");
      text.append(one.resource());
    }
    return drift.size() > 3 ? text + " and " + (drift.size() - 3) + " more" : text.toString();
  }
}
