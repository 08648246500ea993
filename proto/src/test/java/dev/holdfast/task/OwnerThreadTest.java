package dev.holdfast.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class OwnerThreadTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final LinkedBlockingQueue<Throwable> failures = new LinkedBlockingQueue<>();
  private final OwnerThread owner = new OwnerThread("owner", Clock.systemUTC(), failures::add);

  @AfterEach
  void close() {
    owner.close();
  }

  @Test
  void whatManyThreadsGiveRunsOneAtATimeAllOfItAndInTheOrderOfEach() throws Exception {
    int threads = 4;
    int each = 20_000;
    List<List<Integer>> ran = new ArrayList<>();
    AtomicBoolean inside = new AtomicBoolean();
    AtomicInteger nested = new AtomicInteger();
    CountDownLatch all = new CountDownLatch(threads * each);
    List<Thread> givers = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      List<Integer> own = new ArrayList<>();
      ran.add(own);
      givers.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    for (int number = 0; number < each; number++) {
                      int mine = number;
                      owner.execute(
                          () -> {
                            nested.addAndGet(inside.getAndSet(true) ? 1 : 0);
                            own.add(mine);
                            inside.set(false);
                            all.countDown();
                          });
                    }
                  }));
    }
    for (Thread giver : givers) {
      giver.join();
    }

    assertTrue(all.await(PATIENCE.toSeconds(), TimeUnit.SECONDS), all.getCount() + " are missing");
    assertEquals(0, nested.get());
    ran.forEach(own -> assertEquals(IntStream.range(0, each).boxed().toList(), own));
  }

  @Test
  void whoGivesMoreAndMoreForAtOnceKeepsNoMomentFromComing() throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    CountDownLatch came = new CountDownLatch(1);
    again(over);
    owner.after(Duration.ofMillis(20), came::countDown);

    assertTrue(came.await(PATIENCE.toSeconds(), TimeUnit.SECONDS));
    over.set(true);
  }

  private void again(AtomicBoolean over) {
    owner.execute(
        () -> {
          if (!over.get()) {
            again(over);
          }
        });
  }

  @Test
  void momentsThatComeAllTheTimeKeepNothingForAtOnceFromItsTurn() throws Exception {
    AtomicInteger moments = new AtomicInteger();
    AtomicBoolean over = new AtomicBoolean();
    moment(moments, over);
    for (int i = 0; i < 1_000; i++) {
      assertTrue(owner.await(PATIENCE, () -> {}));
    }
    over.set(true);

    assertTrue(owner.await(PATIENCE, () -> {}));
    assertTrue(moments.get() > 0);
  }

  private void moment(AtomicInteger moments, AtomicBoolean over) {
    owner.after(
        Duration.ofNanos(1),
        () -> {
          moments.incrementAndGet();
          if (!over.get()) {
            moment(moments, over);
          }
        });
  }

  @Test
  void whatIsDroppedInTimeDoesNotRun() {
    List<String> ran = new ArrayList<>();
    assertTrue(
        owner.await(
            PATIENCE,
            () -> {
              Timers.Timer first = owner.after(Duration.ZERO, () -> ran.add("at once"));
              Timers.Timer second = owner.after(Duration.ofNanos(1), () -> ran.add("soon"));
              owner.after(Duration.ZERO, () -> ran.add("kept"));
              first.cancel();
              first.cancel();
              second.cancel();
            }));
    assertTrue(owner.await(PATIENCE, () -> {}));

    assertEquals(List.of("kept"), ran);
  }

  @Test
  void whatFailsIsToldAndTheNextRuns() throws Exception {
    AtomicInteger ran = new AtomicInteger();
    owner.execute(
        () -> {
          throw new IllegalStateException("at once");
        });
    owner.execute(ran::incrementAndGet);
    owner.after(
        Duration.ofMillis(1),
        () -> {
          throw new StackOverflowError("later");
        });

    assertEquals("at once", failures.poll(30, TimeUnit.SECONDS).getMessage());
    assertEquals("later", failures.poll(30, TimeUnit.SECONDS).getMessage());
    assertTrue(owner.await(PATIENCE, ran::incrementAndGet));
    assertEquals(2, ran.get());
  }

  @Test
  void whoHearsOfAFailureAndFailsStopsNothing() {
    try (OwnerThread deaf =
        new OwnerThread(
            "deaf",
            Clock.systemUTC(),
            failure -> {
              throw new IllegalStateException(failure);
            })) {
      for (int i = 0; i < 3; i++) {
        deaf.execute(
            () -> {
              throw new IllegalStateException("fails");
            });
      }

      assertTrue(deaf.await(PATIENCE, () -> {}));
    }
  }

  @Test
  void afterTheEndNothingRuns() throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    AtomicInteger ran = new AtomicInteger();
    owner.execute(
        () -> {
          inside.countDown();
          try {
            release.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    owner.execute(ran::incrementAndGet);
    assertTrue(inside.await(30, TimeUnit.SECONDS));
    Thread closing = Thread.ofPlatform().start(owner::close);
    while (closing.getState() != Thread.State.TIMED_WAITING) {
      Thread.onSpinWait();
    }
    release.countDown();
    closing.join();
    owner.execute(ran::incrementAndGet);
    owner.after(Duration.ZERO, ran::incrementAndGet);
    owner.after(Duration.ofNanos(1), ran::incrementAndGet);

    assertFalse(owner.await(Duration.ofMillis(50), ran::incrementAndGet));
    assertEquals(0, ran.get());
  }
}
