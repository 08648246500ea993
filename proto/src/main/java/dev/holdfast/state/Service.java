package dev.holdfast.state;

import java.util.List;
import java.util.Optional;

/**
 * {@code state:service}: a unit of systemd.
 *
 * @param unit with its suffix: {@code ssh.service}
 * @param running whether it runs; empty: not looked at
 * @param startup whether it starts by itself; empty: not looked at
 * @param restartWhenChanged names of earlier steps of the document: if one of them changed
 *     something in this run, the unit is restarted, if it runs
 * @param reload whether it is asked to reload instead, and restarted if it can't
 */
public record Service(
    String unit,
    Optional<Boolean> running,
    Optional<Startup> startup,
    List<String> restartWhenChanged,
    boolean reload)
    implements Resource {

  /** Copies the list. */
  public Service {
    restartWhenChanged = List.copyOf(restartWhenChanged);
  }

  @Override
  public String subject() {
    return "service " + unit;
  }

  /** Whether a unit starts by itself. */
  public enum Startup {
    /** With the host. */
    ENABLED,
    /** Not with the host. */
    DISABLED,
    /** Not at all, by nobody. */
    MASKED
  }
}
