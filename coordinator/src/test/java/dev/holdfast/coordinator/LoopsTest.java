package dev.holdfast.coordinator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.coordinator.store.Store;
import dev.holdfast.service.ServiceVoice;
import dev.holdfast.task.OwnerThread;
import dev.holdfast.testing.NoticeSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Rounds through real threads and a real store, as a service manager hears of them. */
@Timeout(60)
final class LoopsTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  @TempDir Path folder = Path.of("set by JUnit");
  private final OwnerThread owner = Loops.thread("engine", Armed.nothing().tempo());
  private final OwnerThread committer = Loops.thread("commit", Armed.nothing().tempo());
  private final OwnerThread service = Loops.thread("service", Armed.nothing().tempo());
  private Store store;
  private Loops loops;
  private NoticeSocket manager;
  private ServiceVoice voice;

  @SuppressWarnings("NullAway.Init") // JUnit calls prepare before each test
  LoopsTest() {}

  @BeforeEach
  void prepare() {
    store = Store.open(folder, Instant::now, Store.Durability.PROCESS);
    Engine engine = new Engine(store, owner, owner, committer, 100);
    loops = new Loops(store, engine, owner, committer);
    manager = new NoticeSocket("@" + folder);
    voice =
        ServiceVoice.of(
                Map.of("NOTIFY_SOCKET", manager.name(), "WATCHDOG_USEC", "100000"),
                1,
                () -> service,
                loops,
                loops::line)
            .orElseThrow();
  }

  @AfterEach
  void end() {
    service.close();
    loops.stop(SOON);
    store.close();
    manager.close();
  }

  @Test
  void aCoordinatorThatGoesRoundFeedsTheWatchdog() {
    voice.ready();
    List<String> said = manager.until("WATCHDOG=1", SOON);
    assertEquals(List.of("READY=1", "STATUS=0 agents linked"), said.subList(0, 2));
    manager.until("WATCHDOG=1", SOON);
    voice.stopping();
    manager.until("STOPPING=1", SOON);
  }

  @Test
  void itStarvesWhileTheEnginesOwnerStandsStill() throws InterruptedException {
    starvesWhileHeldUp(owner);
  }

  @Test
  void itStarvesWhileTheThreadThatCommitsStandsStill() throws InterruptedException {
    starvesWhileHeldUp(committer);
  }

  @Test
  void itStarvesWhileATransactionDoesNotEnd() throws InterruptedException {
    try (OwnerThread another = Loops.thread("another", Armed.nothing().tempo())) {
      starvesWhileHeldUp(
          work ->
              another.execute(
                  () -> {
                    boolean ignored =
                        store.write(
                            _ -> {
                              work.run();
                              return true;
                            });
                  }));
    }
  }

  @Test
  void aRoundThatFailsIsNoneAndTheStatusSaysWhyAndTheNextMayCome() {
    long before = loops.completed();
    store.close();
    loops.ask();
    assertTrue(owner.await(SOON, () -> {}));
    assertTrue(committer.await(SOON, () -> {}));
    assertEquals(before, loops.completed());
    assertTrue(loops.line().startsWith("0 agents linked; the store fails: "), loops.line());
    store = Store.open(folder, Instant::now, Store.Durability.PROCESS);
  }

  private void starvesWhileHeldUp(Executor where) throws InterruptedException {
    voice.ready();
    manager.until("WATCHDOG=1", SOON);
    CountDownLatch stands = new CountDownLatch(1);
    CountDownLatch goesOn = new CountDownLatch(1);
    where.execute(
        () -> {
          stands.countDown();
          try {
            goesOn.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    assertTrue(stands.await(SOON.toSeconds(), TimeUnit.SECONDS));
    try {
      // a round that was completed before may still be told of
      Optional<String> last = manager.next(Duration.ofMillis(300));
      while (last.isPresent()) {
        last = manager.next(Duration.ofMillis(300));
      }
      assertEquals(Optional.empty(), manager.next(Duration.ofMillis(500)));
    } finally {
      goesOn.countDown();
    }
    manager.until("WATCHDOG=1", SOON);
  }
}
