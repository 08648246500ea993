package dev.holdfast.agent.inventory;

import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** The kernel's IPv4 routes, as {@code /proc/net/route} prints them. */
final class Routes {
  private static final int INTERFACE = 0;
  private static final int DESTINATION = 1;
  private static final int GATEWAY = 2;
  private static final int MASK = 7;

  private Routes() {}

  /** The gateway of each interface that has a default route. */
  static Map<String, String> gateways(List<String> lines) {
    Map<String, String> gateways = new HashMap<>();
    for (String line : lines) {
      String[] fields = line.strip().split("\\s+");
      if (fields.length > MASK
          && fields[DESTINATION].equals("00000000")
          && fields[MASK].equals("00000000")
          && fields[GATEWAY].matches("[0-9A-Fa-f]{8}")) {
        gateways.putIfAbsent(fields[INTERFACE], address(fields[GATEWAY]));
      }
    }
    return gateways;
  }

  // The kernel prints the four bytes as one number of the machine's order, which is little-endian
  // on everything that a JDK 25 for Linux is built for, s390x aside.
  private static String address(String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    return (bytes[3] & 0xff)
        + "."
        + (bytes[2] & 0xff)
        + "."
        + (bytes[1] & 0xff)
        + "."
        + (bytes[0] & 0xff);
  }
}
