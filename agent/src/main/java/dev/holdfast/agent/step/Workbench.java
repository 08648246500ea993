package dev.holdfast.agent.step;

import com.google.protobuf.ByteString;
import dev.holdfast.agent.download.DownloadException;
import dev.holdfast.agent.download.Downloads;
import dev.holdfast.agent.inventory.Gatherer;
import dev.holdfast.report.Report;
import dev.holdfast.report.RunStatus;
import dev.holdfast.task.Timers;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Does tasks on workers, since they take a while. What inventory finds is handed to whoever sends
 * it before the outcome is told.
 */
public final class Workbench implements Performer {
  private final Gatherer gatherer;
  private final Downloads downloads;
  private final Refreshes refreshes;
  private final Executor workers;
  private final Timers timers;
  private final Stocktaking stocktaking;
  private final StateWork states;

  /** Gathering uses native code of the host, one at a time. */
  private final Lock gathering = new ReentrantLock();

  /**
   * With the workers.
   *
   * @param states does what keeps the state of the host
   * @param timers of the owner
   * @param stocktaking says what may be gathered and takes what was found
   */
  public Workbench(
      Gatherer gatherer,
      Downloads downloads,
      Refreshes refreshes,
      Executor workers,
      Timers timers,
      Stocktaking stocktaking,
      StateWork states) {
    this.gatherer = gatherer;
    this.downloads = downloads;
    this.refreshes = refreshes;
    this.workers = workers;
    this.timers = timers;
    this.stocktaking = stocktaking;
    this.states = states;
  }

  @Override
  public Performance perform(Task task, Place place, Consumer<Outcome> outcome) {
    return switch (task) {
      case Task.Gather(var what) -> {
        Stocktaking.Allowed allowed = stocktaking.allowed(place.association(), what);
        yield reading(begin(() -> gather(allowed, place, outcome), Runnable::run));
      }
      case Task.Download download -> begin(() -> download(download, place), outcome);
      case Task.Refresh(var ids) -> refresh(ids, place, outcome);
      case Task.State state -> states.perform(state, place.folder(), outcome);
    };
  }

  @Override
  public Performance read(Path file, int atMost, Consumer<Reading> told) {
    return reading(begin(() -> read(file, atMost), told));
  }

  private <T> Performance begin(WorkerTask.Work<T> work, Consumer<T> told) {
    return WorkerTask.begin(workers, timers, work, told);
  }

  /** What only reads is not waited for: what is left of it changes nothing. */
  private Performance reading(Performance worker) {
    return gone -> {
      worker.stop(() -> {});
      timers.after(Duration.ZERO, gone);
    };
  }

  /** What is left to do for the owner: what was found is handed on, then the outcome is told. */
  private Runnable gather(Stocktaking.Allowed allowed, Place place, Consumer<Outcome> outcome)
      throws InterruptedException {
    gathering.lockInterruptibly();
    try {
      Gatherer.Found found = gatherer.gather(allowed.gathering());
      return () -> handOn(allowed, place, found, outcome);
    } catch (RuntimeException e) {
      String reason = "GatheringFailed: " + e.getMessage();
      return () -> outcome.accept(Outcome.failed(reason));
    } finally {
      gathering.unlock();
    }
  }

  private void handOn(
      Stocktaking.Allowed allowed, Place place, Gatherer.Found found, Consumer<Outcome> outcome) {
    stocktaking.take(place.association(), allowed.gathering(), found);
    StringBuilder text = new StringBuilder();
    allowed.leftOut().forEach(line -> text.append(line).append('\n'));
    for (Report.Inventory one : found.types()) {
      text.append(one.typeName()).append(' ').append(one.items().size()).append('\n');
    }
    outcome.accept(
        found.failures().isEmpty()
            ? Outcome.done(text.toString())
            : new Outcome(
                RunStatus.FAILED,
                1,
                text.toString(),
                "",
                false,
                List.of(),
                "GatheringFailed: " + String.join("; ", found.failures())));
  }

  private Outcome download(Task.Download task, Place place) throws InterruptedException {
    try {
      Path there =
          downloads.get(
              new Downloads.Order(
                  task.source(),
                  task.destination(),
                  place.folder(),
                  place.downloads(),
                  place.documents()));
      return Outcome.done("Content downloaded to " + there + "\n");
    } catch (DownloadException e) {
      return Outcome.failed(String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      // Its text may tell what nobody should read.
      return Outcome.failed("DownloadFailed: " + e.getClass().getSimpleName());
    }
  }

  private Performance refresh(List<String> ids, Place place, Consumer<Outcome> outcome) {
    boolean[] stopped = {false};
    refreshes.ask(
        place.runId(),
        place.association(),
        ids,
        answer -> {
          if (!stopped[0]) {
            outcome.accept(answer);
          }
        });
    return gone -> {
      // The coordinator may have the question already; it changes nothing here.
      stopped[0] = true;
      timers.after(Duration.ZERO, gone);
    };
  }

  private static Reading read(Path file, int atMost) {
    // A pipe or device may never end.
    if (!Files.isRegularFile(file)) {
      return new Reading.Unreadable("there is no file " + file);
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(atMost + 1);
      return bytes.length > atMost
          ? new Reading.Unreadable(file + " has more than " + atMost + " bytes")
          : new Reading.Content(ByteString.copyFrom(bytes));
    } catch (IOException e) {
      return new Reading.Unreadable(file + " can't be read: " + e);
    }
  }
}
