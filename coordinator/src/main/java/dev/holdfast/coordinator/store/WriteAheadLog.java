package dev.holdfast.coordinator.store;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Looks into the file that holds the newest commits of the database before that takes it up. The
 * database leaves out all from the first bad place on, and says nothing: right for what a power cut
 * tore, and a loss of what was acknowledged if it is damage. Each commit is on the disk before the
 * next one begins, so a power cut tears the last one alone: if two commits or more end at a bad
 * place or behind it, that is damage.
 *
 * <p>The form is SQLite's: a header of 32 bytes, then frames, each a header of 24 bytes and a page.
 */
final class WriteAheadLog {
  private static final int HEADER_BYTES = 32;
  private static final int FRAME_BYTES = 24;
  private static final int MAGIC = 0x377f0682;
  private static final int MAX_PAGE_BYTES = 65_536;

  /** So many commits at or behind a bad place are no torn tail. */
  private static final int TORN_COMMITS = 1;

  private WriteAheadLog() {}

  /** What is wrong with it; empty if nothing is, or there is none. */
  static Optional<String> damage(Path file) throws IOException {
    if (Files.notExists(file) || Files.size(file) == 0) {
      return Optional.empty();
    }
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16))) {
      return damage(in);
    }
  }

  private static Optional<String> damage(InputStream in) throws IOException {
    byte[] header = new byte[HEADER_BYTES];
    if (!fill(in, header)) {
      return Optional.empty(); // it was being made
    }
    ByteBuffer fields = ByteBuffer.wrap(header);
    int magic = fields.getInt(0);
    int page = fields.getInt(8);
    ByteOrder order = (magic & 1) == 1 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    Sum sum = new Sum(order);
    sum.add(header, 0, 24);
    if ((magic & ~1) != MAGIC
        || page < 512
        || page > MAX_PAGE_BYTES
        || !sum.is(fields.getInt(24), fields.getInt(28))) {
      return in.read() < 0 ? Optional.empty() : Optional.of("its first bytes are damaged");
    }
    long salt = fields.getLong(16);
    byte[] frame = new byte[FRAME_BYTES + page];
    long number = 0;
    long bad = 0;
    int behind = 0;
    while (fill(in, frame)) {
      number++;
      ByteBuffer head = ByteBuffer.wrap(frame);
      boolean ours = head.getLong(8) == salt;
      if (bad == 0) {
        sum.add(frame, 0, 8);
        sum.add(frame, FRAME_BYTES, page);
        bad = ours && sum.is(head.getInt(16), head.getInt(20)) ? 0 : number;
      }
      if (bad > 0 && ours && head.getInt(4) != 0) {
        behind++;
      }
    }
    return behind > TORN_COMMITS
        ? Optional.of("frame " + bad + " is damaged, and " + behind + " commits are behind it")
        : Optional.empty();
  }

  private static boolean fill(InputStream in, byte[] bytes) throws IOException {
    try {
      new DataInputStream(in).readFully(bytes);
      return true;
    } catch (EOFException e) {
      return false;
    }
  }

  /** The running checksum of the header and all frames so far. */
  private static final class Sum {
    private final ByteOrder order;
    private int first;
    private int second;

    Sum(ByteOrder order) {
      this.order = order;
    }

    void add(byte[] bytes, int offset, int length) {
      ByteBuffer words = ByteBuffer.wrap(bytes, offset, length).order(order);
      while (words.remaining() >= 8) {
        first += words.getInt() + second;
        second += words.getInt() + first;
      }
    }

    boolean is(int one, int two) {
      return first == one && second == two;
    }
  }
}
