package dev.holdfast.agent.process;

import java.nio.file.Path;
import java.util.Optional;

/**
 * How a script and all that comes of it are kept together, so that they can be ended together.
 * Chosen once, when the agent starts; whatever is chosen, a mark in the environment, a limit that
 * is inherited like one, sessions, groups and parents are looked at as well.
 *
 * @param kind of the control groups
 * @param groups folder of control groups below which each start has one of its own; empty for
 *     {@link Kind#NONE}
 * @param counted the same in a hierarchy that bounds how many processes there are; empty: nothing
 *     does, unless the first hierarchy does it
 * @param tagged whether the inherited limit is set
 */
public record Containment(
    Kind kind, Optional<Path> groups, Optional<Path> counted, boolean tagged) {

  /** Control groups by what they can do. */
  public enum Kind {
    /** Version 2: ended in one call, or frozen first where the kernel is older than 5.14. */
    UNIFIED("cgroup v2"),

    /** Version 1: frozen, then ended. */
    FREEZER("cgroup v1 freezer"),

    /** Version 1: kept from starting processes, then ended. */
    PIDS("cgroup v1 pids"),

    /** Version 1, a hierarchy without controllers: it only says what belongs together. */
    NAMED("cgroup v1 named"),

    /** There are none that the agent may use. */
    NONE("none");

    private final String text;

    Kind(String text) {
      this.text = text;
    }
  }

  /** For a log line: {@code cgroup v2, tasks bounded, tagged}. */
  public String text() {
    return kind.text + (counted.isPresent() ? ", tasks bounded" : "") + (tagged ? ", tagged" : "");
  }
}
