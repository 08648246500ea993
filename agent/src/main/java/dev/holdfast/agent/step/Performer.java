package dev.holdfast.agent.step;

import com.google.protobuf.ByteString;
import dev.holdfast.association.AssociationId;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;

/** Does tasks, elsewhere than on the owner's thread; everything is told on that thread. */
public interface Performer {

  /**
   * Begins.
   *
   * @param outcome told once, unless it is stopped before
   */
  Performance perform(Task task, Place place, Consumer<Outcome> outcome);

  /**
   * Reads a file of the host, wherever it is.
   *
   * @param atMost so many bytes; a longer file is told as one that can't be read
   * @param told once, unless it is stopped before
   */
  Performance read(Path file, int atMost, Consumer<Reading> told);

  /**
   * What a task is done for, and where it leaves things.
   *
   * @param runId of the run; also within a document that it runs
   * @param association of the run
   * @param folder of this start alone, below the state folder; not made yet. What the task starts
   *     carries the mark of this folder, so that whoever ends that tree ends it whole
   * @param downloads of the run, below the state folder: shared by its steps; may not be made yet
   * @param documents that came with the run, by the names as steps have them
   */
  record Place(
      String runId,
      AssociationId association,
      Path folder,
      Path downloads,
      Map<String, ByteString> documents) {
    /** Copies the map. */
    public Place {
      documents = Map.copyOf(documents);
    }
  }

  /** What became of reading a file. */
  sealed interface Reading {
    /** All of it. */
    record Content(ByteString bytes) implements Reading {}

    /** Why not. */
    record Unreadable(String reason) implements Reading {}
  }

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
