package dev.holdfast.agent.state;

import dev.holdfast.agent.process.Commands.Ran;
import dev.holdfast.document.DocumentReader;
import dev.holdfast.document.JsonText;
import dev.holdfast.document.Problem;
import dev.holdfast.document.Value;
import dev.holdfast.state.Ports.Protocol;
import dev.holdfast.task.RunLimits;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The one table of nftables that is ours, {@code inet holdfast}: it drops what comes from elsewhere
 * to the ports that are closed, and says nothing of anything else. Tables of others are neither
 * read nor written; what one of them drops is dropped whatever ours says.
 */
final class NftTable {
  private static final String NAME = "inet holdfast";
  private static final String ABSENT = "No such file or directory";

  private final Host host;
  private final Transcript transcript;

  NftTable(Host host, Transcript transcript) {
    this.host = host;
    this.transcript = transcript;
  }

  /** The ports that are closed. One whose rule is gone is not, whatever the set of ports says. */
  Map<Protocol, Set<Integer>> closed() {
    Ran ran =
        host.run(List.of("nft", "-j", "list", "table", "inet", "holdfast"), RunLimits.STATE_QUERY);
    if (!ran.well()) {
      if (ran.stderr().contains(ABSENT)) {
        return none();
      }
      throw failed(ran);
    }
    return closed(ran.stdout());
  }

  /** Makes the table anew, in one step. */
  void close(Map<Protocol, Set<Integer>> ports) {
    Ran ran =
        transcript.add(
            host.run(List.of("nft", "-f", "-"), Map.of(), script(ports), RunLimits.STATE_QUERY));
    if (!ran.well()) {
      throw failed(ran);
    }
  }

  static Map<Protocol, Set<Integer>> closed(String json) {
    List<Problem> problems = new ArrayList<>();
    Value root =
        DocumentReader.readJson(json.getBytes(StandardCharsets.UTF_8), problems)
            .orElseThrow(
                () -> new HostException("the answer of nft can't be read: " + problems.getFirst()));
    Map<Protocol, Set<Integer>> closed = none();
    Set<Protocol> dropped = new TreeSet<>();
    boolean hooked = false;
    for (Value each : items(field(root, "nftables"))) {
      hooked |= text(field(field(each, "chain"), "hook")).equals("input");
      String rule = JsonText.canonical(field(field(each, "rule"), "expr"));
      for (Protocol protocol : Protocol.values()) {
        if (text(field(field(each, "set"), "name")).equals(set(protocol))) {
          closed.put(protocol, numbers(field(field(each, "set"), "elem")));
        }
        if (rule.contains("\"@" + set(protocol) + "\"") && rule.contains("{\"drop\":null}")) {
          dropped.add(protocol);
        }
      }
    }
    boolean works = hooked;
    closed.replaceAll(
        (protocol, numbers) -> works && dropped.contains(protocol) ? numbers : new TreeSet<>());
    return closed;
  }

  static String script(Map<Protocol, Set<Integer>> ports) {
    // Named once so that the deletion finds it.
    StringBuilder text =
        new StringBuilder("table " + NAME + " {}\n").append("delete table " + NAME + "\n");
    if (ports.values().stream().allMatch(Set::isEmpty)) {
      return text.toString();
    }
    text.append("table ").append(NAME).append(" {\n");
    StringBuilder rules = new StringBuilder("    iifname \"lo\" accept\n");
    for (Map.Entry<Protocol, Set<Integer>> each : ports.entrySet()) {
      if (!each.getValue().isEmpty()) {
        text.append("  set ")
            .append(set(each.getKey()))
            .append(" { type inet_service; elements = { ")
            .append(each.getValue().stream().map(String::valueOf).collect(Collectors.joining(", ")))
            .append(" } }\n");
        rules
            .append("    ")
            .append(each.getKey().word())
            .append(" dport @")
            .append(set(each.getKey()))
            .append(" drop\n");
      }
    }
    return text.append("  chain input {\n")
        .append("    type filter hook input priority -10; policy accept;\n")
        .append(rules)
        .append("  }\n}\n")
        .toString();
  }

  private static Map<Protocol, Set<Integer>> none() {
    Map<Protocol, Set<Integer>> none = new EnumMap<>(Protocol.class);
    for (Protocol protocol : Protocol.values()) {
      none.put(protocol, new TreeSet<>());
    }
    return none;
  }

  private static String set(Protocol protocol) {
    return "closed_" + protocol.word();
  }

  private static Set<Integer> numbers(Value elements) {
    Set<Integer> numbers = new TreeSet<>();
    for (Value each : items(elements)) {
      if (each instanceof Value.Num(var number)) {
        numbers.add(number.intValue());
      }
    }
    return numbers;
  }

  private static Value field(Value value, String name) {
    return value instanceof Value.Fields(var fields)
        ? fields.getOrDefault(name, new Value.Null())
        : new Value.Null();
  }

  private static List<Value> items(Value value) {
    return value instanceof Value.Items(var items) ? items : List.of();
  }

  private static String text(Value value) {
    return value instanceof Value.Text(var text) ? text : "";
  }

  private static HostException failed(Ran ran) {
    return new HostException(
        "nft ended with exit code "
            + ran.exitCode()
            + ran.stderr()
                .lines()
                .filter(line -> line.contains("Error"))
                .findFirst()
                .map(line -> ": " + line.strip())
                .orElseGet(() -> KeptScript.lastLine(ran)));
  }
}
