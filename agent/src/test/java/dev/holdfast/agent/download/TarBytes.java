package dev.holdfast.agent.download;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;

/** Writes tar archives, wicked ones too. */
final class TarBytes {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final OutputStream out;

  TarBytes() {
    try {
      out = new GZIPOutputStream(bytes, 65_536);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  TarBytes folder(String name) {
    return entry(name, '5', 0755, new byte[0], "");
  }

  TarBytes file(String name, String text) {
    return entry(name, '0', 0644, text.getBytes(StandardCharsets.UTF_8), "");
  }

  TarBytes link(String name, String target) {
    return entry(name, '2', 0777, new byte[0], target);
  }

  /** A header of pax with one record, for the next entry. */
  TarBytes pax(char type, String key, String value) {
    int length = key.length() + value.length() + 3;
    int digits = Integer.toString(length).length();
    if (Integer.toString(length + digits).length() > digits) {
      digits++;
    }
    String record = (length + digits) + " " + key + "=" + value + "\n";
    return entry("pax", type, 0644, record.getBytes(StandardCharsets.UTF_8), "");
  }

  TarBytes entry(String name, char type, int mode, byte[] content, String target) {
    return header(name, type, mode, content.length, target).content(content);
  }

  /** A header alone, whatever it says of its size. */
  TarBytes header(String name, char type, int mode, long size, String target) {
    byte[] header = new byte[512];
    put(header, 0, 100, name);
    put(header, 100, 8, String.format("%07o", mode));
    put(header, 108, 8, "0000000");
    put(header, 116, 8, "0000000");
    put(header, 124, 12, String.format("%011o", size));
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
    return write(header);
  }

  TarBytes content(byte[] content) {
    return write(content).write(new byte[(512 - content.length % 512) % 512]);
  }

  TarBytes write(byte[] more) {
    try {
      out.write(more);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return this;
  }

  byte[] done() {
    write(new byte[1024]);
    try {
      out.close();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return bytes.toByteArray();
  }

  private static void put(byte[] header, int at, int most, String text) {
    byte[] each = text.getBytes(StandardCharsets.UTF_8);
    System.arraycopy(each, 0, header, at, Math.min(most, each.length));
  }
}
