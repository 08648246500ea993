package dev.holdfast.agent.spool;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * Remembers about when records were written, so that one knows how long the oldest has waited: a
 * mark now and then, fewer the longer ago it was, so a bounded number. An age that is told is never
 * too small, and too large by at most the way to the next mark.
 */
final class Ages {
  /** Between two marks at the least. */
  static final Duration STEP = Duration.ofSeconds(5);

  /** Marks at the most; beyond, every other one is forgotten. */
  static final int MOST = 256;

  private final Deque<Mark> marks = new ArrayDeque<>();

  private record Mark(long sequence, Duration at) {}

  /** A record was written. */
  void wrote(long sequence, Duration now) {
    Mark last = marks.peekLast();
    if (last != null && now.minus(last.at).compareTo(STEP) < 0) {
      return;
    }
    if (marks.size() == MOST) {
      thin();
    }
    marks.add(new Mark(sequence, now));
  }

  /** All up to here are stored. */
  void stored(long through) {
    while (marks.size() > 1) {
      Iterator<Mark> each = marks.iterator();
      each.next();
      if (each.next().sequence > through + 1) {
        return;
      }
      marks.removeFirst();
    }
  }

  /** Nothing waits. */
  void none() {
    marks.clear();
  }

  /** About when the oldest that waits was written; empty if nothing was. */
  Optional<Duration> oldest() {
    return Optional.ofNullable(marks.peekFirst()).map(Mark::at);
  }

  private void thin() {
    List<Mark> all = new ArrayList<>(marks);
    marks.clear();
    for (int i = 0; i < all.size(); i += 2) {
      marks.add(all.get(i));
    }
  }
}
