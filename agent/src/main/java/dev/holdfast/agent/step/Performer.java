package dev.holdfast.agent.step;

import java.nio.file.Path;
import java.util.function.Consumer;

/** Does tasks, elsewhere than on the owner's thread; everything is told on that thread. */
public interface Performer {

  /**
   * Begins.
   *
   * @param folder of this start alone, below the state folder; not made yet. What the task starts
   *     carries the mark of this folder, so that whoever ends that tree ends it whole
   * @param outcome told once, unless it is stopped before
   */
  Performance perform(Task task, Path folder, Consumer<Outcome> outcome);

  /** One start of a task. */
  interface Performance {
    /**
     * Tells for what it waits, if it has to wait before it can begin, and an empty text once it
     * begins.
     */
    default void onWaiting(Consumer<String> told) {}

    /**
     * Gives it up: no outcome is told any more.
     *
     * @param stopped told once nothing more is changed by it; processes that it started may be left
     */
    void stop(Runnable stopped);
  }
}
