package dev.holdfast.agent.state;

import dev.holdfast.agent.process.Commands.Ran;
import dev.holdfast.report.Drift;
import dev.holdfast.state.Service;
import dev.holdfast.state.Service.Startup;
import dev.holdfast.task.RunLimits;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Keeps a unit of systemd. One question tells all that is looked at; where systemd does not run, as
 * in a root that is only being made, whether a unit starts by itself can be told and changed
 * nevertheless.
 */
final class KeptService implements Kept {
  private static final String RUNS_HERE = "/run/systemd/system";
  private static final String STATE = "state";
  private static final String STARTUP = "startup";
  private static final String RESTARTED = "restarted";

  /** What systemd calls a unit that starts with the host, or is started by one that does. */
  private static final Set<String> ENABLED = Set.of("enabled", "alias");

  /** What it calls one that nothing starts with the host. */
  private static final Set<String> DISABLED =
      Set.of("disabled", "indirect", "static", "linked", "not-found", "");

  private static final Set<String> RUNNING = Set.of("active", "reloading");

  private final Host host;
  private final Service service;
  private final Transcript transcript;
  private boolean restart;
  private boolean started;

  /**
   * With what it needs.
   *
   * @param restart whether a step that it follows changed something
   */
  KeptService(Host host, Service service, boolean restart, Transcript transcript) {
    this.host = host;
    this.service = service;
    this.restart = restart;
    this.transcript = transcript;
  }

  @Override
  public List<Drift> check() {
    Map<String, String> unit = look();
    Drifts drifts = new Drifts(service.subject());
    boolean running = RUNNING.contains(unit.getOrDefault("ActiveState", ""));
    service
        .running()
        .filter(wanted -> wanted != running)
        .ifPresent(
            wanted ->
                drifts.add(
                    STATE,
                    unit.getOrDefault("ActiveState", "unknown"),
                    wanted ? "running" : "stopped"));
    service
        .startup()
        .filter(wanted -> !is(wanted, file(unit)))
        .ifPresent(
            wanted -> drifts.add(STARTUP, file(unit), wanted.name().toLowerCase(Locale.ROOT)));
    if (restart && running) {
      drifts.add(RESTARTED, "runs since before the change", "restarted after it");
    }
    return drifts.list();
  }

  @Override
  public void apply(List<Drift> differs) {
    Map<String, String> unit = look();
    if (Drifts.has(differs, STARTUP)) {
      startup(service.startup().orElseThrow(), file(unit));
    }
    if (Drifts.has(differs, STATE) || Drifts.has(differs, RESTARTED)) {
      if ("yes".equals(unit.get("NeedDaemonReload"))) {
        systemctl("daemon-reload");
      }
    }
    if (Drifts.has(differs, STATE)) {
      boolean run = service.running().orElseThrow();
      systemctl(run ? "start" : "stop", service.unit());
      started = run;
    } else if (Drifts.has(differs, RESTARTED)) {
      systemctl(service.reload() ? "reload-or-restart" : "restart", service.unit());
      started = true;
    }
    restart = false;
  }

  @Override
  public Duration settle() {
    return started ? RunLimits.SERVICE_SETTLES : Duration.ZERO;
  }

  private void startup(Startup wanted, String actual) {
    switch (wanted) {
      case ENABLED -> {
        unmask(actual);
        systemctl("enable", service.unit());
      }
      case DISABLED -> {
        unmask(actual);
        systemctl("disable", service.unit());
      }
      case MASKED -> systemctl("mask", service.unit());
    }
  }

  private void unmask(String actual) {
    if (actual.startsWith("masked")) {
      systemctl("unmask", service.unit());
    }
  }

  private static boolean is(Startup wanted, String actual) {
    return switch (wanted) {
      case ENABLED -> ENABLED.contains(actual);
      case DISABLED -> DISABLED.contains(actual);
      case MASKED -> actual.equals("masked");
    };
  }

  private static String file(Map<String, String> unit) {
    String state = unit.getOrDefault("UnitFileState", "");
    return state.isEmpty() ? unit.getOrDefault("LoadState", "") : state;
  }

  private Map<String, String> look() {
    if (host.look(RUNS_HERE).isEmpty()) {
      if (service.running().isPresent()) {
        throw new HostException("systemd does not run here, so nothing can be told to run or stop");
      }
      Ran ran =
          host.run(List.of("systemctl", "is-enabled", "--", service.unit()), RunLimits.STATE_QUERY);
      String state = ran.stdout().strip();
      if (state.isEmpty() && !ran.stderr().contains("No such file")) {
        throw failed(ran, "is-enabled");
      }
      return Map.of("UnitFileState", state.isEmpty() ? "not-found" : state);
    }
    Ran ran =
        host.run(
            List.of(
                "systemctl",
                "show",
                "--property=LoadState,ActiveState,UnitFileState,NeedDaemonReload",
                "--",
                service.unit()),
            RunLimits.STATE_QUERY);
    if (!ran.well()) {
      throw failed(ran, "show");
    }
    Map<String, String> unit = new HashMap<>();
    ran.stdout()
        .lines()
        .forEach(
            line -> {
              int equals = line.indexOf('=');
              if (equals > 0) {
                unit.put(line.substring(0, equals), line.substring(equals + 1).strip());
              }
            });
    return unit;
  }

  private void systemctl(String verb) {
    change(List.of("systemctl", verb), verb);
  }

  private void systemctl(String verb, String unit) {
    change(List.of("systemctl", verb, "--", unit), verb);
  }

  private void change(List<String> words, String verb) {
    Ran ran = transcript.add(host.run(words, RunLimits.STATE_CHANGE));
    if (!ran.well()) {
      throw failed(ran, verb);
    }
  }

  private HostException failed(Ran ran, String verb) {
    return new HostException(
        "systemctl " + verb + " ended with exit code " + ran.exitCode() + KeptScript.lastLine(ran));
  }
}
