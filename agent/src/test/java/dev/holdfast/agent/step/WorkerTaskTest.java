package dev.holdfast.agent.step;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.task.OwnerThread;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Work on a worker, given up at whatever moment. */
final class WorkerTaskTest {
  private static final Duration SOON = Duration.ofSeconds(10);

  private final List<String> told = new CopyOnWriteArrayList<>();
  private final ExecutorService worker = Executors.newSingleThreadExecutor();
  private final OwnerThread owner =
      new OwnerThread("test", Clock.systemUTC(), failure -> told.add(failure.toString()));

  @AfterEach
  void close() {
    worker.shutdownNow();
    owner.close();
  }

  @Test
  void whatItComesToIsToldOnTheOwnersThread() throws Exception {
    CountDownLatch done = new CountDownLatch(1);

    WorkerTask.begin(
        worker,
        owner,
        () -> "result",
        result -> {
          told.add(result + " on " + Thread.currentThread().getName());
          done.countDown();
        });

    assertTrue(done.await(10, TimeUnit.SECONDS));
    assertEquals(List.of("result on test"), told);
  }

  @Test
  void whoGivesItUpHearsOfItWhenTheWorkerHasLetGoAndOfNothingElse() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch gone = new CountDownLatch(1);
    WorkerTask<String> task =
        WorkerTask.begin(
            worker,
            owner,
            () -> {
              begun.countDown();
              try {
                new CountDownLatch(1).await();
              } finally {
                told.add("cleaned up");
              }
              return "result";
            },
            told::add);
    assertTrue(begun.await(10, TimeUnit.SECONDS));

    owner.execute(
        () ->
            task.stop(
                () -> {
                  told.add("gone");
                  gone.countDown();
                }));

    assertTrue(gone.await(10, TimeUnit.SECONDS));
    assertEquals(List.of("cleaned up", "gone"), told);
    assertFalse(worker.submit(Thread::interrupted).get(10, TimeUnit.SECONDS), "the next is not");
  }

  @Test
  void whatIsOverAlreadyIsGivenUpAtOnceAndItsResultIsDropped() throws Exception {
    CountDownLatch gone = new CountDownLatch(1);
    assertTrue(
        owner.await(
            SOON,
            () -> {
              WorkerTask<String> task =
                  WorkerTask.begin(Runnable::run, owner, () -> "result", told::add);
              task.stop(gone::countDown);
            }));

    assertTrue(gone.await(10, TimeUnit.SECONDS));
    assertTrue(owner.await(SOON, () -> {}));
    assertEquals(List.of(), told);
  }

  @Test
  void whatWaitsForAWorkerIsGivenUpBeforeItBegins() throws Exception {
    CountDownLatch busy = new CountDownLatch(1);
    CountDownLatch gone = new CountDownLatch(1);
    worker.execute(
        () -> {
          try {
            busy.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    assertTrue(
        owner.await(
            SOON,
            () ->
                WorkerTask.begin(
                        worker,
                        owner,
                        () -> {
                          told.add("it ran");
                          return "result";
                        },
                        told::add)
                    .stop(gone::countDown)));
    busy.countDown();

    assertTrue(gone.await(10, TimeUnit.SECONDS));
    assertEquals(List.of(), told);
  }
}
