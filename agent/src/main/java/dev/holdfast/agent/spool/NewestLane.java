package dev.holdfast.agent.spool;

import com.google.protobuf.ByteString;
import dev.holdfast.agent.disk.DiskFullException;
import dev.holdfast.agent.spool.LaneFiles.Place;
import dev.holdfast.report.Lane;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A lane of which only the newest record of each key counts: the progress of a run, an inventory
 * type. Older ones are forgotten, sent or not. Records are durable before they are sent, not before
 * they are added.
 */
final class NewestLane {
  /** Below this, dead bytes don't matter. */
  private static final int COMPACT_ABOVE_BYTES = 1024 * 1024;

  private static final ByteString FORGOTTEN = ByteString.EMPTY;

  private final Lane lane;
  private final LaneFiles files;

  private final Map<String, Live> live = new LinkedHashMap<>();

  private long sent;
  private boolean unsynced;
  private long dropped;

  private record Live(long sequence, Place place) {}

  /** Opens the lane; what is stored is left out. */
  NewestLane(Lane lane, LaneFiles files, long stored) {
    this.lane = lane;
    this.files = files;
    files.open(
        (place, entry) -> {
          live.remove(entry.key());
          if (!entry.report().isEmpty() && entry.sequence() > stored) {
            live.put(entry.key(), new Live(entry.sequence(), place));
          }
        });
  }

  /** The newest sequence written. */
  long written() {
    return files.next() - 1;
  }

  /** Records that were given up since there was no room. */
  long dropped() {
    return dropped;
  }

  long bytes() {
    return files.bytes();
  }

  /** How many wait to be stored. */
  int waiting() {
    return live.size();
  }

  /** Whether the newest record of the key is this one, and waits to be stored. */
  boolean waits(String key, long sequence) {
    Live newest = live.get(key);
    return newest != null && newest.sequence() == sequence;
  }

  /** Adds a record, which takes the place of the one with this key. */
  void add(String key, ByteString report) {
    Place place = files.add(key, report);
    live.remove(key);
    live.put(key, new Live(written(), place));
    unsynced = true;
    try {
      compact();
    } catch (DiskFullException e) {
      // What was to be moved is where it was.
    }
  }

  /** What the key names is no longer to be sent. */
  void forget(String key) {
    if (live.remove(key) != null) {
      try {
        files.add(key, FORGOTTEN);
        unsynced = true;
        compact();
      } catch (DiskFullException e) {
        // A later life may send it once more; the end that is stored wins.
      }
    }
  }

  /** A record was not taken, for want of room. */
  void notTaken() {
    dropped++;
  }

  /** Gives up all that waits, to make room. */
  void giveUp() {
    dropped += live.size();
    live.clear();
    files.deleteBefore(files.newest());
    try {
      rewrite();
    } catch (DiskFullException e) {
      // The newest segment stays: it remembers the sequence.
    }
  }

  /** The coordinator has stored up to here. */
  void storedThrough(long sequence) {
    live.values().removeIf(waiting -> waiting.sequence() <= sequence);
  }

  /** The coordinator refused this one; it is not sent again. */
  void refused(long sequence) {
    live.values().removeIf(waiting -> waiting.sequence() == sequence);
  }

  /** Sends again all that waits. */
  void sendAgain() {
    sent = 0;
  }

  /** Whether something was not sent. */
  boolean unsent() {
    return live.values().stream().anyMatch(waiting -> waiting.sequence() > sent);
  }

  /** The next record that was not sent and has at most this many bytes. */
  Optional<Spooled> next(int most) {
    Optional<Live> next =
        live.values().stream()
            .filter(waiting -> waiting.sequence() > sent)
            .min(Comparator.comparingLong(Live::sequence));
    if (next.isEmpty()) {
      return Optional.empty();
    }
    if (unsynced) {
      files.sync();
      unsynced = false;
    }
    ByteString report = files.read(next.get().place()).report();
    if (report.size() > most) {
      return Optional.empty();
    }
    sent = next.get().sequence();
    return Optional.of(new Spooled(lane, sent, report));
  }

  /** The record with this sequence, if it is still the newest of its key. */
  Optional<Spooled> find(long sequence) {
    return live.values().stream()
        .filter(waiting -> waiting.sequence() == sequence)
        .map(waiting -> new Spooled(lane, sequence, files.read(waiting.place()).report()))
        .findFirst();
  }

  private void compact() {
    long bytes = files.bytes();
    if (bytes > COMPACT_ABOVE_BYTES) {
      long alive = 0;
      for (Live waiting : live.values()) {
        alive += waiting.place().length();
      }
      if (alive < bytes / 2) {
        rewrite();
      }
    }
  }

  /** Moves what lives to new segments, and deletes the old ones once these are durable. */
  private void rewrite() {
    files.roll();
    SegmentFile first = files.newest();
    for (Iterator<Map.Entry<String, Live>> each = live.entrySet().iterator(); each.hasNext(); ) {
      Map.Entry<String, Live> entry = each.next();
      long sequence = entry.getValue().sequence();
      ByteString report = files.read(entry.getValue().place()).report();
      entry.setValue(new Live(sequence, files.append(sequence, entry.getKey(), report)));
    }
    files.sync();
    unsynced = false;
    files.deleteBefore(first);
  }
}
