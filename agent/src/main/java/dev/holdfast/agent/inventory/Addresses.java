package dev.holdfast.agent.inventory;

import java.util.HexFormat;

/** Addresses as the kernel prints sockets in {@code /proc/net}, in the form in which people do. */
final class Addresses {
  private static final int IPV4_HEX = 8;
  private static final int IPV6_HEX = 32;
  private static final int WORD = 4;
  private static final int GROUPS = 8;
  private static final int MAPPED = 10;

  private Addresses() {}

  /** Whether this is an address as the kernel prints it. */
  static boolean valid(String hex) {
    return (hex.length() == IPV4_HEX || hex.length() == IPV6_HEX) && hex.matches("[0-9A-Fa-f]+");
  }

  /** The address: {@code 10.0.0.1}, {@code ::1}, {@code ::ffff:10.0.0.1}. */
  static String text(String hex) {
    byte[] bytes = new byte[hex.length() / 2];
    byte[] raw = HexFormat.of().parseHex(hex);
    for (int i = 0; i < raw.length; i++) {
      // Words of four bytes, each printed as one number of a little-endian machine.
      bytes[i] = raw[i / WORD * WORD + WORD - 1 - i % WORD];
    }
    return bytes.length == WORD ? ipv4(bytes, 0) : ipv6(bytes);
  }

  private static String ipv4(byte[] bytes, int from) {
    return (bytes[from] & 0xff)
        + "."
        + (bytes[from + 1] & 0xff)
        + "."
        + (bytes[from + 2] & 0xff)
        + "."
        + (bytes[from + 3] & 0xff);
  }

  private static String ipv6(byte[] bytes) {
    int[] groups = new int[GROUPS];
    boolean mapped = (bytes[MAPPED] & 0xff) == 0xff && (bytes[MAPPED + 1] & 0xff) == 0xff;
    for (int i = 0; i < GROUPS; i++) {
      groups[i] = (bytes[2 * i] & 0xff) << Byte.SIZE | (bytes[2 * i + 1] & 0xff);
      mapped &= i >= MAPPED / 2 || groups[i] == 0;
    }
    if (mapped) {
      return "::ffff:" + ipv4(bytes, bytes.length - WORD);
    }
    int best = -1;
    int bestLength = 1;
    for (int i = 0; i < GROUPS; i++) {
      int end = i;
      while (end < GROUPS && groups[end] == 0) {
        end++;
      }
      if (end - i > bestLength) {
        best = i;
        bestLength = end - i;
      }
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < GROUPS; i++) {
      if (i == best) {
        text.append("::");
        i += bestLength - 1;
      } else {
        if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
          text.append(':');
        }
        text.append(Integer.toHexString(groups[i]));
      }
    }
    return text.toString();
  }
}
