package dev.holdfast.agent.download;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Reads the entries of a tar archive (POSIX ustar and pax, GNU's long names), one by one. */
final class Tar {
  private static final int BLOCK = 512;

  /** What may be said of one entry beside its header. */
  private static final int MAX_EXTENSION_BYTES = 64 * 1024;

  private final InputStream in;
  private long left;
  private long padding;

  /** What was said of the entry that comes next, so far. */
  private long extension;

  Tar(InputStream in) {
    this.in = in;
  }

  /**
   * One entry.
   *
   * @param type as tar writes it: {@code '0'} a file, {@code '5'} a folder, {@code '2'} a link
   * @param mode its permissions, with setuid and the like
   * @param target of a link
   */
  record Entry(String name, char type, int mode, long size, String target) {}

  /** The next entry; empty at the end. What is left of the one before is skipped. */
  Optional<Entry> next() throws IOException {
    Map<String, String> extended = new TreeMap<>();
    extension = 0;
    while (true) {
      in.skipNBytes(left + padding);
      left = 0;
      padding = 0;
      byte[] header = in.readNBytes(BLOCK);
      if (header.length == 0 || (header.length == BLOCK && empty(header))) {
        return Optional.empty();
      }
      if (header.length < BLOCK || checksum(header) != number(header, 148, 8)) {
        throw new IOException("not a tar archive, or a damaged one");
      }
      left = size(header, extended);
      padding = (BLOCK - left % BLOCK) % BLOCK;
      char type = header[156] == 0 ? '0' : (char) header[156];
      switch (type) {
        case 'g' -> {} // about all entries: a comment, as a rule
        case 'x' -> pax(content(), extended);
        case 'L' -> extended.put("path", upToZero(content(), 0, MAX_EXTENSION_BYTES));
        case 'K' -> extended.put("linkpath", upToZero(content(), 0, MAX_EXTENSION_BYTES));
        default -> {
          if (extended.keySet().stream().anyMatch(key -> key.startsWith("GNU.sparse"))) {
            throw new IOException("a sparse file, which is not unpacked");
          }
          return Optional.of(
              new Entry(
                  extended.getOrDefault("path", name(header)),
                  type,
                  (int) number(header, 100, 8),
                  left,
                  extended.getOrDefault("linkpath", upToZero(header, 157, 100))));
        }
      }
    }
  }

  /** More of the entry's content; -1 at its end. */
  int read(byte[] buffer) throws IOException {
    if (left == 0) {
      return -1;
    }
    int count = in.read(buffer, 0, (int) Math.min(buffer.length, left));
    if (count < 0) {
      throw new EOFException("the archive ends in the middle of a file");
    }
    left -= count;
    return count;
  }

  private byte[] content() throws IOException {
    extension += left;
    if (extension > MAX_EXTENSION_BYTES) {
      throw new IOException("an entry of which " + extension + " bytes tell, beside its header");
    }
    byte[] content = in.readNBytes((int) left);
    left -= content.length;
    return content;
  }

  private static long size(byte[] header, Map<String, String> extended) throws IOException {
    String size = extended.get("size");
    try {
      long bytes = size == null ? number(header, 124, 12) : Long.parseLong(size);
      if (bytes >= 0) {
        return bytes;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw new IOException("an entry without a size");
  }

  private static String name(byte[] header) {
    String name = upToZero(header, 0, 100);
    boolean posix = upToZero(header, 257, 5).equals("ustar") && header[262] == 0;
    String prefix = posix ? upToZero(header, 345, 155) : "";
    return prefix.isEmpty() ? name : prefix + "/" + name;
  }

  /** Records of {@code LENGTH KEY=VALUE\n}. */
  private static void pax(byte[] content, Map<String, String> extended) throws IOException {
    int at = 0;
    while (at < content.length) {
      int blank = at;
      while (blank < content.length && content[blank] != ' ') {
        blank++;
      }
      int length;
      try {
        length = Integer.parseInt(new String(content, at, blank - at, StandardCharsets.US_ASCII));
      } catch (NumberFormatException e) {
        throw new IOException("a damaged header of an entry", e);
      }
      if (length <= blank - at + 1 || length > content.length - at) {
        throw new IOException("a damaged header of an entry");
      }
      String record =
          new String(content, blank + 1, at + length - blank - 2, StandardCharsets.UTF_8);
      int equals = record.indexOf('=');
      if (equals > 0) {
        extended.put(record.substring(0, equals), record.substring(equals + 1));
      }
      at += length;
    }
  }

  private static long number(byte[] header, int from, int length) throws IOException {
    if ((header[from] & 0x80) != 0) {
      long number = header[from] & 0x7f;
      for (int i = 1; i < length; i++) {
        if (number > (Long.MAX_VALUE >> 8)) {
          throw new IOException("a number that is too large");
        }
        number = (number << 8) | (header[from + i] & 0xff);
      }
      return number;
    }
    String digits = upToZero(header, from, length).strip();
    try {
      return digits.isEmpty() ? 0 : Long.parseLong(digits, 8);
    } catch (NumberFormatException e) {
      throw new IOException("not a tar archive, or a damaged one", e);
    }
  }

  private static long checksum(byte[] header) {
    long sum = 0;
    for (int i = 0; i < BLOCK; i++) {
      sum += i >= 148 && i < 156 ? ' ' : header[i] & 0xff;
    }
    return sum;
  }

  private static boolean empty(byte[] header) {
    for (byte each : header) {
      if (each != 0) {
        return false;
      }
    }
    return true;
  }

  private static String upToZero(byte[] bytes, int from, int atMost) {
    int end = from;
    while (end < bytes.length && end < from + atMost && bytes[end] != 0) {
      end++;
    }
    return new String(bytes, from, end - from, StandardCharsets.UTF_8);
  }
}
