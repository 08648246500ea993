package dev.holdfast.agent.spool;

import com.google.protobuf.ByteString;
import dev.holdfast.agent.disk.Disk;
import dev.holdfast.report.Lane;
import dev.holdfast.task.Limits;
import dev.holdfast.task.Timers;
import dev.holdfast.wire.ReportCodec;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;

/**
 * The segments of one lane: a folder of files, numbered in the order of their making. Records are
 * added to the newest. The newest is never deleted, so the sequence never begins again.
 */
final class LaneFiles {
  private static final String SUFFIX = ".seg";

  private final Disk disk;
  private final Timers timers;
  private final Lane lane;
  private final String folder;
  private final Aside aside;
  private final Deque<SegmentFile> segments = new ArrayDeque<>();
  private long next = 1;

  LaneFiles(Disk disk, Timers timers, Lane lane, String folder, Aside aside) {
    this.disk = disk;
    this.timers = timers;
    this.lane = lane;
    this.folder = folder;
    this.aside = aside;
  }

  /** Where a record lies. */
  record Place(SegmentFile segment, int offset, int length) {}

  /**
   * Reads all segments, oldest first, cuts a torn tail and sets damage aside.
   *
   * @param each hears of each record
   */
  void open(BiConsumer<Place, Segment.Entry> each) {
    List<Long> numbers = new ArrayList<>();
    for (String name : disk.list(folder)) {
      if (name.matches("[0-9a-f]{16}" + SUFFIX)) {
        numbers.add(HexFormat.fromHexDigitsToLong(name, 0, 16));
      }
    }
    for (int i = 0; i < numbers.size(); i++) {
      open(numbers.get(i), i == numbers.size() - 1, each);
    }
    if (segments.isEmpty()) {
      make(numbers.isEmpty() ? 1 : numbers.getLast() + 1);
    }
    // An earlier life may have been killed between an append and its sync.
    sync();
  }

  private void open(long number, boolean newest, BiConsumer<Place, Segment.Entry> each) {
    String path = path(number);
    byte[] bytes = disk.read(path).orElse(new byte[0]);
    Segment.Content content = Segment.scan(bytes, newest);
    if (content.header().isEmpty() && !content.headerDamaged()) {
      disk.delete(path);
      return;
    }
    Map<Boolean, List<Segment.Entry>> sorted =
        content.entries().stream().collect(Collectors.partitioningBy(this::belongs));
    List<Segment.Entry> entries = sorted.getOrDefault(true, List.of());
    List<Segment.Entry> foreign = sorted.getOrDefault(false, List.of());
    boolean damaged = content.headerDamaged() || !content.damages().isEmpty() || !foreign.isEmpty();
    if (content.headerDamaged()) {
      aside.put(bytes, 0, Math.min(bytes.length, Segment.HEADER_BYTES));
    }
    content.damages().forEach(damage -> aside.put(bytes, damage.offset(), damage.end()));
    foreign.forEach(entry -> aside.put(bytes, entry.offset(), entry.end()));
    next = Math.max(next, content.header().map(Segment.Header::nextSequence).orElse(next));
    SegmentFile segment =
        new SegmentFile(
            number, path, content.header().map(Segment.Header::made).orElse(timers.now()), next);
    if (damaged) {
      disk.write(path, clean(bytes, entries, segment));
    } else if (content.good() < bytes.length) {
      disk.truncate(path, content.good());
    }
    int offset = Segment.HEADER_BYTES;
    for (Segment.Entry entry : entries) {
      int length = entry.end() - entry.offset();
      segment.grow(entry.sequence(), length);
      each.accept(new Place(segment, offset, length), entry);
      offset += length;
      next = Math.max(next, entry.sequence() + 1);
    }
    segments.add(segment);
  }

  /**
   * Whether it was written to this lane; in a file of another one that took its place it wasn't.
   */
  private boolean belongs(Segment.Entry entry) {
    return entry.report().isEmpty()
        ? lane != Lane.RESULTS // what is no longer to be sent
        : ReportCodec.laneOf(entry.report()).filter(lane::equals).isPresent();
  }

  private static byte[] clean(byte[] bytes, List<Segment.Entry> entries, SegmentFile segment) {
    int size = Segment.HEADER_BYTES;
    for (Segment.Entry entry : entries) {
      size += entry.end() - entry.offset();
    }
    byte[] clean = new byte[size];
    byte[] header = Segment.header(segment.lastSequence() + 1, segment.made());
    System.arraycopy(header, 0, clean, 0, header.length);
    int offset = header.length;
    for (Segment.Entry entry : entries) {
      int length = entry.end() - entry.offset();
      System.arraycopy(bytes, entry.offset(), clean, offset, length);
      offset += length;
    }
    return clean;
  }

  /** The sequence that the next record gets. */
  long next() {
    return next;
  }

  /** Adds a new record; not durable before {@link #sync}. */
  Place add(String key, ByteString report) {
    Place place = append(next, key, report);
    next++;
    return place;
  }

  /** Adds a record with a sequence that it already has: it was in an older segment. */
  Place append(long sequence, String key, ByteString report) {
    byte[] record = Segment.record(sequence, key, report);
    if (newest().records() > 0 && newest().bytes() + record.length > Limits.SPOOL_SEGMENT_BYTES) {
      roll();
    }
    SegmentFile segment = newest();
    if (disk.read(segment.path(), segment.bytes() - 1, 2).length != 1) {
      // Somebody deleted or cut it: what is added now would lie where no start finds it. Nothing is
      // taken, so who wanted it kept tells it again after a restart.
      throw damaged(segment);
    }
    Place place = new Place(segment, (int) segment.bytes(), record.length);
    disk.append(segment.path(), record);
    segment.grow(sequence, record.length);
    return place;
  }

  /** Makes all records durable. */
  void sync() {
    disk.sync(newest().path());
  }

  /** Begins a new segment; what is in the others is durable. */
  void roll() {
    sync();
    make(newest().number() + 1);
  }

  /** Deletes segments before this one, which is one of this lane. */
  void deleteBefore(SegmentFile first) {
    while (segments.getFirst() != first) {
      disk.delete(segments.removeFirst().path());
    }
  }

  /** Oldest first; at least one. */
  Deque<SegmentFile> segments() {
    return segments;
  }

  SegmentFile newest() {
    return segments.getLast();
  }

  /** Bytes of all files. */
  long bytes() {
    long bytes = 0;
    for (SegmentFile segment : segments) {
      bytes += segment.bytes();
    }
    return bytes;
  }

  /** Reads one record. */
  Segment.Entry read(Place place) {
    byte[] bytes = disk.read(place.segment().path(), place.offset(), place.length());
    return Segment.recordAt(bytes, 0).orElseThrow(() -> damaged(place.segment()));
  }

  /** Reads bytes of a segment, fewer at its end. */
  byte[] read(SegmentFile segment, long offset, int length) {
    return disk.read(segment.path(), offset, length);
  }

  /** What is thrown when a record that was good at the start isn't any more. */
  static IllegalStateException damaged(SegmentFile segment) {
    return new IllegalStateException(
        "the spool was damaged while in use: "
            + segment.path()
            + "; a restart sets the damage aside");
  }

  private void make(long number) {
    String path = path(number);
    SegmentFile made = new SegmentFile(number, path, timers.now(), next);
    disk.append(path, Segment.header(next, made.made()));
    disk.sync(path);
    segments.add(made);
  }

  private String path(long number) {
    return folder + "/" + HexFormat.of().toHexDigits(number) + SUFFIX;
  }
}
