package dev.holdfast.agent.inventory;

import dev.holdfast.task.InventoryLimits;
import dev.holdfast.task.Sha256;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Entries of {@code Host:Certificate}: what PEM files say of certificates. Only what is between the
 * marks of a certificate is looked at, so nothing of a key that lies in the same file gets further
 * than the text of the file in memory. How long one is valid yet is for whoever asks: it would
 * change each day.
 */
final class Certificates {
  /** Where programs keep their own; the authorities that all trust are not among them. */
  static final List<PathFilter> USUAL =
      List.of(
          usual("/etc/ssl", false),
          usual("/etc/pki/tls/certs", false),
          usual("/etc/letsencrypt/live", true),
          usual("/etc/kubernetes/pki", true),
          usual("/etc/nginx", true),
          usual("/etc/apache2", true),
          usual("/etc/httpd", true));

  private static final String BEGIN = "-----BEGIN CERTIFICATE-----";
  private static final String END = "-----END CERTIFICATE-----";
  private static final int MAX_FILE_BYTES = 1024 * 1024;
  private static final int DNS_NAME = 2;
  private static final int HEX = 16;

  private final Path root;

  Certificates(Path root) {
    this.root = root;
  }

  void read(List<PathFilter> filters, Consumer<Map<String, String>> entries) {
    List<PathFilter> where = filters.isEmpty() ? USUAL : filters;
    for (Path file : new FileFinder(root, InventoryTypes.CERTIFICATE).find(where)) {
      parse(text(file), "/" + root.relativize(file), entries);
    }
  }

  /** Reads the certificates of a text; what can't be read as one is passed over. */
  static void parse(String text, String file, Consumer<Map<String, String>> entries) {
    int begin = text.indexOf(BEGIN);
    while (begin >= 0) {
      int end = text.indexOf(END, begin);
      if (end < 0) {
        return;
      }
      X509Certificate certificate = certificate(text.substring(begin + BEGIN.length(), end));
      if (certificate != null) {
        entries.accept(entry(certificate, file));
      }
      begin = text.indexOf(BEGIN, end);
    }
  }

  private static Map<String, String> entry(X509Certificate certificate, String file) {
    return new Attributes()
        .with("File", file)
        .with("Subject", certificate.getSubjectX500Principal().getName())
        .with("Issuer", certificate.getIssuerX500Principal().getName())
        .with("SerialNumber", certificate.getSerialNumber().toString(HEX))
        .with(
            "NotBefore",
            certificate.getNotBefore().toInstant().truncatedTo(ChronoUnit.SECONDS).toString())
        .with(
            "NotAfter",
            certificate.getNotAfter().toInstant().truncatedTo(ChronoUnit.SECONDS).toString())
        .with("DnsNames", String.join(", ", names(certificate)))
        .with("Sha256", fingerprint(certificate))
        .entry();
  }

  private static @Nullable X509Certificate certificate(String base64) {
    try {
      byte[] der = Base64.getMimeDecoder().decode(base64);
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(der));
    } catch (CertificateException | IllegalArgumentException e) {
      return null;
    }
  }

  private static List<String> names(X509Certificate certificate) {
    try {
      Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
      if (alternatives == null) {
        return List.of();
      }
      TreeSet<String> names = new TreeSet<>();
      for (List<?> each : alternatives) {
        if (Integer.valueOf(DNS_NAME).equals(each.get(0))) {
          names.add(String.valueOf(each.get(1)));
        }
      }
      return new ArrayList<>(names);
    } catch (CertificateParsingException e) {
      return List.of();
    }
  }

  private static @Nullable String fingerprint(X509Certificate certificate) {
    try {
      return Sha256.of(certificate.getEncoded()).hex();
    } catch (CertificateException e) {
      return null;
    }
  }

  private static String text(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return new String(in.readNBytes(MAX_FILE_BYTES), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return "";
    }
  }

  private static PathFilter usual(String path, boolean recursive) {
    return new PathFilter(
        path, List.of("*.pem", "*.crt", "*.cer"), recursive, InventoryLimits.FILTER_FOLDERS);
  }
}
