package dev.holdfast.agent.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.report.Drift;
import dev.holdfast.state.Ports;
import dev.holdfast.state.Ports.Firewall;
import dev.holdfast.state.Ports.Protocol;
import dev.holdfast.state.Script;
import dev.holdfast.state.Sysctl;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Ports, settings of the kernel, and what scripts check. */
final class KeptPortsTest {
  private static final String TCP =
      """
        sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid
         0: 0100007F:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0
         1: 0100007F:1F90 0100007F:0016 01 00000000:00000000 00:00000000 00000000     0
      """;
  private static final String TCP6 =
      """
        sl  local_address                         remote_address                        st
         0: 00000000000000000000000000000000:0050 00000000000000000000000000000000:0000 0A
      """;
  private static final String TABLE =
      """
      {"nftables": [{"metainfo": {"version": "1.0.6"}},
      {"table": {"family": "inet", "name": "holdfast", "handle": 1}},
      {"set": {"family": "inet", "name": "closed_tcp", "table": "holdfast", "elem": [23, 111]}},
      {"chain": {"family": "inet", "table": "holdfast", "name": "input", "hook": "input", "prio": -10}},
      {"rule": {"family": "inet", "chain": "input", "expr": [{"match": {"op": "==", "left":
        {"meta": {"key": "iifname"}}, "right": "lo"}}, {"accept": null}]}}%s]}
      """;
  private static final String RULE =
      """
      ,{"rule": {"family": "inet", "chain": "input", "expr": [{"match": {"op": "==", "left":
        {"payload": {"protocol": "tcp", "field": "dport"}}, "right": "@closed_tcp"}}, {"drop": null}]}}
      """;

  private final MemoryHost host = new MemoryHost();

  @Test
  void whoListensIsReadFromTheKernelsLists() {
    host.kernel.put("/proc/net/tcp", TCP);
    host.kernel.put("/proc/net/tcp6", TCP6);

    assertEquals(Set.of(22, 80), Listeners.of(host, Protocol.TCP));
    assertEquals(Set.of(), Listeners.of(host, Protocol.UDP));
    assertEquals(
        List.of(new Drift("port 8080/tcp", "listening", "no", "yes")),
        listening(true, 22, 80, 8_080).check());
    assertEquals(
        List.of(new Drift("port 22/tcp", "listening", "yes", "no")),
        listening(false, 22, 8_080).check());
    assertThrows(
        HostException.class, () -> listening(false, 22).apply(listening(false, 22).check()));
    assertEquals(List.of(), host.commands);
  }

  @Test
  void aPortIsClosedOnlyWhileTheRuleThatDropsIsThere() {
    assertEquals(Set.of(23, 111), NftTable.closed(TABLE.formatted(RULE)).get(Protocol.TCP));
    assertEquals(Set.of(), NftTable.closed(TABLE.formatted("")).get(Protocol.TCP));
    assertEquals(
        Set.of(),
        NftTable.closed(TABLE.formatted(RULE).replace("\"hook\"", "\"other\"")).get(Protocol.TCP));
  }

  @Test
  void otherPortsThatAreClosedStayClosed() {
    host.programs(words -> MemoryHost.said(words.contains("-j") ? TABLE.formatted(RULE) : ""));
    KeptPorts kept = firewall(Firewall.CLOSED, 23, 69);

    List<Drift> drift = kept.check();
    kept.apply(drift);

    assertEquals(List.of(new Drift("port 69/tcp", "firewall", "open", "closed")), drift);
    assertTrue(
        host.commands.getLast().contains("elements = { 23, 69, 111 }"), host.commands::toString);
  }

  @Test
  void aTableThatIsNotThereClosesNothingAndOneThatClosesNothingGoes() {
    host.programs(
        words -> MemoryHost.failed(1, "Error: No such file or directory; did you mean ...\n"));
    assertEquals(List.of(), firewall(Firewall.OPEN, 23).check());

    assertEquals(
        "table inet holdfast {}\ndelete table inet holdfast\n",
        NftTable.script(Map.of(Protocol.TCP, Set.of())));
  }

  @Test
  void whatNftRefusesIsToldInItsWords() {
    host.programs(words -> MemoryHost.failed(1, "x\nError: Operation not permitted\n"));

    assertEquals(
        "nft ended with exit code 1: Error: Operation not permitted",
        assertThrows(HostException.class, () -> firewall(Firewall.OPEN, 23).check()).getMessage());
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "net.ipv4.ip_forward, /proc/sys/net/ipv4/ip_forward",
    "net.ipv4.conf.eth0/1.rp_filter, /proc/sys/net/ipv4/conf/eth0.1/rp_filter",
    "net/ipv4/conf/eth0.1/rp_filter, /proc/sys/net/ipv4/conf/eth0.1/rp_filter",
  })
  void aSettingIsSetNowAndInAFileForTheNextStart(String key, String path) {
    host.kernel.put(path, "0\n");
    KeptSysctl kept = new KeptSysctl(host, new Sysctl(key, "1", true));

    List<Drift> drift = kept.check();
    kept.apply(drift);

    assertEquals(
        List.of(
            new Drift("sysctl " + key, "value", "0", "1"),
            new Drift("sysctl " + key, "persisted", "no", "yes")),
        drift);
    assertEquals("1", host.kernel.get(path));
    assertEquals(key + " = 1\n", host.content(KeptSysctl.FILE));
    assertEquals(List.of(), kept.check());
  }

  @Test
  void settingsHaveALineEachAndBlanksBetweenWordsAreOne() {
    host.kernel.put("/proc/sys/net/ipv4/tcp_rmem", "4096\t131072\t6291456\n");
    host.with(KeptSysctl.FILE, "a.b = 1\nnet.ipv4.tcp_rmem=1\n");
    KeptSysctl kept =
        new KeptSysctl(host, new Sysctl("net.ipv4.tcp_rmem", "4096 131072 6291456", true));

    assertEquals(
        List.of(new Drift("sysctl net.ipv4.tcp_rmem", "persisted", "no", "yes")), kept.check());
    kept.apply(kept.check());

    assertEquals(
        "a.b = 1\nnet.ipv4.tcp_rmem = 4096 131072 6291456\n", host.content(KeptSysctl.FILE));
    assertThrows(
        HostException.class, () -> new KeptSysctl(host, new Sysctl("a.b", "1", false)).check());
  }

  @Test
  void theExitCodeOfACheckSaysWhetherItDiffersAndItsLinesSayWhat() {
    KeptScript kept = script(Optional.of("apply"));

    assertEquals(List.of(), kept.check());
    host.programs(words -> new dev.holdfast.agent.process.Commands.Ran(1, "one\n\n two \n", ""));
    assertEquals(
        List.of(
            new Drift("step", "check", "one", "no difference"),
            new Drift("step", "check", "two", "no difference")),
        kept.check());
    host.programs(words -> MemoryHost.failed(1, ""));
    assertEquals(List.of(new Drift("step", "check", "exit code 1", "exit code 0")), kept.check());
    host.programs(words -> MemoryHost.failed(2, "no such tool\n"));
    assertTrue(
        String.valueOf(assertThrows(HostException.class, kept::check).getMessage())
            .endsWith("no such tool"));
  }

  @Test
  void anApplyThatFailsOrIsMissingIsAFailure() {
    host.programs(words -> MemoryHost.failed(7, "disk full\n"));

    assertEquals(
        "apply ended with exit code 7: disk full",
        assertThrows(HostException.class, () -> script(Optional.of("apply")).apply(List.of()))
            .getMessage());
    assertThrows(HostException.class, () -> script(Optional.empty()).apply(List.of()));
  }

  @Test
  void aScriptGetsWhatEveryScriptGetsAndItsOwn() {
    script(Optional.empty()).check();

    assertEquals(List.of("check {A=of the step, PATH=/bin}"), host.commands);
  }

  private KeptScript script(Optional<String> apply) {
    return new KeptScript(
        host,
        new Script("check", apply, Map.of("A", "of the step"), Optional.empty()),
        "step",
        Map.of("PATH", "/bin", "A", "of all"),
        new Transcript());
  }

  private KeptPorts listening(boolean listening, Integer... ports) {
    return new KeptPorts(
        host,
        new Ports(List.of(ports), Protocol.TCP, Optional.of(listening), Optional.empty()),
        new Transcript());
  }

  private KeptPorts firewall(Firewall firewall, Integer... ports) {
    return new KeptPorts(
        host,
        new Ports(List.of(ports), Protocol.TCP, Optional.empty(), Optional.of(firewall)),
        new Transcript());
  }
}
