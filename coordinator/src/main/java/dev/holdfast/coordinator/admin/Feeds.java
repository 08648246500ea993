package dev.holdfast.coordinator.admin;

import dev.holdfast.task.Timers;
import io.grpc.stub.ServerCallStreamObserver;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Streams of what is read from rows. Each is a cursor: it is woken when there may be more and when
 * its reader can take more, and reads on from where it is. No more than one chunk is held for it,
 * so a slow reader costs next to nothing; one that takes nothing for long is dropped, and told
 * after which cursor to go on.
 */
public final class Feeds {
  /** A reader that takes nothing for so long, though there is something, is dropped. */
  static final Duration PATIENCE = Duration.ofSeconds(60);

  /** How often it is looked for such readers, while there is any stream. */
  static final Duration LOOK = Duration.ofSeconds(5);

  private static final Logger LOG = LoggerFactory.getLogger("feed");

  private final Executor executor;
  private final Timers timers;
  private final int atMost;
  private final Set<Feed<?>> feeds = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean looking = new AtomicBoolean();

  /**
   * Makes them.
   *
   * @param executor where rows are read, one stream after the other
   * @param timers may run their tasks on that executor too
   * @param atMost streams at once
   */
  public Feeds(Executor executor, Timers timers, int atMost) {
    this.executor = executor;
    this.timers = timers;
    this.atMost = atMost;
  }

  /** Where a stream's messages come from; asked by one thread at a time. */
  public interface Source<T> {
    /**
     * What follows, at most a chunk; moves on.
     *
     * @throws Refusal if the stream can't go on
     */
    Chunk<T> next();
  }

  /**
   * A few messages.
   *
   * @param more whether to ask again at once
   * @param over whether these are the last
   * @param again when to ask again though nothing woke it; empty: never
   */
  public record Chunk<T>(
      List<Item<T>> items, boolean more, boolean over, Optional<Duration> again) {
    /** Copies. */
    public Chunk {
      items = List.copyOf(items);
    }
  }

  /** A message, and the cursor after which a stream goes on behind it. */
  public record Item<T>(T message, String cursor) {}

  /**
   * Begins a stream.
   *
   * @param cursor after which it begins
   * @param cursorField what the request calls it
   */
  public <T> void open(
      ServerCallStreamObserver<T> answer, Source<T> source, String cursor, String cursorField) {
    if (feeds.size() >= atMost) {
      answer.onError(tooMany(atMost).status());
      return;
    }
    Feed<T> feed = new Feed<>(answer, source, cursor, cursorField);
    feeds.add(feed);
    answer.setOnCancelHandler(() -> feeds.remove(feed));
    answer.setOnReadyHandler(feed::wake);
    feed.wake();
    lookSoon();
  }

  /** Says that there are as many as there can be. */
  public static Refusal tooMany(int atMost) {
    return new Refusal(
        "WatcherLimitExceeded", "there are " + atMost + " such streams; no more are allowed");
  }

  /** Monotonic time. From any thread. */
  public Duration uptime() {
    return timers.uptime();
  }

  /** There may be more for any of them. From any thread. */
  public void wake() {
    feeds.forEach(Feed::wake);
  }

  /** How many there are. */
  int size() {
    return feeds.size();
  }

  private void lookSoon() {
    if (looking.compareAndSet(false, true)) {
      timers.after(LOOK, () -> executor.execute(this::look));
    }
  }

  private void look() {
    looking.set(false);
    feeds.forEach(Feed::look);
    if (!feeds.isEmpty()) {
      lookSoon();
    }
  }

  private final class Feed<T> {
    private final ServerCallStreamObserver<T> answer;
    private final Source<T> source;
    private final String cursorField;
    private final Deque<Item<T>> held = new ArrayDeque<>();
    private final AtomicBoolean woken = new AtomicBoolean();
    private String cursor;
    private Optional<Duration> stuckSince = Optional.empty();
    private boolean last;
    private boolean ended;

    Feed(ServerCallStreamObserver<T> answer, Source<T> source, String cursor, String field) {
      this.answer = answer;
      this.source = source;
      this.cursor = cursor;
      this.cursorField = field;
    }

    /** Reads on, soon; several wakes before that are one. */
    void wake() {
      if (woken.compareAndSet(false, true)) {
        executor.execute(this::readOn);
      }
    }

    private synchronized void readOn() {
      woken.set(false);
      try {
        boolean more = true;
        while (more && !ended && !answer.isCancelled()) {
          more = held.isEmpty() ? fetch() : send();
        }
      } catch (Refusal refusal) {
        end(refusal);
      } catch (RuntimeException e) {
        LOG.error("a stream could not be read on", e);
        end(new Refusal("InternalServerError", "the rows can't be read now; try again"));
      }
    }

    /** Whether there is something to send, or to ask for again. */
    private boolean fetch() {
      if (last) {
        over();
        answer.onCompleted();
        return false;
      }
      Chunk<T> chunk = source.next();
      held.addAll(chunk.items());
      last = chunk.over();
      chunk.again().ifPresent(delay -> timers.after(delay, this::wake));
      return chunk.more() || last || !held.isEmpty();
    }

    /** Whether the reader took one. */
    private boolean send() {
      if (!answer.isReady()) {
        stuckSince = stuckSince.or(() -> Optional.of(timers.uptime()));
        return false;
      }
      stuckSince = Optional.empty();
      Item<T> item = held.removeFirst();
      answer.onNext(item.message());
      cursor = item.cursor();
      return true;
    }

    private synchronized void look() {
      boolean stuck =
          stuckSince
              .filter(since -> timers.uptime().compareTo(since.plus(PATIENCE)) >= 0)
              .isPresent();
      if (stuck && !ended && !answer.isReady()) {
        end(
            new Refusal(
                "WatcherTooSlow",
                "nothing was taken for "
                    + PATIENCE.toSeconds()
                    + " s; go on with "
                    + cursorField
                    + " "
                    + cursor,
                List.of(new Refusal.Finding(cursorField, cursor))));
      }
    }

    private void end(Refusal refusal) {
      if (!ended) {
        over();
        answer.onError(refusal.status());
      }
    }

    private void over() {
      ended = true;
      held.clear();
      feeds.remove(this);
    }
  }
}
