package dev.holdfast.agent.spool;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * The form of a segment file: a header, then records to the end. All numbers are big-endian.
 *
 * <pre>
 * header: "HFSP" · version (4) · sequence of the next record when it was made (8) · made, ms (8) · CRC32C (4)
 * record: length of what follows the CRC (4) · CRC32C of that (4) · sequence (8) · length of the key (2) · key · report
 * </pre>
 */
final class Segment {
  static final int HEADER_BYTES = 28;
  static final int RECORD_BYTES = 18;
  static final int VERSION = 1;

  /** More than any report and its key; a length above it is no length. */
  static final int MAX_RECORD_BYTES = 4 * 1024 * 1024;

  private static final int MAGIC = 0x48465350;

  /** How far the sequence may jump between neighbours when a reader looks for the next record. */
  private static final long MAX_JUMP = 1L << 32;

  private Segment() {}

  /** A header's content. */
  record Header(long nextSequence, Instant made) {}

  /**
   * A record's content and place.
   *
   * @param key names what a newer record of the lane takes the place of; empty if nothing does
   * @param report empty: what the key names is no longer to be sent
   * @param end offset of the byte after it
   */
  record Entry(long sequence, String key, ByteString report, int offset, int end) {}

  /** Bytes that are no record, with records after them or where none may be missing. */
  record Damage(int offset, int end) {}

  /**
   * What a file holds.
   *
   * @param header empty if the file is too short for one: it was being made
   * @param good where the last record ends; what is after it is a torn tail
   * @param headerDamaged there is a header, and it is wrong
   */
  record Content(
      Optional<Header> header,
      boolean headerDamaged,
      List<Entry> entries,
      List<Damage> damages,
      int good) {}

  static byte[] header(long nextSequence, Instant made) {
    ByteBuffer buffer = ByteBuffer.allocate(HEADER_BYTES);
    buffer.putInt(MAGIC).putInt(VERSION).putLong(nextSequence).putLong(made.toEpochMilli());
    buffer.putInt(crc(buffer.array(), 0, HEADER_BYTES - 4));
    return buffer.array();
  }

  static byte[] record(long sequence, String key, ByteString report) {
    byte[] keyBytes = key.getBytes(StandardCharsets.UTF_8);
    int length = RECORD_BYTES - 8 + keyBytes.length + report.size();
    if (length > MAX_RECORD_BYTES || keyBytes.length > Short.MAX_VALUE) {
      throw new IllegalArgumentException("a record of " + length + " bytes");
    }
    ByteBuffer buffer = ByteBuffer.allocate(8 + length);
    buffer.putInt(length).putInt(0).putLong(sequence).putShort((short) keyBytes.length);
    buffer.put(keyBytes).put(report.asReadOnlyByteBuffer());
    buffer.putInt(4, crc(buffer.array(), 8, length));
    return buffer.array();
  }

  /** The record at an offset, if one is whole there. */
  static Optional<Entry> recordAt(byte[] bytes, int offset) {
    int left = bytes.length - offset;
    if (left < RECORD_BYTES) {
      return Optional.empty();
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    int length = buffer.getInt(offset);
    if (length < RECORD_BYTES - 8 || length > MAX_RECORD_BYTES || length > left - 8) {
      return Optional.empty();
    }
    int keyLength = buffer.getShort(offset + 16);
    if (keyLength < 0
        || keyLength > length - (RECORD_BYTES - 8)
        || buffer.getInt(offset + 4) != crc(bytes, offset + 8, length)) {
      return Optional.empty();
    }
    int reportAt = offset + RECORD_BYTES + keyLength;
    int end = offset + 8 + length;
    return Optional.of(
        new Entry(
            buffer.getLong(offset + 8),
            new String(bytes, offset + RECORD_BYTES, keyLength, StandardCharsets.UTF_8),
            ByteString.copyFrom(bytes, reportAt, end - reportAt),
            offset,
            end));
  }

  /**
   * Reads a whole file. Bad bytes that run to its end are a torn tail if it is the newest file of
   * its lane and they are what an append that was cut off leaves: a record that is not all there,
   * or zeroes. All other bad bytes are damage.
   */
  static Content scan(byte[] bytes, boolean newest) {
    if (bytes.length < HEADER_BYTES) {
      return newest
          ? new Content(Optional.empty(), false, List.of(), List.of(), 0)
          : new Content(Optional.empty(), true, List.of(), List.of(), 0);
    }
    Optional<Header> header = header(bytes);
    List<Entry> entries = new ArrayList<>();
    List<Damage> damages = new ArrayList<>();
    long last = header.map(Header::nextSequence).orElse(1L) - 1;
    int offset = HEADER_BYTES;
    int good = offset;
    while (offset < bytes.length) {
      Optional<Entry> found = recordAt(bytes, offset);
      if (found.isEmpty()) {
        int from = offset;
        found = nextAfter(bytes, offset, last);
        if (found.isEmpty()) {
          if (!newest || !torn(bytes, from)) {
            damages.add(new Damage(from, bytes.length));
            good = bytes.length;
          }
          break;
        }
        damages.add(new Damage(from, found.get().offset()));
      }
      entries.add(found.get());
      last = Math.max(last, found.get().sequence());
      offset = found.get().end();
      good = offset;
    }
    return new Content(header, header.isEmpty(), entries, damages, good);
  }

  private static Optional<Header> header(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    boolean right =
        buffer.getInt(0) == MAGIC
            && buffer.getInt(HEADER_BYTES - 4) == crc(bytes, 0, HEADER_BYTES - 4);
    if (right && buffer.getInt(4) != VERSION) {
      throw new IllegalStateException(
          "a segment of the spool has a format that this version does not know; use the version"
              + " that wrote it");
    }
    return right
        ? Optional.of(new Header(buffer.getLong(8), Instant.ofEpochMilli(buffer.getLong(16))))
        : Optional.empty();
  }

  private static Optional<Entry> nextAfter(byte[] bytes, int bad, long last) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    for (int offset = bad + 1; offset <= bytes.length - RECORD_BYTES; offset++) {
      long sequence = buffer.getLong(offset + 8);
      if (sequence > 0 && sequence < last + MAX_JUMP) {
        Optional<Entry> found = recordAt(bytes, offset);
        if (found.isPresent()) {
          return found;
        }
      }
    }
    return Optional.empty();
  }

  private static boolean torn(byte[] bytes, int from) {
    int left = bytes.length - from;
    int length = left < 4 ? 0 : ByteBuffer.wrap(bytes).getInt(from);
    if (left < RECORD_BYTES || (length <= MAX_RECORD_BYTES && length > left - 8)) {
      return true;
    }
    for (int at = from; at < bytes.length; at++) {
      if (bytes[at] != 0) {
        return false;
      }
    }
    return true;
  }

  private static int crc(byte[] bytes, int offset, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, offset, length);
    return (int) crc.getValue();
  }
}
