package dev.holdfast.task;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The SHA-256 of some bytes, as 64 lower-case hex digits. It names every body that the link
 * carries.
 *
 * @param hex 64 lower-case hex digits
 */
public record Sha256(String hex) implements Comparable<Sha256> {

  private static final int LENGTH = 64;

  /** Refuses what is not 64 lower-case hex digits. */
  public Sha256 {
    if (hex.length() != LENGTH || !Hex.lower(hex, 0, LENGTH)) {
      throw new IllegalArgumentException("not a SHA-256 in lower-case hex: " + hex);
    }
  }

  /** The hash of these bytes. */
  public static Sha256 of(byte[] bytes) {
    try {
      return new Sha256(
          HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** From 32 raw bytes. */
  public static Sha256 ofRaw(byte[] raw) {
    return new Sha256(HexFormat.of().formatHex(raw));
  }

  /** The 32 raw bytes. */
  public byte[] raw() {
    return HexFormat.of().parseHex(hex);
  }

  @Override
  public int compareTo(Sha256 other) {
    return hex.compareTo(other.hex);
  }

  @Override
  public String toString() {
    return hex;
  }
}
