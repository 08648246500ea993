package dev.holdfast.coordinator.inventory;

import java.util.HexFormat;

/**
 * The hash of a content while it is computed: the sum of its items' hashes modulo 2^256, as {@link
 * dev.holdfast.inventory.Items#hash(java.util.Collection)} has it.
 */
final class ContentSum {
  private static final int WORDS = 8;

  private final int[] words = new int[WORDS]; // the lowest last

  /** Begins at the hash of a content, in 64 hex digits. */
  static ContentSum at(String hash) {
    ContentSum sum = new ContentSum();
    sum.add(HexFormat.of().parseHex(hash));
    return sum;
  }

  /** One item more. */
  void add(byte[] sha256) {
    long carry = 0;
    for (int i = WORDS - 1; i >= 0; i--) {
      long digit = (words[i] & 0xffffffffL) + word(sha256, i) + carry;
      words[i] = (int) digit;
      carry = digit >>> Integer.SIZE;
    }
  }

  /** One item less. */
  void remove(byte[] sha256) {
    long borrow = 0;
    for (int i = WORDS - 1; i >= 0; i--) {
      long digit = (words[i] & 0xffffffffL) - word(sha256, i) - borrow;
      words[i] = (int) digit;
      borrow = digit < 0 ? 1 : 0;
    }
  }

  /** In 64 hex digits. */
  String hex() {
    StringBuilder hex = new StringBuilder(2 * Integer.BYTES * WORDS);
    for (int word : words) {
      hex.append(HexFormat.of().toHexDigits(word));
    }
    return hex.toString();
  }

  private static long word(byte[] bytes, int at) {
    int from = Integer.BYTES * at;
    return ((bytes[from] & 0xffL) << 24)
        | ((bytes[from + 1] & 0xffL) << 16)
        | ((bytes[from + 2] & 0xffL) << 8)
        | (bytes[from + 3] & 0xffL);
  }
}
