package dev.holdfast.agent.process;

import dev.holdfast.agent.process.Containment.Kind;
import dev.holdfast.task.Timers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the machine that the tests run on has of control groups, each kind by itself. */
final class ThisMachine {
  private static final Path ROOT = Path.of("/");

  private ThisMachine() {}

  /** The host's processes as the agent has them, with a shorter grace. */
  static OsProcesses processes(Timers timers, Duration grace) {
    return processes(timers, grace, chosen());
  }

  static OsProcesses processes(Timers timers, Duration grace, Containment containment) {
    HostTools tools = HostTools.find(ROOT);
    return new OsProcesses(
        timers,
        grace,
        new HostTools(
            tools.shell(),
            tools.setsid(),
            tools.prlimit(),
            tools.setpriv(),
            tools.runuser(),
            tools.su(),
            containment.tagged()),
        containment,
        Accounts.ofHost(Path.of("/run/holdfast")));
  }

  /** What the agent chooses here. */
  static Containment chosen() {
    return ControlGroups.choose(ROOT, HostTools.find(ROOT).tagging());
  }

  /**
   * Each kind that this machine has, with and without the tag; none of them too.
   *
   * @param kinds that are wanted
   */
  static List<Containment> containments(List<Kind> kinds) throws IOException {
    boolean tagging = HostTools.find(ROOT).tagging();
    List<ControlGroups.Place> places =
        ControlGroups.places(
            Files.readString(Path.of("/proc/self/mountinfo"), StandardCharsets.ISO_8859_1),
            Files.readString(Path.of("/proc/self/cgroup"), StandardCharsets.ISO_8859_1));
    List<Containment> found = new ArrayList<>();
    for (Kind kind : kinds) {
      Containment chosen =
          ControlGroups.choose(
              places.stream()
                  .filter(
                      place ->
                          ControlGroups.is(kind, place)
                              || (kind != Kind.NAMED && ControlGroups.is(Kind.PIDS, place)))
                  .map(ControlGroups.Place::ours)
                  .toList(),
              ControlGroups::made,
              false);
      if (chosen.kind() == kind) {
        found.add(chosen);
      }
    }
    if (tagging && kinds.contains(Kind.NONE)) {
      found.add(new Containment(Kind.NONE, Optional.empty(), Optional.empty(), true));
    }
    return found;
  }
}
