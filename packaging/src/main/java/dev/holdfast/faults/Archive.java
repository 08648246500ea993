package dev.holdfast.faults;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;

/** A compressed tar archive as nobody should make it: each entry says what it is told to say. */
final class Archive {
  private static final int BLOCK = 512;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final OutputStream out;

  Archive() throws IOException {
    out = new GZIPOutputStream(bytes, 64 * 1024);
  }

  Archive folder(String name) throws IOException {
    return entry(name, '5', 0755, "", "");
  }

  Archive file(String name, String text) throws IOException {
    return entry(name, '0', 0644, text, "");
  }

  Archive link(String name, String target) throws IOException {
    return entry(name, '2', 0777, "", target);
  }

  /** A header of pax for the next entry: records of {@code LENGTH KEY=VALUE}. */
  Archive pax(String... keysAndValues) throws IOException {
    StringBuilder records = new StringBuilder();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      String rest = " " + keysAndValues[i] + "=" + keysAndValues[i + 1] + "\n";
      int length = rest.length() + 1;
      while (Integer.toString(length).length() + rest.length() != length) {
        length++;
      }
      records.append(length).append(rest);
    }
    return entry("pax", 'x', 0644, records.toString(), "");
  }

  Archive entry(String name, char type, int mode, String content, String target)
      throws IOException {
    byte[] each = content.getBytes(StandardCharsets.UTF_8);
    header(name, type, mode, each.length, target);
    out.write(each);
    out.write(new byte[(BLOCK - each.length % BLOCK) % BLOCK]);
    return this;
  }

  /** An entry without its content, whatever it says of its size. */
  Archive header(String name, char type, int mode, long size, String target) throws IOException {
    byte[] header = new byte[BLOCK];
    put(header, 0, 100, name);
    put(header, 100, 8, String.format("%07o", mode));
    put(header, 108, 8, "0000000");
    put(header, 116, 8, "0000000");
    // beyond what fits in eleven octal digits it is said in binary
    put(header, 124, 12, size < 1L << 33 ? String.format("%011o", size) : "");
    if (size >= 1L << 33) {
      header[124] = (byte) 0x80;
      for (int i = 0; i < 8; i++) {
        header[135 - i] = (byte) (size >> (8 * i));
      }
    }
    put(header, 136, 12, "00000000000");
    header[156] = (byte) type;
    put(header, 157, 100, target);
    put(header, 257, 6, "ustar");
    put(header, 263, 2, "00");
    Arrays.fill(header, 148, 156, (byte) ' ');
    int sum = 0;
    for (byte each : header) {
      sum += each & 0xff;
    }
    put(header, 148, 8, String.format("%06o\0 ", sum));
    out.write(header);
    return this;
  }

  /** All of it, with its end. */
  byte[] done() throws IOException {
    out.write(new byte[2 * BLOCK]);
    return open();
  }

  /** What there is so far: whatever is unpacked after it belongs to it. */
  byte[] open() throws IOException {
    out.close();
    return bytes.toByteArray();
  }

  /** So many MiB of zeros, in about a thousandth of that. */
  static byte[] zeros(int mebibytes) throws IOException {
    ByteArrayOutputStream once = new ByteArrayOutputStream();
    int step = Math.min(mebibytes, 64);
    try (OutputStream out = new GZIPOutputStream(once, 64 * 1024)) {
      byte[] zeros = new byte[1024 * 1024];
      for (int i = 0; i < step; i++) {
        out.write(zeros);
      }
    }
    // Packed files one after the other are the packed form of all that was in them.
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int i = 0; i < mebibytes; i += step) {
      once.writeTo(all);
    }
    return all.toByteArray();
  }

  /** One packed file after the other. */
  static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  private static void put(byte[] header, int at, int most, String text) {
    byte[] each = text.getBytes(StandardCharsets.UTF_8);
    System.arraycopy(each, 0, header, at, Math.min(most, each.length));
  }
}
