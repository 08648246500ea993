package dev.holdfast.inventory;

import java.util.HexFormat;

/**
 * The hash of a content while it is computed: the sum, modulo 2^256, of the hashes of its items.
 * Begins at that of an empty content.
 */
public final class ContentSum {
  private static final int WORDS = 8;

  private final int[] words = new int[WORDS]; // the lowest last

  /**
   * Begins at the hash of a content.
   *
   * @param hash 64 hex digits
   */
  public static ContentSum at(String hash) {
    byte[] bytes = HexFormat.of().parseHex(hash);
    if (bytes.length != Integer.BYTES * WORDS) {
      throw new IllegalArgumentException("the hash of a content has 64 hex digits: " + hash);
    }
    ContentSum sum = new ContentSum();
    sum.add(bytes);
    return sum;
  }

  /** One item more. */
  public void add(byte[] sha256) {
    long carry = 0;
    for (int i = WORDS - 1; i >= 0; i--) {
      long digit = (words[i] & 0xffffffffL) + word(sha256, i) + carry;
      words[i] = (int) digit;
      carry = digit >>> Integer.SIZE;
    }
  }

  /** One item less. */
  public void remove(byte[] sha256) {
    long borrow = 0;
    for (int i = WORDS - 1; i >= 0; i--) {
      long digit = (words[i] & 0xffffffffL) - word(sha256, i) - borrow;
      words[i] = (int) digit;
      borrow = digit < 0 ? 1 : 0;
    }
  }

  /** In 64 hex digits. */
  public String hex() {
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
