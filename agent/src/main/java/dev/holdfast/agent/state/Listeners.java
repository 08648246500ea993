package dev.holdfast.agent.state;

import dev.holdfast.state.Ports.Protocol;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The ports on which somebody listens, as the kernel lists them (proc(5)). */
final class Listeners {
  private static final String LISTENING = "0A";

  /** A socket of a connectionless protocol that receives from anybody. */
  private static final String UNCONNECTED = "07";

  private Listeners() {}

  /** The ports of a protocol, over IPv4 and IPv6, on any address. */
  static Set<Integer> of(Host host, Protocol protocol) {
    Set<Integer> ports = new TreeSet<>();
    String wanted = protocol == Protocol.TCP ? LISTENING : UNCONNECTED;
    for (String file : List.of(protocol.word(), protocol.word() + "6")) {
      host.kernel("/proc/net/" + file)
          .ifPresent(text -> text.lines().skip(1).forEach(line -> add(line, wanted, ports)));
    }
    return ports;
  }

  private static void add(String line, String wanted, Set<Integer> ports) {
    String[] fields = line.strip().split("\\s+", -1);
    if (fields.length > 3 && fields[3].equals(wanted)) {
      String local = fields[1];
      ports.add(Integer.parseInt(local.substring(local.lastIndexOf(':') + 1), 16));
    }
  }
}
