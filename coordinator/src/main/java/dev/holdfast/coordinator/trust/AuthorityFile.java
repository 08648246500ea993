package dev.holdfast.coordinator.trust;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.util.io.pem.PemObject;

/**
 * The authority's keys in the data folder. {@code ca.key} is the truth and is replaced in one step:
 * for each key a block with the key, one with its own certificate, and those with which older keys
 * vouch for it. The first form of it held one key alone, whose certificate was in {@code ca.pem}.
 * That file and {@code ca.pin} are for people and are made from it.
 */
final class AuthorityFile {
  private static final String KEYS = "ca.key";
  private static final String CERTIFICATES = "ca.pem";
  private static final String PIN = "ca.pin";
  private static final String KEY_BLOCK = "PRIVATE KEY";
  private static final String CERTIFICATE_BLOCK = "CERTIFICATE";

  private final Path folder;

  AuthorityFile(Path folder) {
    this.folder = folder;
  }

  /**
   * A key of the authority.
   *
   * @param own its certificate by itself
   * @param vouched certificates of the same key by the keys before it, the newest of them first;
   *     none of the first key
   */
  record Root(PrivateKey key, X509Certificate own, List<X509Certificate> vouched) {
    Root {
      vouched = List.copyOf(vouched);
    }

    /** The one that whoever trusts the key before it can follow. */
    X509Certificate told() {
      return vouched.isEmpty() ? own : vouched.getFirst();
    }

    /** What a server shows behind its own certificate. */
    List<X509Certificate> shown() {
      return vouched.isEmpty() ? List.of(own) : vouched;
    }

    /** Does not show the key. */
    @Override
    public String toString() {
      return "Root[" + own.getSubjectX500Principal() + "]";
    }
  }

  boolean exists() {
    return Files.exists(folder.resolve(KEYS));
  }

  /** The keys, oldest first; at least one. */
  List<Root> read() throws IOException, GeneralSecurityException {
    List<PemObject> blocks = Keys.blocks(folder.resolve(KEYS));
    List<Root> roots = new ArrayList<>();
    for (int at = 0; at < blocks.size(); ) {
      if (!blocks.get(at).getType().equals(KEY_BLOCK)) {
        throw damaged();
      }
      PrivateKey key = Keys.key(blocks.get(at).getContent());
      at++;
      List<X509Certificate> certificates = new ArrayList<>();
      for (; at < blocks.size() && blocks.get(at).getType().equals(CERTIFICATE_BLOCK); at++) {
        certificates.add(Keys.certificate(blocks.get(at).getContent()));
      }
      if (certificates.isEmpty() && blocks.size() == 1) {
        certificates.add(Keys.readCertificate(folder.resolve(CERTIFICATES)));
      }
      if (certificates.isEmpty()) {
        throw damaged();
      }
      roots.add(
          new Root(key, certificates.getFirst(), certificates.subList(1, certificates.size())));
    }
    if (roots.isEmpty()) {
      throw damaged();
    }
    return roots;
  }

  /** Replaces all of it, durably: either what was there is in force after a crash, or this. */
  void write(List<Root> roots) throws IOException, GeneralSecurityException {
    StringBuilder text = new StringBuilder();
    for (Root root : roots) {
      text.append(Keys.pem(KEY_BLOCK, root.key.getEncoded()));
      text.append(pem(root.own));
      for (X509Certificate vouched : root.vouched) {
        text.append(pem(vouched));
      }
    }
    Keys.write(folder.resolve(KEYS), "rw-------", text.toString());
    show(roots);
  }

  /**
   * Makes the files for people, if they are others. The first certificate and the pin are of the
   * key under which the coordinator's own certificate is.
   */
  void show(List<Root> roots) throws IOException, GeneralSecurityException {
    StringBuilder certificates = new StringBuilder();
    for (Root root : roots) {
      certificates.append(pem(root.own));
    }
    replace(CERTIFICATES, certificates.toString());
    replace(PIN, Authority.pin(roots.getFirst().own) + "\n");
  }

  private void replace(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    if (Files.notExists(file) || !Files.readString(file).equals(text)) {
      Keys.write(file, "rw-r--r--", text);
    }
  }

  private static String pem(X509Certificate certificate) throws CertificateEncodingException {
    return Keys.pem(CERTIFICATE_BLOCK, certificate.getEncoded());
  }

  private IOException damaged() {
    return new IOException(
        folder.resolve(KEYS) + " does not hold keys and their certificates: restore a backup");
  }
}
