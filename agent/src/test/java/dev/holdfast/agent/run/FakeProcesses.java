package dev.holdfast.agent.run;

import dev.holdfast.agent.process.ProcessException;
import dev.holdfast.agent.process.Processes;
import dev.holdfast.report.Output;
import dev.holdfast.task.Limits;
import dev.holdfast.task.Timers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A host's processes as one life of the agent sees them. A script is {@code exit CODE SECONDS},
 * {@code hang}, or {@code refuse}; the host outlives the agent. What it says is its folder, and the
 * variables of parameters.
 */
class FakeProcesses implements Processes {
  private final Host host;
  private final Timers timers;

  FakeProcesses(Host host, Timers timers) {
    this.host = host;
    this.timers = timers;
  }

  /** What stays when the agent dies. */
  static final class Host {
    private final Map<Path, Script> scripts = new LinkedHashMap<>();
    private final List<Path> starts = new ArrayList<>();
    private final Map<Path, Map<String, String>> variables = new LinkedHashMap<>();
    private String bootId = "boot-1";
    private int crashAfterStart = -1;
    private final StringBuilder output = new StringBuilder();
    private int left;

    /** Every start there was. */
    List<Path> starts() {
      return starts;
    }

    /** The environment of each start. */
    Collection<Map<String, String>> environments() {
      return variables.values();
    }

    /** Whether anything runs. */
    boolean busy(Duration uptime) {
      return scripts.values().stream().anyMatch(script -> script.runs(uptime));
    }

    /** The next start succeeds, and the agent dies before it hears of it. */
    void crashAfterStart() {
      crashAfterStart(0);
    }

    /** The same with a later start: so many come before it. */
    void crashAfterStart(int before) {
      crashAfterStart = starts.size() + before;
    }

    /** What runs, and is started later, has put out that much more. */
    void print(String more) {
      output.append(more);
    }

    /** Whatever ends leaves that many processes. */
    void leave(int processes) {
      left = processes;
    }

    /** Everything that runs is gone without a trace. */
    void reboot(Duration uptime) {
      bootId = bootId + "+";
      lose(uptime);
    }

    /** The wrappers are gone without a trace, and so are their scripts. */
    void lose(Duration uptime) {
      scripts.values().removeIf(script -> script.runs(uptime));
    }
  }

  private static final class Script {
    private final Duration begun;
    private Duration ends;
    private int code;

    Script(Duration begun, Duration ends, int code) {
      this.begun = begun;
      this.ends = ends;
      this.code = code;
    }

    boolean runs(Duration uptime) {
      return ends.compareTo(uptime) > 0;
    }
  }

  @Override
  public String bootId() {
    return host.bootId;
  }

  @Override
  public Started start(Launch launch) {
    String[] words = launch.script().strip().split(" ", -1);
    if (words[0].equals("refuse")) {
      throw new ProcessException(
          "refused" + said(launch.environment()), new IllegalStateException());
    }
    Duration now = timers.uptime();
    boolean hangs = words[0].equals("hang");
    host.starts.add(launch.folder());
    host.variables.put(launch.folder(), launch.environment());
    host.scripts.put(
        launch.folder(),
        new Script(
            now,
            hangs ? Duration.ofDays(999) : now.plusSeconds(Long.parseLong(words[2])),
            hangs ? 0 : Integer.parseInt(words[1])));
    if (host.crashAfterStart == host.starts.size() - 1) {
      throw new MemoryDisk.Crash();
    }
    return new Started(host.starts.size(), now.toMillis(), host.bootId, timers.now());
  }

  @Override
  public void watch(Path folder, Started started, EndListener listener) {
    Script script = host.scripts.get(folder);
    if (script == null) {
      timers.after(Duration.ZERO, () -> listener.ended(Optional.empty()));
    } else if (script.runs(timers.uptime())) {
      timers.after(Duration.ofSeconds(1), () -> watch(folder, started, listener));
    } else {
      timers.after(Duration.ZERO, () -> listener.ended(Optional.of(script.code)));
    }
  }

  @Override
  public Found find(Path folder, Optional<Started> started) {
    Script script = host.scripts.get(folder);
    if (script == null) {
      return new Found.Lost();
    }
    Duration now = timers.uptime();
    return script.runs(now)
        ? new Found.Running(
            started.orElse(
                new Started(
                    host.starts.indexOf(folder) + 1L,
                    script.begun.toMillis(),
                    host.bootId,
                    timers.now())),
            now.minus(script.begun))
        : new Found.Ended(script.code);
  }

  @Override
  public void kill(Path folder, Runnable gone) {
    timers.after(
        Duration.ofSeconds(3),
        () -> {
          Script script = host.scripts.get(folder);
          if (script != null && script.runs(timers.uptime())) {
            script.ends = timers.uptime();
            script.code = 143;
          }
          gone.run();
        });
  }

  @Override
  public Outputs outputs(Path folder) {
    String text =
        "out of "
            + folder.getFileName()
            + said(host.variables.getOrDefault(folder, Map.of()))
            + "\n"
            + host.output;
    return new Outputs(OutputBounds.of(text, Limits.MAX_STDOUT_KEPT_BYTES), Output.NONE);
  }

  @Override
  public int left(Path folder) {
    return host.left;
  }

  private static String said(Map<String, String> environment) {
    return environment.entrySet().stream()
        .filter(variable -> variable.getKey().startsWith("SSM_"))
        .map(variable -> " " + variable.getKey() + "=" + variable.getValue())
        .sorted()
        .collect(Collectors.joining());
  }

  @Override
  public long bytes(Path folder) {
    return 0;
  }
}
