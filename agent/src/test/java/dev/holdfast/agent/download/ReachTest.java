package dev.holdfast.agent.download;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which addresses may be reached, and which redirects are followed. */
final class ReachTest {

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "127.0.0.1,                   false",
    "10.0.0.1,                    false",
    "192.0.2.1,                   false",
    "::1,                         false",
    "2001:db8::1,                 false",
    "fd00::1,                     false",
    "169.254.0.1,                 true",
    "169.254.169.254,             true",
    "100.100.100.200,             true",
    "0.0.0.0,                     true",
    "224.0.0.1,                   true",
    "fe80::1,                     true",
    "ff02::1,                     true",
    "::,                          true",
    "fd00:ec2::254,               true",
    "::ffff:169.254.169.254,      true",
    "::169.254.169.254,           true",
    "64:ff9b::169.254.169.254,    true",
    "64:ff9b::192.0.2.1,          false",
    "2002:a9fe:a9fe::1,           true",
  })
  void addressesThatAreTheHostsOwnOrACloudsAreForbidden(String address, boolean forbidden)
      throws UnknownHostException {
    assertEquals(forbidden, Reach.forbidden(InetAddress.getByName(address)));
  }

  @ParameterizedTest(name = "{0} {1} {2} -> {3}")
  @CsvSource({
    "https://a.test/x, 302, /y,                https://a.test/y",
    "https://a.test/x, 301, https://b.test/y,  https://b.test/y",
    "http://a.test/x,  307, https://a.test/x,  https://a.test/x",
    "http://a.test/x,  308, http://b.test/,    http://b.test/",
    "https://a.test/x, 200, /y,                ''",
    "https://a.test/x, 304, /y,                ''",
  })
  void aRedirectLeadsWhereItSays(String from, int status, String location, String to) {
    assertEquals(
        to,
        Reach.next(URI.create(from), status, Optional.of(location)).map(URI::toString).orElse(""));
  }

  @Test
  void aRedirectFromWhatIsSecureToWhatIsNotIsRefused() {
    for (String to : new String[] {"http://a.test/", "ftp://a.test/", "HTTP://a.test/"}) {
      DownloadException failure =
          assertThrows(
              DownloadException.class,
              () -> Reach.next(URI.create("https://a.test/"), 302, Optional.of(to)));
      assertEquals("InsecureDownload", String.valueOf(failure.getMessage()).split(":", 2)[0]);
    }
  }
}
