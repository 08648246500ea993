package dev.holdfast.agent.spool;

import com.google.protobuf.ByteString;
import dev.holdfast.report.Lane;
import dev.holdfast.task.Limits;
import dev.holdfast.task.Timers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * The lane of which nothing may get lost. Records are sent in order from a cursor; segments that
 * the coordinator has stored whole are kept for a while, for a coordinator that comes back with an
 * older store.
 */
final class ResultsLane {
  private static final int CHUNK_BYTES = 64 * 1024;
  private static final byte[] NOTHING = {};

  private final LaneFiles files;
  private final Timers timers;
  private final StoredLog log;
  private long stored;
  private long cursor = 1;
  private SegmentFile cursorSegment;
  private long cursorOffset = Segment.HEADER_BYTES;
  private long lost;
  private final Ages ages = new Ages();

  /** Bytes that were read ahead of the cursor. */
  private byte[] chunk = NOTHING;

  private long chunkNumber;
  private long chunkOffset;

  /**
   * Over files that are open.
   *
   * @param log says how far it is stored, and is told what is written and what goes
   */
  ResultsLane(LaneFiles files, Timers timers, StoredLog log) {
    this.files = files;
    this.timers = timers;
    this.log = log;
    this.cursorSegment = files.segments().getFirst();
    this.stored = Math.min(log.of(Lane.RESULTS), written());
    rewind();
    if (waiting() > 0) {
      ages.wrote(this.stored + 1, timers.uptime()); // from when on is not known
    }
  }

  /** The newest sequence written. */
  long written() {
    return files.next() - 1;
  }

  /** The sequence up to which the coordinator has stored all. */
  long stored() {
    return stored;
  }

  /** Results that were given up since there was no room. */
  long lost() {
    return lost;
  }

  long bytes() {
    return files.bytes();
  }

  /** For about how long the oldest has waited that waits; zero if none does. */
  Duration oldest() {
    return ages.oldest().map(at -> timers.uptime().minus(at)).orElse(Duration.ZERO);
  }

  /** How many wait to be stored. */
  long waiting() {
    long waiting = 0;
    for (SegmentFile segment : files.segments()) {
      waiting += waiting(segment);
    }
    return waiting;
  }

  private long waiting(SegmentFile segment) {
    return Math.clamp(segment.lastSequence() - stored, 0, segment.records());
  }

  /** Adds a record, durably. */
  void add(String key, ByteString report) {
    files.add(key, report);
    files.sync();
    log.wrote(written());
    ages.wrote(written(), timers.uptime());
  }

  /** The coordinator has stored up to here; it never goes back by this. */
  void storedThrough(long sequence) {
    stored = Math.clamp(sequence, stored, written());
    ages.stored(stored);
    if (stored == written()) {
      ages.none();
    }
    if (cursor <= stored) {
      rewind();
    }
    deleteKept(Limits.SPOOL_KEPT_BYTES);
  }

  /** Sends again from after this sequence, if it is still there. */
  void sendAfter(long sequence) {
    stored = Math.min(sequence, written());
    rewind();
  }

  /**
   * Deletes segments that are stored whole, oldest first, until the others of these fit in the
   * bound; those that were kept long enough in any case.
   */
  void deleteKept(long bound) {
    long kept = 0;
    for (SegmentFile segment : files.segments()) {
      kept += segment != files.newest() && segment.lastSequence() <= stored ? segment.bytes() : 0;
    }
    Iterator<SegmentFile> oldest = new ArrayList<>(files.segments()).iterator();
    SegmentFile segment = oldest.next();
    while (oldest.hasNext()) {
      SegmentFile following = oldest.next();
      boolean old = following.made().plus(Limits.SPOOL_KEPT).isBefore(timers.now());
      if (segment.lastSequence() > stored || (kept <= bound && !old)) {
        return;
      }
      kept -= segment.bytes();
      deleteOldest(following);
      segment = following;
    }
  }

  /** Gives up the oldest segment, counting what was not stored of it; false if it is the only. */
  boolean giveUpOldest() {
    Iterator<SegmentFile> oldest = files.segments().iterator();
    SegmentFile segment = oldest.next();
    if (!oldest.hasNext()) {
      return false;
    }
    lost += waiting(segment);
    deleteOldest(oldest.next());
    return true;
  }

  private void deleteOldest(SegmentFile following) {
    if (cursorSegment.number() < following.number()) {
      cursorSegment = following;
      cursorOffset = Segment.HEADER_BYTES;
    }
    log.settle(files.segments().getFirst().lastSequence());
    files.deleteBefore(following);
  }

  /** Whether something was not sent. */
  boolean unsent() {
    return cursorOffset < cursorSegment.bytes()
        || files.segments().stream()
            .anyMatch(other -> other.number() > cursorSegment.number() && other.records() > 0);
  }

  /** The record at the cursor, which moves on if the record has at most this many bytes. */
  Optional<Spooled> next(int most) {
    while (cursorOffset >= cursorSegment.bytes()) {
      Optional<SegmentFile> following = after(cursorSegment);
      if (following.isEmpty()) {
        chunk = NOTHING;
        return Optional.empty();
      }
      cursorSegment = following.get();
      cursorOffset = Segment.HEADER_BYTES;
    }
    Segment.Entry entry = entryAt(cursorSegment, cursorOffset);
    if (entry.report().size() > most) {
      return Optional.empty();
    }
    cursorOffset += entry.end() - entry.offset();
    cursor = entry.sequence() + 1;
    return Optional.of(new Spooled(Lane.RESULTS, entry.sequence(), entry.report()));
  }

  /** The record with this sequence, if it is still there. */
  Optional<Spooled> find(long sequence) {
    for (SegmentFile segment : files.segments()) {
      if (segment.lastSequence() >= sequence) {
        return entries(segment).stream()
            .filter(entry -> entry.sequence() == sequence)
            .map(entry -> new Spooled(Lane.RESULTS, sequence, entry.report()))
            .findFirst();
      }
    }
    return Optional.empty();
  }

  private void rewind() {
    cursor = stored + 1;
    for (SegmentFile segment : files.segments()) {
      cursorSegment = segment;
      cursorOffset = Segment.HEADER_BYTES;
      if (segment.lastSequence() > stored) {
        for (Segment.Entry entry : entries(segment)) {
          if (entry.sequence() > stored) {
            return;
          }
          cursorOffset = entry.end();
        }
      }
    }
    cursorOffset = cursorSegment.bytes();
  }

  private List<Segment.Entry> entries(SegmentFile segment) {
    return Segment.scan(files.read(segment, 0, (int) segment.bytes()), false).entries();
  }

  private Segment.Entry entryAt(SegmentFile segment, long offset) {
    return inChunk(segment, offset)
        .or(() -> readChunk(segment, offset, CHUNK_BYTES))
        .or(() -> readChunk(segment, offset, Segment.MAX_RECORD_BYTES))
        .orElseThrow(() -> LaneFiles.damaged(segment));
  }

  private Optional<Segment.Entry> readChunk(SegmentFile segment, long offset, int length) {
    chunk = files.read(segment, offset, length);
    chunkNumber = segment.number();
    chunkOffset = offset;
    return inChunk(segment, offset);
  }

  private Optional<Segment.Entry> inChunk(SegmentFile segment, long offset) {
    boolean covers =
        segment.number() == chunkNumber
            && offset >= chunkOffset
            && offset < chunkOffset + chunk.length;
    return covers ? Segment.recordAt(chunk, (int) (offset - chunkOffset)) : Optional.empty();
  }

  private Optional<SegmentFile> after(SegmentFile segment) {
    return files.segments().stream().filter(other -> other.number() > segment.number()).findFirst();
  }
}
