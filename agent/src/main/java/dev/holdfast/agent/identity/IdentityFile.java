package dev.holdfast.agent.identity;

import dev.holdfast.agent.disk.Disk;
import dev.holdfast.association.InstanceId;
import dev.holdfast.config.HostPort;
import dev.holdfast.task.Failpoints;
import dev.holdfast.task.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The identity on disk, and the key of an enrolment that has not been answered yet. Text, one fact
 * a line, a checksum in the last.
 */
public final class IdentityFile {
  private static final String PATH = "identity/identity";
  private static final String PENDING = "identity/pending";
  private static final String FORM = "holdfast-identity 1";
  private static final String PENDING_FORM = "holdfast-pending-key 1";

  private final Disk disk;
  private final Failpoints failpoints;

  /** In the agent's folder of state. */
  public IdentityFile(Disk disk) {
    this(disk, Failpoints.NONE);
  }

  /** With failpoints at which a test may end the program. */
  public IdentityFile(Disk disk, Failpoints failpoints) {
    this.disk = disk;
    this.failpoints = failpoints;
  }

  /**
   * The identity; empty if the host has not enrolled.
   *
   * @throws IdentityException if the file is damaged
   */
  public Optional<Identity> read() {
    Optional<Map<String, List<String>>> facts = facts(PATH, FORM);
    if (facts.isEmpty()) {
      return Optional.empty();
    }
    try {
      List<X509Certificate> chain = new ArrayList<>();
      for (String certificate : facts.get().getOrDefault("certificate", List.of())) {
        chain.add(Certificates.parse(bytes(certificate)));
      }
      List<X509Certificate> authorities = new ArrayList<>();
      for (String certificate : facts.get().getOrDefault("authority", List.of())) {
        authorities.add(Certificates.parse(bytes(certificate)));
      }
      return Optional.of(
          new Identity(
              new InstanceId(fact(facts.get(), "instance")),
              HostPort.parse(fact(facts.get(), "coordinator")),
              fact(facts.get(), "trust-domain"),
              fact(facts.get(), "install-nonce"),
              key(facts.get()),
              chain,
              life(facts.get(), chain),
              facts.get().getOrDefault("fingerprint", List.of("")).getFirst(),
              authorities));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw damaged(PATH, e);
    }
  }

  /** A file that says nothing of it is from before certificates were renewed. */
  private static Duration life(Map<String, List<String>> facts, List<X509Certificate> chain) {
    if (facts.containsKey("life-seconds")) {
      return Duration.ofSeconds(Long.parseLong(fact(facts, "life-seconds")));
    }
    X509Certificate leaf = chain.getFirst();
    return Duration.between(leaf.getNotBefore().toInstant(), leaf.getNotAfter().toInstant());
  }

  /** Replaces the identity, durably; what was pending is done. */
  void write(Identity identity) {
    replace(identity);
    failpoints.reach(Failpoints.AFTER_CERT_WRITE);
    disk.delete(PENDING);
  }

  Failpoints failpoints() {
    return failpoints;
  }

  /** Replaces the identity, durably. */
  public void replace(Identity identity) {
    StringBuilder text = new StringBuilder(FORM + "\n");
    text.append("instance ").append(identity.instance()).append('\n');
    text.append("coordinator ").append(identity.coordinator()).append('\n');
    text.append("trust-domain ").append(identity.trustDomain()).append('\n');
    text.append("install-nonce ").append(identity.installNonce()).append('\n');
    text.append("life-seconds ").append(identity.life().toSeconds()).append('\n');
    if (!identity.fingerprint().isEmpty()) {
      text.append("fingerprint ").append(identity.fingerprint()).append('\n');
    }
    append(identity.key(), text);
    try {
      for (X509Certificate certificate : identity.chain()) {
        text.append("certificate ").append(base64(certificate.getEncoded())).append('\n');
      }
      for (X509Certificate authority : identity.authorities()) {
        text.append("authority ").append(base64(authority.getEncoded())).append('\n');
      }
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a certificate that was parsed has a form", e);
    }
    write(PATH, text);
  }

  /**
   * The key of the next certificate: on disk before this returns, and the same until it is used.
   *
   * @param used the key in use; if it is the one that waited, a crash came before that was removed
   */
  HostKey nextKey(SecureRandom random, HostKey used) {
    HostKey waiting = pendingKey(random);
    if (!waiting.publicKey().equals(used.publicKey())) {
      return waiting;
    }
    disk.delete(PENDING);
    return pendingKey(random);
  }

  /** The key with which to enrol: on disk before this returns, and the same until it is used. */
  HostKey pendingKey(SecureRandom random) {
    try {
      Optional<Map<String, List<String>>> facts = facts(PENDING, PENDING_FORM);
      if (facts.isPresent()) {
        return key(facts.get());
      }
      HostKey key = HostKey.generate(random);
      StringBuilder text = new StringBuilder(PENDING_FORM + "\n");
      append(key, text);
      write(PENDING, text);
      failpoints.reach(Failpoints.AFTER_KEY_WRITE);
      return key;
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw damaged(PENDING, e);
    }
  }

  private static void append(HostKey key, StringBuilder text) {
    text.append("private-key ").append(base64(key.privateKey().getEncoded())).append('\n');
    text.append("public-key ").append(base64(key.publicKey().getEncoded())).append('\n');
  }

  private static HostKey key(Map<String, List<String>> facts) throws GeneralSecurityException {
    return HostKey.of(bytes(fact(facts, "private-key")), bytes(fact(facts, "public-key")));
  }

  private void write(String path, StringBuilder text) {
    String whole = text + "sha256 " + sum(text.toString()) + "\n";
    disk.write(path, whole.getBytes(StandardCharsets.UTF_8));
  }

  private Optional<Map<String, List<String>>> facts(String path, String form) {
    Optional<byte[]> content = disk.read(path);
    if (content.isEmpty()) {
      return Optional.empty();
    }
    String text = new String(content.get(), StandardCharsets.UTF_8);
    int sumAt = text.lastIndexOf("sha256 ");
    if (sumAt < 0
        || !text.startsWith(form + "\n")
        || !text.substring(sumAt + 7).strip().equals(sum(text.substring(0, sumAt)))) {
      throw damaged(path, new IllegalArgumentException("form or checksum"));
    }
    Map<String, List<String>> facts = new LinkedHashMap<>();
    text.substring(0, sumAt)
        .lines()
        .skip(1)
        .forEach(
            line -> {
              int blank = line.indexOf(' ');
              facts
                  .computeIfAbsent(line.substring(0, Math.max(0, blank)), _ -> new ArrayList<>())
                  .add(line.substring(blank + 1));
            });
    return Optional.of(facts);
  }

  private static String fact(Map<String, List<String>> facts, String name) {
    return facts.getOrDefault(name, List.of()).stream()
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no " + name));
  }

  private static String sum(String text) {
    return Sha256.of(text.getBytes(StandardCharsets.UTF_8)).hex();
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  private static byte[] bytes(String base64) {
    return Base64.getDecoder().decode(base64);
  }

  static String nonce(SecureRandom random) {
    byte[] bytes = new byte[16];
    random.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private static IdentityException damaged(String path, Exception cause) {
    return new IdentityException(
        "the file "
            + path
            + " in the state folder is damaged ("
            + cause.getMessage()
            + "); restore it, or remove the folder and enrol again",
        cause);
  }
}
