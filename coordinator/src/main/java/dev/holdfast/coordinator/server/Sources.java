package dev.holdfast.coordinator.server;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.HexFormat;

/** Where calls come from, as limits count it. */
final class Sources {
  private static final int IPV6_NETWORK_BYTES = 8;

  private Sources() {}

  /**
   * An address by name; of IPv6 only the network, since a host has as many addresses as it likes.
   */
  static String name(InetAddress address) {
    return address instanceof Inet6Address
        ? HexFormat.of().formatHex(address.getAddress(), 0, IPV6_NETWORK_BYTES)
        : address.getHostAddress();
  }
}
