package dev.holdfast.coordinator.trust;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Addresses with the same first bits: {@code 10.1.0.0/16}, {@code 2001:db8::/32}, one address. */
public final class Network {
  private static final Pattern FORM = Pattern.compile("([0-9A-Fa-f.:]{2,45})(?:/(\\d{1,3}))?");

  private final byte[] address;
  private final int bits;

  private Network(byte[] address, int bits) {
    this.address = address;
    this.bits = bits;
  }

  /** Reads the text form; empty if it is none, or has bits set behind the prefix. */
  public static Optional<Network> parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    return address(matcher.group(1))
        .flatMap(
            address -> {
              int all = address.length * 8;
              String prefix = matcher.group(2);
              int bits = prefix == null ? all : Integer.parseInt(prefix);
              return bits <= all && Arrays.equals(masked(address, bits), address)
                  ? Optional.of(new Network(address, bits))
                  : Optional.empty();
            });
  }

  /** Whether an address, as text, is in it. */
  public boolean contains(String candidate) {
    return address(candidate)
        .filter(found -> found.length == address.length)
        .filter(found -> Arrays.equals(masked(found, bits), address))
        .isPresent();
  }

  /** Whether an address, as text, is that of this host itself; {@code local}: of this process. */
  static boolean loopback(String text) {
    return text.equals("local") || literal(text).map(InetAddress::isLoopbackAddress).orElse(false);
  }

  /** What an address is counted as: an IPv6 host has a whole /64 to itself. */
  static String source(String text) {
    return address(text)
        .filter(found -> found.length == 16)
        .map(found -> HexFormat.of().formatHex(found, 0, 8))
        .orElse(text);
  }

  private static byte[] masked(byte[] address, int bits) {
    byte[] masked = address.clone();
    for (int i = 0; i < masked.length; i++) {
      int kept = Math.clamp(bits - i * 8L, 0, 8);
      masked[i] &= (byte) (0xff << (8 - kept));
    }
    return masked;
  }

  private static Optional<byte[]> address(String text) {
    return literal(text).map(InetAddress::getAddress);
  }

  private static Optional<InetAddress> literal(String text) {
    int zone = text.indexOf('%');
    try {
      return Optional.of(InetAddress.ofLiteral(zone < 0 ? text : text.substring(0, zone)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
