package dev.holdfast.config;

/**
 * Where something listens or is reached: {@code 127.0.0.1:7441}, {@code host.example:7440}, {@code
 * [::1]:7440}.
 *
 * @param host a name or an address, without brackets
 * @param port 0 to 65,535; 0 means any free one, where something listens
 */
public record HostPort(String host, int port) {

  /** Refuses an empty host and a port out of range. */
  public HostPort {
    if (host.isEmpty()) {
      throw new IllegalArgumentException("an address without a host");
    }
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("a port outside 0 to 65535: " + port);
    }
  }

  /**
   * From text.
   *
   * @throws IllegalArgumentException if the text has another form; the message says what is asked
   *     for
   */
  public static HostPort parse(String text) {
    int colon = text.lastIndexOf(':');
    String host = colon < 0 ? "" : text.substring(0, colon);
    String port = colon < 0 ? "" : text.substring(colon + 1);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    } else if (host.contains(":")) {
      host = "";
    }
    if (!host.matches("[A-Za-z0-9:._%-]+") || !port.matches("[0-9]{1,5}")) {
      throw new IllegalArgumentException("give HOST:PORT, an IPv6 address in brackets");
    }
    return new HostPort(host, Integer.parseInt(port));
  }

  /** The form that {@link #parse} reads. */
  @Override
  public String toString() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
