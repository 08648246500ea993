package dev.holdfast.coordinator;

import dev.holdfast.coordinator.store.Store;
import dev.holdfast.coordinator.store.StoreException;
import dev.holdfast.service.Rounds;
import dev.holdfast.task.OwnerThread;
import dev.holdfast.task.Tempo;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads by which the coordinator's work goes on. A round is completed when the engine's owner
 * and the thread that commits each had a turn, and the store let a transaction begin and answered a
 * reader.
 */
final class Loops implements Rounds {
  private static final Logger LOG = LoggerFactory.getLogger("coordinator");

  private final Store store;
  private final Engine engine;
  private final OwnerThread owner;
  private final OwnerThread committer;
  private final AtomicBoolean underWay = new AtomicBoolean();
  private final AtomicLong completed = new AtomicLong();
  private volatile String trouble = "";

  /** Over the threads of an engine and its store. */
  Loops(Store store, Engine engine, OwnerThread owner, OwnerThread committer) {
    this.store = store;
    this.engine = engine;
    this.owner = owner;
    this.committer = committer;
  }

  /**
   * A thread whose tasks fail one by one, each told in the log.
   *
   * @param tempo of its clock
   */
  static OwnerThread thread(String name, Tempo tempo) {
    return new OwnerThread(name, tempo, failure -> LOG.error("a task of {} failed", name, failure));
  }

  @Override
  public void ask() {
    if (underWay.compareAndSet(false, true)) {
      Round round = new Round();
      round.turn(owner, () -> {});
      round.turn(committer, this::throughTheStore);
    }
  }

  @Override
  public long completed() {
    return completed.get();
  }

  /** The line that the service manager shows. */
  String line() {
    int open = engine.links().figures().open();
    int behind = Math.max(0, open - engine.links().figures().settled());
    return (open == 1 ? "1 agent linked" : open + " agents linked")
        + (behind == 0 ? "" : ", %d of them on the way to what is wanted".formatted(behind))
        + (trouble.isEmpty() ? "" : "; the store fails: " + trouble);
  }

  /** Ends the links, and commits what came by them. */
  void stop(Duration grace) {
    if (!owner.await(grace, engine::stop)) {
      LOG.warn("the links did not end in time; going on without");
    }
    committer.close();
    owner.close();
  }

  private void throughTheStore() {
    try {
      boolean both = store.rehearse(_ -> true) && store.read(_ -> true);
      trouble = both ? "" : "it did not do what it was asked for";
    } catch (StoreException e) {
      trouble = String.valueOf(e.getMessage());
      throw e;
    }
  }

  /** One round: completed when all have had their turn, and none of them failed. */
  private final class Round {
    private final AtomicInteger open = new AtomicInteger(2);
    private final AtomicBoolean failed = new AtomicBoolean();

    void turn(Executor thread, Runnable work) {
      thread.execute(
          () -> {
            try {
              work.run();
            } catch (RuntimeException e) {
              failed.set(true);
              LOG.warn("a round was not completed reason=\"{}\"", String.valueOf(e.getMessage()));
            }
            if (open.decrementAndGet() == 0) {
              if (!failed.get()) {
                completed.incrementAndGet();
              }
              underWay.set(false);
            }
          });
    }
  }
}
