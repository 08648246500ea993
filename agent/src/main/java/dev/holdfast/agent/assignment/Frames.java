package dev.holdfast.agent.assignment;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Checksummed records one after another: two bytes that mark a beginning, length, CRC-32C, content.
 * A power cut may leave anything after the last sync; reading finds what is whole.
 */
final class Frames {
  /** Bytes of one record's content. */
  static final int MAX_CONTENT = 1024 * 1024;

  private static final short MARK = 0x4846;
  private static final int HEAD = 10;

  private Frames() {}

  /**
   * What reading came to.
   *
   * @param contents of the whole records, in order
   * @param end where the last whole record ends: the rest is a torn tail
   * @param damaged how many times something that is no record lies before a whole record
   */
  record Reading(List<byte[]> contents, int end, int damaged) {}

  static byte[] frame(byte[] content) {
    if (content.length > MAX_CONTENT) {
      throw new IllegalArgumentException("a record of " + content.length + " bytes");
    }
    return ByteBuffer.allocate(HEAD + content.length)
        .putShort(MARK)
        .putInt(content.length)
        .putInt(checksum(content, 0, content.length))
        .put(content)
        .array();
  }

  static byte[] frames(List<byte[]> contents) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    contents.forEach(content -> out.writeBytes(frame(content)));
    return out.toByteArray();
  }

  static Reading read(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    List<byte[]> contents = new ArrayList<>();
    int end = 0;
    int damaged = 0;
    int at = 0;
    while (at + HEAD <= bytes.length) {
      int length = lengthAt(bytes, buffer, at);
      if (length < 0) {
        at++;
        continue;
      }
      if (at > end) {
        damaged++;
      }
      byte[] content = new byte[length];
      buffer.get(at + HEAD, content);
      contents.add(content);
      at += HEAD + length;
      end = at;
    }
    return new Reading(contents, end, damaged);
  }

  /** The length of the whole record that begins there; negative if none does. */
  private static int lengthAt(byte[] bytes, ByteBuffer buffer, int at) {
    if (buffer.getShort(at) != MARK) {
      return -1;
    }
    int length = buffer.getInt(at + 2);
    boolean fits = length >= 0 && length <= MAX_CONTENT && length <= bytes.length - at - HEAD;
    return fits && checksum(bytes, at + HEAD, length) == buffer.getInt(at + 6) ? length : -1;
  }

  private static int checksum(byte[] bytes, int from, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, from, length);
    return (int) crc.getValue();
  }
}
