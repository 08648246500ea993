package dev.holdfast.agent.identity;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes DER: as much of it as a certificate request needs. */
final class Der {
  static final int SET = 0x31;
  static final int SEQUENCE = 0x30;

  private Der() {}

  /** A value of any tag, made of parts that are DER already. */
  static byte[] of(int tag, byte[]... parts) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      content.writeBytes(part);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    int length = content.size();
    if (length < 0x80) {
      out.write(length);
    } else if (length < 0x100) {
      out.write(0x81);
      out.write(length);
    } else {
      out.write(0x82);
      out.write(length >> 8);
      out.write(length);
    }
    out.writeBytes(content.toByteArray());
    return out.toByteArray();
  }

  static byte[] sequence(byte[]... parts) {
    return of(SEQUENCE, parts);
  }

  /** A small number that isn't negative. */
  static byte[] integer(int value) {
    return of(0x02, new byte[] {(byte) value});
  }

  /** Bits that fill whole bytes. */
  static byte[] bits(byte[] value) {
    return of(0x03, new byte[] {0}, value);
  }

  static byte[] text(String value) {
    return of(0x0c, value.getBytes(StandardCharsets.UTF_8));
  }

  /** {@code 1.2.840.10045.4.3.2} and the like. */
  static byte[] objectId(String dotted) {
    String[] arcs = dotted.split("\\.");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(Integer.parseInt(arcs[0]) * 40 + Integer.parseInt(arcs[1]));
    for (int i = 2; i < arcs.length; i++) {
      int arc = Integer.parseInt(arcs[i]);
      for (int shift = 28; shift > 0; shift -= 7) {
        if (arc >> shift != 0) {
          out.write(((arc >> shift) & 0x7f) | 0x80);
        }
      }
      out.write(arc & 0x7f);
    }
    return of(0x06, out.toByteArray());
  }
}
