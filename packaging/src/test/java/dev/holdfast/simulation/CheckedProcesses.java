package dev.holdfast.simulation;

import dev.holdfast.agent.process.Processes;
import dev.holdfast.association.InstanceId;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/** The processes of a host, with the checker looking at each start. */
final class CheckedProcesses implements Processes {
  private final Processes processes;
  private final InstanceId instance;
  private final Checker checker;
  private final Supplier<Instant> clock;

  CheckedProcesses(
      Processes processes, InstanceId instance, Checker checker, Supplier<Instant> clock) {
    this.processes = processes;
    this.instance = instance;
    this.checker = checker;
    this.clock = clock;
  }

  @Override
  public String bootId() {
    return processes.bootId();
  }

  @Override
  public Started start(Launch launch) {
    checker.starting(instance, launch, processes, clock.get());
    return processes.start(launch);
  }

  @Override
  public void watch(Path folder, Started started, EndListener listener) {
    processes.watch(folder, started, listener);
  }

  @Override
  public Found find(Path folder, Optional<Started> started) {
    return processes.find(folder, started);
  }

  @Override
  public void kill(Path folder, Runnable gone) {
    processes.kill(folder, gone);
  }

  @Override
  public Outputs outputs(Path folder) {
    return processes.outputs(folder);
  }

  @Override
  public int left(Path folder) {
    return processes.left(folder);
  }

  @Override
  public long bytes(Path folder) {
    return processes.bytes(folder);
  }
}
