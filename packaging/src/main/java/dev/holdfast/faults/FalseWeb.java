package dev.holdfast.faults;

import dev.holdfast.system.Launched;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The web as one program sees it: its names lead to where a case says, and the only authority that
 * it trusts is the case's own. Nobody else on the machine notices.
 */
final class FalseWeb {
  private static final String PASSWORD = "nothing-secret";

  private final Trial trial;
  private final Papers.Authority authority;
  private final Path names;
  private final Path trusted;

  private FalseWeb(Trial trial, Papers.Authority authority, Path names, Path trusted) {
    this.trial = trial;
    this.authority = authority;
    this.names = names;
    this.trusted = trusted;
  }

  /** One without names. */
  static FalseWeb of(Trial trial) throws IOException, GeneralSecurityException {
    Path folder = Files.createTempDirectory(trial.folder(), "web");
    Papers.Authority authority = Papers.stranger();
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, PASSWORD.toCharArray());
    store.setCertificateEntry("authority", authority.certificate());
    Path trusted = folder.resolve("trusted");
    try (OutputStream out = Files.newOutputStream(trusted)) {
      store.store(out, PASSWORD.toCharArray());
    }
    return new FalseWeb(trial, authority, Files.createFile(folder.resolve("names")), trusted);
  }

  /** From the next start of a program on this name is at that address, beside others of it. */
  void name(String name, String address) throws IOException {
    Files.writeString(names, address + " " + name + "\n", StandardOpenOption.APPEND);
  }

  /** A site that shows a certificate for these names, by the authority that is trusted. */
  HostileSite secure(InetAddress at, int port, List<String> shown)
      throws IOException, GeneralSecurityException {
    return secure(authority, at, port, shown);
  }

  /** The same by another authority. */
  HostileSite secure(Papers.Authority by, InetAddress at, int port, List<String> shown)
      throws IOException, GeneralSecurityException {
    return trial.closing(
        HostileSite.start(at, port, Optional.of(Papers.serving(Papers.site(by, shown)))));
  }

  /** A site that speaks in the clear. */
  HostileSite plain() throws IOException {
    return trial.closing(HostileSite.start(InetAddress.getLoopbackAddress(), 0, Optional.empty()));
  }

  /** What a program is started in to see it. */
  Launched.Around within() {
    return new Launched.Around(
        List.of(),
        Map.of(
            "HOLDFAST_JAVA_OPTIONS",
            "-Djdk.net.hosts.file="
                + names
                + " -Djavax.net.ssl.trustStore="
                + trusted
                + " -Djavax.net.ssl.trustStoreType=PKCS12 -Djavax.net.ssl.trustStorePassword="
                + PASSWORD));
  }
}
