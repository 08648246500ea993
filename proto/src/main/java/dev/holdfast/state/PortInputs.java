package dev.holdfast.state;

import dev.holdfast.state.Ports.Firewall;
import dev.holdfast.state.Ports.Protocol;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads {@code state:port} and {@code state:firewall}. */
final class PortInputs {
  private static final int MAX = 65_535;
  private static final Map<String, Protocol> PROTOCOLS =
      Map.of("tcp", Protocol.TCP, "udp", Protocol.UDP);
  private static final Map<String, Firewall> FIREWALL =
      Map.of("open", Firewall.OPEN, "closed", Firewall.CLOSED);

  private PortInputs() {}

  static Optional<Resource> port(Inputs inputs) {
    List<Integer> numbers = numbers(inputs, "port", "22");
    Optional<Boolean> listening = inputs.flag("listening");
    Optional<Firewall> firewall = inputs.word("firewall", FIREWALL);
    if (!inputs.has("listening") && !inputs.has("firewall")) {
      inputs.error("listening", "state:port needs one of the inputs 'listening', 'firewall'");
    }
    return Optional.of(new Ports(numbers, protocol(inputs), listening, firewall));
  }

  static Optional<Resource> firewall(Inputs inputs) {
    List<Integer> numbers = numbers(inputs, "ports", "[23, 111]");
    Optional<Firewall> firewall = inputs.word("ensure", FIREWALL);
    if (!inputs.has("ensure")) {
      inputs.error("ensure", "state:firewall needs the input 'ensure': open or closed");
    }
    return Optional.of(new Ports(numbers, protocol(inputs), Optional.empty(), firewall));
  }

  private static Protocol protocol(Inputs inputs) {
    return inputs.word("protocol", PROTOCOLS).orElse(Protocol.TCP);
  }

  private static List<Integer> numbers(Inputs inputs, String key, String example) {
    if (!inputs.has(key)) {
      inputs.needed(key, example);
      return List.of();
    }
    List<Integer> numbers = inputs.numbers(key, 1, MAX).stream().distinct().sorted().toList();
    if (numbers.isEmpty() && !inputs.open() && inputs.texts(key).orElse(List.of()).isEmpty()) {
      inputs.error(key, "'" + key + "' is an empty list");
    }
    return numbers;
  }
}
