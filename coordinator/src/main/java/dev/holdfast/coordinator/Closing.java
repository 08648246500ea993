package dev.holdfast.coordinator;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What was opened, to be closed in reverse. */
final class Closing implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("coordinator");

  private final Deque<Runnable> closers = new ArrayDeque<>();

  /** Something was opened that this closes. */
  synchronized void add(Runnable closer) {
    closers.push(closer);
  }

  /** Closes all, also if something of it fails. Repeats are harmless. */
  @Override
  public synchronized void close() {
    while (!closers.isEmpty()) {
      try {
        closers.pop().run();
      } catch (RuntimeException e) {
        LOG.error("cannot close something", e);
      }
    }
  }
}
