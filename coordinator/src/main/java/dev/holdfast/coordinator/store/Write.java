package dev.holdfast.coordinator.store;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;

/** One transaction that changes rows. All of it becomes durable at once, or none. */
public final class Write {
  private final Handle handle;
  private final Sight sight;
  private final long epoch;
  private final Instant now;
  private final Deque<Runnable> undone = new ArrayDeque<>();
  private final Deque<Runnable> done = new ArrayDeque<>();
  private long position;
  private boolean appended;

  Write(Handle handle, Sight sight, long epoch, Instant now, long position) {
    this.handle = handle;
    this.sight = sight;
    this.epoch = epoch;
    this.now = now;
    this.position = position;
  }

  /** For the classes of this package. */
  Handle handle() {
    return handle;
  }

  /** Whose instances it may touch; its connection stops it at others. */
  public Sight sight() {
    return sight;
  }

  /** The rows as this transaction has left them so far: all of them, whatever the sight. */
  public Read read() {
    return new Read(handle, sight);
  }

  /** The number of this store's history; only {@code restore} raises it. */
  public long epoch() {
    return epoch;
  }

  /**
   * When this transaction began: the one moment that all its rows carry, in whole milliseconds, so
   * that what is computed from it stays the same when it is read back.
   */
  public Instant now() {
    return now;
  }

  /** The position of the newest event, those of this transaction included. */
  public long position() {
    return position;
  }

  /**
   * Appends an event. It is a hint where to look: whoever reads it looks at the rows.
   *
   * @param resources ids and names of what it is about
   * @param detail a few words of what happened; no secrets
   * @return its position
   */
  public long append(String type, List<String> resources, Map<String, String> detail) {
    position++;
    appended = true;
    Plain.update(
        handle,
        "INSERT INTO log (position, epoch, time, type, resources, detail) VALUES (?, ?, ?, ?, ?,"
            + " ?)",
        position,
        epoch,
        now.toEpochMilli(),
        type,
        Json.write(resources),
        Json.write(detail));
    return position;
  }

  /**
   * What is done if what this transaction has done since is undone: for a view in memory that
   * changes with the rows. The newest is called first, on the writer's thread, before anybody else
   * writes. It must not throw.
   */
  public void onUndo(Runnable undo) {
    undone.push(undo);
  }

  /**
   * What is done once this transaction is durable: for a view in memory that never shows what may
   * be undone. The oldest is called first, on the writer's thread, before anybody else writes; not
   * at all if what this transaction did until then is undone. It must not throw.
   */
  public void onDone(Runnable follow) {
    done.addLast(follow);
  }

  /**
   * Does a part of the work that may fail alone: what it throws undoes that part, events included,
   * and nothing that came before.
   */
  public <T> T attempt(Supplier<T> part) {
    long positionBefore = position;
    boolean appendedBefore = appended;
    int undoneBefore = undone.size();
    int doneBefore = done.size();
    handle.execute("SAVEPOINT part");
    try {
      T result = part.get();
      handle.execute("RELEASE part");
      return result;
    } catch (Throwable failure) {
      undo(undoneBefore);
      while (done.size() > doneBefore) {
        done.removeLast();
      }
      position = positionBefore;
      appended = appendedBefore;
      try {
        handle.execute("ROLLBACK TO part");
        handle.execute("RELEASE part");
      } catch (JdbiException e) {
        failure.addSuppressed(e);
      }
      throw failure;
    }
  }

  /** It is durable. */
  void committed() {
    done.forEach(Runnable::run);
  }

  /** Everything is undone. */
  void rolledBack() {
    undo(0);
  }

  private void undo(int downTo) {
    while (undone.size() > downTo) {
      undone.pop().run();
    }
  }

  boolean appended() {
    return appended;
  }
}
