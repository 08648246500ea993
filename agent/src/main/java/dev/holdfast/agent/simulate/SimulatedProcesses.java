package dev.holdfast.agent.simulate;

import dev.holdfast.agent.process.Processes;
import dev.holdfast.task.RunLimits;
import dev.holdfast.task.Timers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The processes of a host that is not there: each ends as its plan says. They outlive the agent but
 * not the host. Of those that ended only the newest are remembered, as many as a host has use for.
 * Everything on one thread, that of the given timers.
 */
public final class SimulatedProcesses implements Processes {
  private static final Duration KILLING = Duration.ofMillis(20);

  /** Ended processes that are remembered: an agent asks for those of the runs it is about. */
  private static final int ENDED = 8 * RunLimits.RUNS_AT_ONCE;

  /** What a process that is killed ends with. */
  private static final int KILLED = 137;

  private final Timers timers;
  private final Function<Launch, Plan> plans;
  private final Map<Path, Simulated> byFolder = new HashMap<>();

  /** Folders of those that ended, oldest first. */
  private final Deque<Path> ended = new ArrayDeque<>();

  private String bootId;
  private long nextPid = 1_000;

  /** Which agent listens: what an earlier one asked to be told, nobody is told any more. */
  private int life;

  /**
   * How a process will go.
   *
   * @param runs how long, if nobody ends it
   * @param exitCode what it ends with then
   * @param outputs what it will have written
   */
  public record Plan(Duration runs, int exitCode, Outputs outputs) {}

  /**
   * On a host that has just booted.
   *
   * @param timers of the host: they go on when the agent is gone
   * @param plans decides how each start goes
   */
  public SimulatedProcesses(Timers timers, String bootId, Function<Launch, Plan> plans) {
    this.timers = timers;
    this.bootId = bootId;
    this.plans = plans;
  }

  /** The agent is gone; its processes go on, and nobody watches them. */
  public void agentGone() {
    life++;
    byFolder.values().forEach(process -> process.listener = Optional.empty());
  }

  /** The host goes down and comes up: what ran is gone and left no exit file. */
  public void reboot(String newBootId) {
    agentGone();
    bootId = newBootId;
    byFolder.values().forEach(process -> process.timer.cancel());
    byFolder.values().removeIf(process -> process.exitCode.isEmpty());
  }

  /** How many processes run. */
  public long running() {
    return byFolder.values().stream().filter(process -> process.exitCode.isEmpty()).count();
  }

  @Override
  public String bootId() {
    return bootId;
  }

  @Override
  public Started start(Launch launch) {
    Plan plan = plans.apply(launch);
    Started started = new Started(nextPid++, timers.uptime().toMillis(), bootId, timers.now());
    Simulated process = new Simulated(launch.folder(), started, timers.uptime(), plan);
    byFolder.put(launch.folder(), process);
    process.timer = timers.after(plan.runs, () -> end(process, plan.exitCode));
    return started;
  }

  @Override
  public void watch(Path folder, Started started, EndListener listener) {
    Simulated process = byFolder.get(folder);
    int watching = life;
    if (process == null || !process.started.equals(started)) {
      later(watching, () -> listener.ended(Optional.empty()));
    } else if (process.exitCode.isPresent()) {
      later(watching, () -> listener.ended(process.exitCode));
    } else {
      process.listener = Optional.of(listener);
    }
  }

  @Override
  public Found find(Path folder, Optional<Started> started) {
    Simulated process = byFolder.get(folder);
    if (process == null) {
      return new Found.Lost();
    }
    return process.exitCode.isPresent()
        ? new Found.Ended(process.exitCode.get())
        : new Found.Running(process.started, timers.uptime().minus(process.since));
  }

  @Override
  public void kill(Path folder, Runnable gone) {
    int killing = life;
    Simulated process = byFolder.get(folder);
    timers.after(
        KILLING,
        () -> {
          if (process != null && process.exitCode.isEmpty()) {
            process.timer.cancel();
            end(process, KILLED);
          }
          if (life == killing) {
            gone.run();
          }
        });
  }

  @Override
  public Outputs outputs(Path folder) {
    Simulated process = byFolder.get(folder);
    return process == null ? Outputs.NONE : process.plan.outputs;
  }

  @Override
  public int left(Path folder) {
    return 0;
  }

  @Override
  public long bytes(Path folder) {
    return 4_096;
  }

  private void end(Simulated process, int exitCode) {
    process.exitCode = Optional.of(exitCode);
    process.listener.ifPresent(listener -> listener.ended(Optional.of(exitCode)));
    process.listener = Optional.empty();
    process.timer = () -> {};
    ended.add(process.folder);
    if (ended.size() > ENDED) {
      byFolder.remove(ended.remove());
    }
  }

  private void later(int asked, Runnable task) {
    timers.after(
        Duration.ZERO,
        () -> {
          if (life == asked) {
            task.run();
          }
        });
  }

  private static final class Simulated {
    private final Path folder;
    private final Started started;
    private final Duration since;
    private final Plan plan;
    private Optional<Integer> exitCode = Optional.empty();
    private Optional<EndListener> listener = Optional.empty();
    private Timers.Timer timer = () -> {};

    Simulated(Path folder, Started started, Duration since, Plan plan) {
      this.folder = folder;
      this.started = started;
      this.since = since;
      this.plan = plan;
    }
  }
}
