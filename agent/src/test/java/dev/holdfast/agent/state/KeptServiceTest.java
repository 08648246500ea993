package dev.holdfast.agent.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.report.Drift;
import dev.holdfast.state.Service;
import dev.holdfast.state.Service.Startup;
import dev.holdfast.task.RunLimits;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class KeptServiceTest {
  private static final String SHOW =
      "systemctl show --property=LoadState,ActiveState,UnitFileState,NeedDaemonReload --"
          + " x.service";

  private final MemoryHost host = new MemoryHost();
  private String load = "loaded";
  private String active = "inactive";
  private String file = "disabled";
  private String stale = "no";
  private boolean stubborn;

  @BeforeEach
  void systemdRuns() {
    host.withFolder("/run/systemd/system");
    host.programs(
        words -> {
          if (words.startsWith("systemctl show")) {
            return MemoryHost.said(
                "LoadState=%s\nActiveState=%s\nUnitFileState=%s\nNeedDaemonReload=%s\n"
                    .formatted(load, active, file, stale));
          }
          String verb = words.split(" ", -1)[1];
          if (stubborn) {
            return MemoryHost.failed(1, "Job for x.service failed.\n");
          }
          switch (verb) {
            case "start", "restart", "reload-or-restart" -> active = "active";
            case "stop" -> active = "inactive";
            case "enable" -> file = "enabled";
            case "disable", "unmask" -> file = "disabled";
            case "mask" -> file = "masked";
            case "daemon-reload" -> stale = "no";
            default -> throw new IllegalStateException(words);
          }
          return MemoryHost.said("");
        });
  }

  @ParameterizedTest(name = "{0} and {1} found {2}, {3}: {4}")
  @CsvSource({
    "running, , inactive, disabled, start",
    "running, , failed, disabled, start",
    "running, , active, disabled, ''",
    "running, , reloading, disabled, ''",
    "stopped, , active, enabled, stop",
    "stopped, , failed, enabled, ''",
    ", ENABLED, inactive, disabled, enable",
    ", ENABLED, inactive, enabled, ''",
    ", ENABLED, inactive, masked, unmask enable",
    ", DISABLED, inactive, enabled, disable",
    ", DISABLED, inactive, static, ''",
    ", DISABLED, inactive, masked, unmask disable",
    ", MASKED, active, enabled, mask",
    "running, ENABLED, inactive, disabled, enable start",
    "stopped, MASKED, active, enabled, mask stop",
  })
  void onlyWhatDiffersIsToldToSystemd(
      String state, Startup startup, String found, String foundFile, String verbs) {
    active = found;
    file = foundFile;
    KeptService kept =
        kept(
            Optional.ofNullable(state).map(word -> word.equals("running")),
            Optional.ofNullable(startup),
            false);

    List<Drift> drift = kept.check();
    kept.apply(drift);

    assertEquals(verbs.isEmpty(), drift.isEmpty());
    assertEquals(
        verbs,
        String.join(
            " ",
            host.commands.stream()
                .filter(words -> !words.contains("show"))
                .map(words -> words.split(" ", -1)[1])
                .toList()));
    assertEquals(List.of(), kept.check());
  }

  @Test
  void oneQuestionTellsAllThatIsLookedAt() {
    active = "active";
    file = "enabled";

    assertEquals(
        List.of(),
        kept(Optional.of(true), Optional.of(Startup.ENABLED), true).check().stream()
            .filter(drift -> !drift.property().equals("restarted"))
            .toList());
    assertEquals(List.of(SHOW), host.commands);
  }

  @Test
  void aChangeOfWhatItFollowsRestartsItOnce() {
    active = "active";
    KeptService kept = kept(Optional.of(true), Optional.empty(), true);

    List<Drift> drift = kept.check();
    kept.apply(drift);

    assertEquals(
        List.of(
            new Drift(
                "service x.service",
                "restarted",
                "runs since before the change",
                "restarted after it")),
        drift);
    assertTrue(host.commands.contains("systemctl restart -- x.service"), host.commands::toString);
    assertEquals(List.of(), kept.check());
    assertEquals(RunLimits.SERVICE_SETTLES, kept.settle());
  }

  @Test
  void oneThatDoesNotRunIsStartedAndNotRestartedToo() {
    KeptService kept = kept(Optional.of(true), Optional.empty(), true);

    kept.apply(kept.check());

    assertEquals(
        List.of("systemctl start -- x.service"),
        host.commands.stream().filter(words -> !words.contains("show")).toList());
  }

  @Test
  void aUnitThatChangedOnDiskIsReadAnewBeforeItIsStarted() {
    stale = "yes";
    KeptService kept = kept(Optional.of(true), Optional.empty(), false);

    kept.apply(kept.check());

    assertEquals(
        List.of("systemctl daemon-reload", "systemctl start -- x.service"),
        host.commands.stream().filter(words -> !words.contains("show")).toList());
  }

  @Test
  void whatSystemdRefusesIsToldInItsWords() {
    stubborn = true;
    KeptService kept = kept(Optional.of(true), Optional.empty(), false);

    assertEquals(
        "systemctl start ended with exit code 1: Job for x.service failed.",
        assertThrows(HostException.class, () -> kept.apply(kept.check())).getMessage());
  }

  @Test
  void aUnitThatIsNotThereCountsAsStoppedAndDisabled() {
    load = "not-found";
    file = "";

    assertEquals(List.of(), kept(Optional.of(false), Optional.of(Startup.DISABLED), false).check());
    assertEquals(
        List.of(new Drift("service x.service", "startup", "not-found", "enabled")),
        kept(Optional.empty(), Optional.of(Startup.ENABLED), false).check());
  }

  @Test
  void whereSystemdDoesNotRunOnlyStartingByItselfCanBeKept() {
    MemoryHost root =
        new MemoryHost()
            .programs(words -> new dev.holdfast.agent.process.Commands.Ran(1, "disabled\n", ""));
    Service startup =
        new Service("x.service", Optional.empty(), Optional.of(Startup.ENABLED), List.of(), false);
    Service running =
        new Service("x.service", Optional.of(true), Optional.empty(), List.of(), false);

    assertEquals(
        List.of(new Drift("service x.service", "startup", "disabled", "enabled")),
        new KeptService(root, startup, false, new Transcript()).check());
    assertThrows(
        HostException.class, () -> new KeptService(root, running, false, new Transcript()).check());
  }

  private KeptService kept(Optional<Boolean> running, Optional<Startup> startup, boolean restart) {
    return new KeptService(
        host,
        new Service("x.service", running, startup, List.of("a"), false),
        restart,
        new Transcript());
  }
}
