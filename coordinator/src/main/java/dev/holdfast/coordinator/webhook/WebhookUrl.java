package dev.holdfast.coordinator.webhook;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * Where events may be sent: https anywhere but to addresses of the link itself, where clouds answer
 * whoever asks with the machine's own credentials; http to this machine alone.
 */
public final class WebhookUrl {
  /** The one metadata service that has an address of a private network. */
  private static final byte[] METADATA = {
    (byte) 0xfd, 0, 0x0e, (byte) 0xc2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0x54
  };

  private WebhookUrl() {}

  /** What is wrong with it, as far as can be seen without asking anybody for a name's address. */
  public static Optional<String> problem(String text) {
    URI url;
    try {
      url = new URI(text);
    } catch (URISyntaxException e) {
      return Optional.of("is no URL: " + e.getReason());
    }
    String scheme = Optional.ofNullable(url.getScheme()).orElse("").toLowerCase(Locale.ROOT);
    if (!scheme.equals("https") && !scheme.equals("http")) {
      return Optional.of("begins with neither https:// nor http://");
    }
    if (url.getHost() == null || url.getHost().isEmpty()) {
      return Optional.of("names no host");
    }
    if (url.getRawUserInfo() != null) {
      return Optional.of("has a user in it; what is sent is signed instead");
    }
    if (url.getRawFragment() != null) {
      return Optional.of("has a fragment (#...), which is never sent");
    }
    if (url.getPort() == 0 || url.getPort() > 65_535) {
      return Optional.of("has the port " + url.getPort());
    }
    return literal(host(url)).flatMap(address -> problem(url, address)).or(() -> named(url));
  }

  /** A name of this machine is known without asking; any other name of an http URL is refused. */
  private static Optional<String> named(URI url) {
    String host = host(url).toLowerCase(Locale.ROOT);
    return plain(url) && literal(host).isEmpty() && !host.equals("localhost")
        ? Optional.of("is http; use https, or http to localhost alone")
        : Optional.empty();
  }

  /** Why nothing may be sent to an address; empty if it may. */
  static Optional<String> problem(URI url, InetAddress address) {
    if (address.isLinkLocalAddress()
        || address.isAnyLocalAddress()
        || address.isMulticastAddress()
        || hiddenLinkLocal(address)
        || Arrays.equals(address.getAddress(), METADATA)) {
      return Optional.of(
          "leads to "
              + address.getHostAddress()
              + "; addresses of the link, of nobody and of many are not sent to");
    }
    return plain(url) && !address.isLoopbackAddress()
        ? Optional.of("is http; use https, or http to localhost alone")
        : Optional.empty();
  }

  /** An IPv4 address of the link within the last four bytes of an IPv6 one that stands for it. */
  private static boolean hiddenLinkLocal(InetAddress address) {
    if (!(address instanceof Inet6Address six)) {
      return false;
    }
    byte[] bytes = address.getAddress();
    boolean translated = bytes[0] == 0 && bytes[1] == 0x64 && bytes[2] == (byte) 0xff;
    boolean compatible = six.isIPv4CompatibleAddress();
    return (translated || compatible) && bytes[12] == (byte) 169 && bytes[13] == (byte) 254;
  }

  private static boolean plain(URI url) {
    return "http".equalsIgnoreCase(url.getScheme());
  }

  /** The host, an IPv6 address without its brackets. */
  static String host(URI url) {
    String host = Optional.ofNullable(url.getHost()).orElse("");
    return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
  }

  /** What may be shown of it in a log: no path and no query, where passwords are put. */
  public static String shown(String text) {
    URI url = URI.create(text);
    return url.getScheme() + "://" + url.getHost() + (url.getPort() < 0 ? "" : ":" + url.getPort());
  }

  /** An address that is written as one. */
  private static Optional<InetAddress> literal(String host) {
    try {
      return Optional.of(InetAddress.ofLiteral(host));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
