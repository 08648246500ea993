package dev.holdfast.state;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * {@code state:package}: packages of the host's own package manager, changed in one transaction.
 *
 * @param wanted by name, in the order of the text
 * @param purge whether a package that goes takes its configuration with it, where the manager makes
 *     a difference
 * @param refresh whether what the manager knows of its sources is fetched anew before a change
 */
public record Packages(Map<String, Want> wanted, boolean purge, Refresh refresh)
    implements Resource {

  /** Copies, in order. */
  public Packages {
    wanted = Collections.unmodifiableMap(new LinkedHashMap<>(wanted));
  }

  @Override
  public String subject() {
    return wanted.size() == 1
        ? "package " + wanted.keySet().iterator().next()
        : wanted.size() + " packages";
  }

  /** What is wanted of a package. */
  public sealed interface Want {
    /** Installed, whatever version. */
    record Present() implements Want {}

    /** Not installed. */
    record Absent() implements Want {}

    /** Installed, in the newest version that the manager's sources are known to have. */
    record Latest() implements Want {}

    /** Installed in this version, as the manager writes it. */
    record Version(String version) implements Want {}
  }

  /** When the manager's knowledge of its sources is fetched anew. Never by a mere check. */
  public enum Refresh {
    /** Before a change that installs something. */
    BEFORE_INSTALL,
    /** Not by us. */
    NEVER
  }
}
