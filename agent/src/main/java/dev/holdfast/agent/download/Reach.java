package dev.holdfast.agent.download;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Which URLs and addresses may be reached. Link-local addresses hold the services that give a
 * machine of a cloud its credentials: no document may have them fetched.
 */
final class Reach {
  private static final Set<String> METADATA = Set.of("fd00:ec2:0:0:0:0:0:254", "100.100.100.200");
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

  private final Names names;

  Reach(Names names) {
    this.names = names;
  }

  /** Finds addresses. */
  interface Names {
    /** All addresses of a host. */
    List<InetAddress> addresses(String host) throws UnknownHostException;

    /**
     * Those of this host's resolver. It remembers an answer for a while, so what connects next
     * connects to what was looked at.
     */
    static Names system() {
      return host -> List.of(InetAddress.getAllByName(host));
    }
  }

  /**
   * Refuses what may not be reached.
   *
   * @param insecure whether {@code http} is allowed
   */
  void check(URI url, boolean insecure) {
    String scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
    String host = url.getHost();
    if (!scheme.equals("https") && !scheme.equals("http")) {
      throw new DownloadException(
          "InvalidInputs", "the URL has to begin with https://, not with " + scheme + ":");
    }
    if (host == null || host.isEmpty() || url.getRawUserInfo() != null) {
      throw new DownloadException(
          "InvalidInputs", "the URL needs a host, and no user: username and password are inputs");
    }
    if (scheme.equals("http") && !insecure) {
      throw new DownloadException(
          "InsecureDownload",
          "http is not secure; give an https URL, or set allowInsecureDownload to true");
    }
    checkHost(host);
  }

  /** Refuses a host with an address that may not be reached. */
  void checkHost(String host) {
    List<InetAddress> addresses;
    try {
      String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
      addresses = names.addresses(bare);
    } catch (UnknownHostException e) {
      throw new DownloadException("DownloadFailed", "there is no host " + host);
    }
    for (InetAddress address : addresses) {
      if (forbidden(address)) {
        throw new DownloadException(
            "ForbiddenAddress",
            "the host "
                + host
                + " is at "
                + address.getHostAddress()
                + "; nothing is downloaded from such an address");
      }
    }
  }

  /**
   * Where a response sends one on; empty if it doesn't. What was asked for securely is never asked
   * for otherwise.
   */
  static Optional<URI> next(URI from, int status, Optional<String> location) {
    if (!REDIRECTS.contains(status)) {
      return Optional.empty();
    }
    URI to;
    try {
      to = from.resolve(location.orElse(""));
    } catch (IllegalArgumentException e) {
      to = from;
    }
    if (location.isEmpty() || to.getHost() == null) {
      throw new DownloadException("DownloadFailed", "a redirect that leads nowhere");
    }
    if ("https".equalsIgnoreCase(from.getScheme()) && !"https".equalsIgnoreCase(to.getScheme())) {
      throw new DownloadException(
          "InsecureDownload",
          "a redirect from https to " + to.getScheme() + "; it is not followed");
    }
    return Optional.of(to);
  }

  /** Whether credentials for the one are for the other too. */
  static boolean sameOrigin(URI one, URI other) {
    return one.getHost().equalsIgnoreCase(other.getHost())
        && one.getScheme().equalsIgnoreCase(other.getScheme())
        && port(one) == port(other);
  }

  /** Link-local, unspecified, multicast, or where a cloud tells a machine its secrets. */
  static boolean forbidden(InetAddress address) {
    return address.isLinkLocalAddress()
        || address.isAnyLocalAddress()
        || address.isMulticastAddress()
        || METADATA.contains(address.getHostAddress().replaceAll("%.*", ""))
        || (address instanceof Inet6Address six && within(six).map(Reach::forbidden).orElse(false));
  }

  /** The IPv4 address that an IPv6 address stands for: compatible, NAT64 (RFC 6052), 6to4. */
  private static Optional<InetAddress> within(Inet6Address address) {
    byte[] bytes = address.getAddress();
    int from = -1;
    if (address.isIPv4CompatibleAddress() && !address.isLoopbackAddress()) {
      from = 12;
    } else if (bytes[0] == 0
        && bytes[1] == 0x64
        && (bytes[2] & 0xff) == 0xff
        && (bytes[3] & 0xff) == 0x9b) {
      from = 12;
    } else if (bytes[0] == 0x20 && bytes[1] == 0x02) {
      from = 2;
    }
    try {
      return from < 0
          ? Optional.empty()
          : Optional.of(Inet4Address.getByAddress(Arrays.copyOfRange(bytes, from, from + 4)));
    } catch (UnknownHostException e) {
      throw new IllegalStateException("four bytes are an address", e);
    }
  }

  private static int port(URI url) {
    boolean secure = url.getScheme().equalsIgnoreCase("https");
    return url.getPort() >= 0 ? url.getPort() : secure ? 443 : 80;
  }
}
