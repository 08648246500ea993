package dev.holdfast.simulation;

import dev.holdfast.task.Timers;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * Time as one program of the world sees it: with a wall clock that may be off and may step. When
 * the program crashes, its tasks are gone.
 */
final class Timeline implements Timers, Executor {
  private final World world;
  private final Set<World.Task> waiting = new HashSet<>();
  private Duration skew;
  private final Consumer<RuntimeException> failed;
  private boolean stopped;

  /**
   * @param skew how far the wall clock is off
   * @param failed takes what a task throws: the program ends there
   */
  Timeline(World world, Duration skew, Consumer<RuntimeException> failed) {
    this.world = world;
    this.skew = skew;
    this.failed = failed;
  }

  @Override
  public Instant now() {
    return World.START.plus(world.elapsed()).plus(skew);
  }

  @Override
  public Duration uptime() {
    return world.elapsed();
  }

  @Override
  public Duration idle(Duration period) {
    return world.idle(period);
  }

  @Override
  public Timer after(Duration delay, Runnable task) {
    if (stopped) {
      return () -> {};
    }
    World.Task[] own = new World.Task[1];
    own[0] =
        world.after(
            delay,
            () -> {
              waiting.remove(own[0]);
              perform(task);
            });
    waiting.add(own[0]);
    return () -> {
      if (waiting.remove(own[0])) {
        world.drop(own[0]);
      }
    };
  }

  @Override
  public void execute(Runnable task) {
    after(Duration.ZERO, task);
  }

  /** Does something in the program's name, unless it is gone. */
  void perform(Runnable task) {
    if (stopped) {
      return;
    }
    try {
      task.run();
    } catch (RuntimeException e) {
      failed.accept(e);
    }
  }

  /** The program is gone, and all it had in mind. */
  void stop() {
    stopped = true;
    waiting.forEach(world::drop);
    waiting.clear();
  }

  /** The wall clock steps; the monotonic one doesn't. */
  void step(Duration by) {
    skew = skew.plus(by);
  }
}
