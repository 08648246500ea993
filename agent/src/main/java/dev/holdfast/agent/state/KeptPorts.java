package dev.holdfast.agent.state;

import dev.holdfast.report.Drift;
import dev.holdfast.state.Ports;
import dev.holdfast.state.Ports.Firewall;
import dev.holdfast.state.Ports.Protocol;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Looks whether somebody listens on ports, and keeps them open or closed in our firewall table. */
final class KeptPorts implements Kept {
  private static final String LISTENING = "listening";
  private static final String FIREWALL = "firewall";

  private final Host host;
  private final Ports ports;
  private final NftTable table;

  KeptPorts(Host host, Ports ports, Transcript transcript) {
    this.host = host;
    this.ports = ports;
    this.table = new NftTable(host, transcript);
  }

  @Override
  public List<Drift> check() {
    List<Drift> drift = new ArrayList<>();
    if (ports.listening().isPresent()) {
      boolean wanted = ports.listening().get();
      Set<Integer> listening = Listeners.of(host, ports.protocol());
      for (int number : ports.numbers()) {
        if (listening.contains(number) != wanted) {
          drift.add(
              new Drift(
                  ports.name(number), LISTENING, wanted ? "no" : "yes", wanted ? "yes" : "no"));
        }
      }
    }
    if (ports.firewall().isPresent()) {
      boolean wanted = ports.firewall().get() == Firewall.CLOSED;
      Set<Integer> closed = table.closed().getOrDefault(ports.protocol(), Set.of());
      for (int number : ports.numbers()) {
        if (closed.contains(number) != wanted) {
          drift.add(
              new Drift(
                  ports.name(number),
                  FIREWALL,
                  (wanted ? Firewall.OPEN : Firewall.CLOSED).word(),
                  ports.firewall().get().word()));
        }
      }
    }
    return drift;
  }

  @Override
  public void apply(List<Drift> differs) {
    if (Drifts.has(differs, FIREWALL)) {
      Map<Protocol, Set<Integer>> closed = table.closed();
      Set<Integer> numbers = closed.computeIfAbsent(ports.protocol(), each -> new TreeSet<>());
      if (ports.firewall().orElseThrow() == Firewall.CLOSED) {
        numbers.addAll(ports.numbers());
      } else {
        ports.numbers().forEach(numbers::remove);
      }
      table.close(closed);
    }
    if (Drifts.has(differs, LISTENING)) {
      throw new HostException(
          ports.listening().orElseThrow()
              ? "nobody listens; who listens is the matter of a service step"
              : "somebody listens; who does is the matter of a service step");
    }
  }
}
