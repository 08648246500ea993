package dev.holdfast.coordinator;

import dev.holdfast.config.HostPort;
import dev.holdfast.coordinator.admin.LocalActivations;
import dev.holdfast.coordinator.command.ServeFlags;
import dev.holdfast.coordinator.server.BackupDesk;
import dev.holdfast.coordinator.server.LocalDesk;
import dev.holdfast.coordinator.server.LocalRequest;
import dev.holdfast.coordinator.server.LocalSocket;
import dev.holdfast.coordinator.server.StartException;
import dev.holdfast.coordinator.store.Meta;
import dev.holdfast.coordinator.store.Store;
import dev.holdfast.coordinator.trust.Authority;
import dev.holdfast.coordinator.trust.AuthorityChange;
import dev.holdfast.coordinator.trust.ParameterKeys;
import dev.holdfast.coordinator.trust.Secrets;
import dev.holdfast.coordinator.trust.TokenBook;
import dev.holdfast.task.IdentityLimits;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * What the commands of the coordinator's own machine do: by the coordinator that runs, else in its
 * store.
 */
final class LocalAdministration {
  private LocalAdministration() {}

  /** Does it; rows of columns. */
  static List<List<String>> perform(Path data, String action, Map<String, String> arguments)
      throws StartException, IOException {
    LocalRequest request = new LocalRequest(action, arguments);
    requireData(data);
    Optional<LocalRequest.Answer> byTheOneThatRuns = LocalSocket.ask(data, request);
    LocalRequest.Answer answer =
        byTheOneThatRuns.isPresent() ? byTheOneThatRuns.get() : inTheStore(data, request);
    if (!answer.error().isEmpty()) {
      throw new StartException(answer.error());
    }
    return answer.rows();
  }

  /** The authority's certificate in PEM, then its pin; line by line. */
  static List<String> authority(Path data) throws StartException {
    Path file = data.resolve("ca.pem");
    try {
      String pem = Files.readString(file);
      X509Certificate certificate =
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(Files.readAllBytes(file)));
      List<String> lines = new ArrayList<>(pem.lines().toList());
      lines.add("pin " + Authority.pin(certificate));
      return lines;
    } catch (IOException | GeneralSecurityException e) {
      throw new StartException(
          "cannot read the authority's certificate "
              + file
              + ": start the coordinator once, or name its folder with --data",
          e);
    }
  }

  /**
   * Where hosts find the coordinator, as its configuration has it: the first name that it
   * advertises, else the name of this machine, and the port for agents.
   */
  static HostPort reachedAt(Optional<Path> file) throws StartException {
    CoordinatorConfig config =
        CoordinatorConfig.of(
            new ServeFlags(
                file,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                Optional.empty()));
    int port = config.agentListen().port();
    if (!config.advertise().isEmpty()) {
      return new HostPort(config.advertise().getFirst(), port);
    }
    try {
      return new HostPort(InetAddress.getLocalHost().getCanonicalHostName(), port);
    } catch (UnknownHostException e) {
      throw new StartException("this host has no name that resolves: name one with --address", e);
    }
  }

  private static LocalRequest.Answer inTheStore(Path data, LocalRequest request)
      throws StartException, IOException {
    DataFolder.check(data);
    SecureRandom random = new SecureRandom();
    try (Store store = Store.open(data, Instant::now, Store.Durability.FULL)) {
      Secrets secrets = Secrets.open(data, random);
      TokenBook tokens = new TokenBook(store, secrets, Instant::now, UUID::randomUUID);
      return new LocalDesk(
              store,
              tokens,
              new BackupDesk(
                  data,
                  store,
                  data.resolve(ParameterKeys.FILE) + ", or where parameters.key_file says",
                  Main.version(),
                  UUID::randomUUID),
              new AuthorityChange(
                  store,
                  authority(data, store, random),
                  () -> {}, // its certificate is made anew at the next start
                  UUID::randomUUID,
                  Instant::now),
              new LocalActivations(store, secrets, UUID::randomUUID, Instant::now))
          .perform(request, uid());
    }
  }

  /** The number of the account that runs this. */
  static int uid() throws IOException {
    return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
  }

  private static Authority authority(Path data, Store store, SecureRandom random)
      throws StartException, IOException {
    Optional<String> domain = store.read(read -> Meta.get(read, Meta.TRUST_DOMAIN));
    if (domain.isEmpty() || Files.notExists(data.resolve("ca.key"))) {
      throw new StartException("there is no authority in " + data + ": start the coordinator once");
    }
    try {
      return Authority.open(
          data, domain.get(), random, Instant.now(), IdentityLimits.CERTIFICATE_LIFE);
    } catch (GeneralSecurityException e) {
      throw new StartException("cannot read the authority in " + data + ": " + e.getMessage(), e);
    }
  }

  private static void requireData(Path data) throws StartException {
    if (Files.notExists(data.resolve("holdfast.db"))) {
      throw new StartException(
          "there is no coordinator's data in "
              + data
              + ": start the coordinator once, or name its folder with --data");
    }
  }
}
