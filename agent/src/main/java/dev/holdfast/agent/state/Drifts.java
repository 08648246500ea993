package dev.holdfast.agent.state;

import dev.holdfast.report.Drift;
import dev.holdfast.task.RunLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Collects differences, in the form and the bounds in which they are told. */
final class Drifts {
  /** Stands where a value is a secret. */
  static final String MASKED = "***";

  private final String resource;
  private final List<Drift> found = new ArrayList<>();

  Drifts(String resource) {
    this.resource = resource;
  }

  Drifts add(String property, String actual, String desired) {
    found.add(new Drift(resource, property, actual, desired));
    return this;
  }

  /** Adds a difference if the two are not equal; nothing desired is not looked at. */
  <T> Drifts compare(String property, T actual, Optional<? extends T> desired) {
    if (desired.isPresent() && !desired.get().equals(actual)) {
      add(property, String.valueOf(actual), String.valueOf(desired.get()));
    }
    return this;
  }

  List<Drift> list() {
    return List.copyOf(found);
  }

  /** At most as many as a step tells, each no longer than it is told. */
  static List<Drift> bounded(List<Drift> drift) {
    List<Drift> few = new ArrayList<>();
    for (Drift one : drift.subList(0, Math.min(drift.size(), RunLimits.MAX_STEP_DRIFT))) {
      few.add(
          new Drift(
              cut(one.resource()), cut(one.property()), cut(one.actual()), cut(one.desired())));
    }
    return few;
  }

  private static String cut(String text) {
    String shown = printable(text);
    return shown.length() <= RunLimits.MAX_DRIFT_CHARS
        ? shown
        : shown.substring(0, RunLimits.MAX_DRIFT_CHARS - 3) + "...";
  }

  /** Control characters would play tricks on whoever looks at it in a terminal. */
  private static String printable(String text) {
    return text.chars().anyMatch(Character::isISOControl)
        ? text.replaceAll("\\p{Cntrl}", "?")
        : text;
  }

  static boolean has(List<Drift> drift, String property) {
    return drift.stream().anyMatch(one -> one.property().equals(property));
  }
}
