package dev.holdfast.agent.state;

import dev.holdfast.agent.state.Host.Access;
import dev.holdfast.agent.state.Host.Body;
import dev.holdfast.report.Drift;
import dev.holdfast.state.Sysctl;
import dev.holdfast.state.TextPart;
import dev.holdfast.task.RunLimits;
import java.util.List;
import java.util.Optional;

/**
 * Keeps a setting of the kernel: its value now, and a line in a file of ours for the next start.
 */
final class KeptSysctl implements Kept {
  /** Read last among its like, so that it wins. */
  static final String FILE = "/etc/sysctl.d/99-zz-holdfast.conf";

  private static final String VALUE = "value";
  private static final String PERSISTED = "persisted";

  private final Host host;
  private final Sysctl sysctl;

  KeptSysctl(Host host, Sysctl sysctl) {
    this.host = host;
    this.sysctl = sysctl;
  }

  @Override
  public List<Drift> check() {
    Drifts drifts = new Drifts(sysctl.subject());
    drifts.compare(
        VALUE,
        host.kernel(path())
            .map(value -> value.strip().replaceAll("\\s+", " "))
            .orElseThrow(() -> new HostException("this kernel has no such setting")),
        Optional.of(sysctl.value()));
    if (sysctl.persist()) {
      String text = text();
      if (!line().put(text).equals(text)) {
        drifts.add(PERSISTED, "no", "yes");
      }
    }
    return drifts.list();
  }

  @Override
  public void apply(List<Drift> differs) {
    if (Drifts.has(differs, VALUE)) {
      host.setKernel(path(), sysctl.value());
    }
    if (Drifts.has(differs, PERSISTED)) {
      host.put(FILE, new Body.Text(line().put(text())), new Access(0644, "root", "root"));
    }
  }

  private String text() {
    return host.look(FILE).isPresent() ? host.read(FILE, RunLimits.MAX_EDITED_BYTES) : "";
  }

  private TextPart.Line line() {
    String key = sysctl.key().replace(".", "\\.");
    return new TextPart.Line(
        sysctl.key() + " = " + sysctl.value(), Optional.of("^" + key + "\\s*="));
  }

  /** Dots and slashes change places, as sysctl(8) has it. */
  private String path() {
    StringBuilder path = new StringBuilder("/proc/sys/");
    boolean slashes = sysctl.key().indexOf('/') >= 0 && firstIsSlash();
    for (char c : sysctl.key().toCharArray()) {
      path.append(slashes ? c : c == '.' ? '/' : c == '/' ? '.' : c);
    }
    return path.toString();
  }

  private boolean firstIsSlash() {
    int dot = sysctl.key().indexOf('.');
    int slash = sysctl.key().indexOf('/');
    return dot < 0 || slash < dot;
  }
}
