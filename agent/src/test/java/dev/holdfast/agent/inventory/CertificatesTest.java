package dev.holdfast.agent.inventory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CertificatesTest {
  private static final String PEM =
      """
      -----BEGIN CERTIFICATE-----
      MIIB2TCCAX6gAwIBAgIEEjSrzTAKBggqhkjOPQQDAjAwMRkwFwYDVQQDDBBsYW1w
      LmV4YW1wbGUub3JnMRMwEQYDVQQKDApMaWdodGhvdXNlMCAXDTI2MTEyNjA4NTM0
      MloYDzIxMjYxMTAyMDg1MzQyWjAwMRkwFwYDVQQDDBBsYW1wLmV4YW1wbGUub3Jn
      MRMwEQYDVQQKDApMaWdodGhvdXNlMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE
      G3LdgS0lLNA0RhPXhLJFUgitaXldIX0mVqrjrnxXDKeCyacpZx2nOe/nxE4g6GvH
      SmeXY3VU0u/b+uc5EuWzB6OBgzCBgDAdBgNVHQ4EFgQURWPj3eCIv3pBgjFkcUTg
      iFOTFxYwHwYDVR0jBBgwFoAURWPj3eCIv3pBgjFkcUTgiFOTFxYwDwYDVR0TAQH/
      BAUwAwEB/zAtBgNVHREEJjAkghBsYW1wLmV4YW1wbGUub3JnghBob3JuLmV4YW1w
      bGUub3JnMAoGCCqGSM49BAMCA0kAMEYCIQCVCX88vuEcmtJKAiCcTWmVXOXmzTep
      v+GtmtUsGem/hwIhAPpYu0RpOHPcrUAx2FdVQXPiBbbtAgLrU21WI+7W/mR8
      -----END CERTIFICATE-----
      """;

  @TempDir Path root = Path.of("set by JUnit");

  private final List<Map<String, String>> entries = new ArrayList<>();

  @Test
  void aCertificateIsToldAndNothingOfAKeyInTheSameFile() {
    Certificates.parse(
        "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n"
            + PEM
            + "-----BEGIN CERTIFICATE-----\nbm90IG9uZQ==\n-----END CERTIFICATE-----\n"
            + PEM
            + "-----BEGIN CERTIFICATE-----\ntorn",
        "/etc/nginx/a.pem",
        entries::add);

    Map<String, String> expected =
        Map.of(
            "File", "/etc/nginx/a.pem",
            "Subject", "O=Lighthouse,CN=lamp.example.org",
            "Issuer", "O=Lighthouse,CN=lamp.example.org",
            "SerialNumber", "1234abcd",
            "NotBefore", "2026-11-26T08:53:42Z",
            "NotAfter", "2126-11-02T08:53:42Z",
            "DnsNames", "horn.example.org, lamp.example.org",
            "Sha256", "ecaf23d870c2daae6babdf0180f5be4797e1b3e044e65a7c53a01203c839c684");
    assertEquals(List.of(expected, expected), entries);
    assertFalse(entries.toString().contains("c2VjcmV0"));
  }

  @Test
  void theUsualFoldersAreLookedIntoUnlessAFilterNamesOthers() throws IOException {
    write("etc/letsencrypt/live/lamp/cert.pem");
    write("etc/ssl/certs/authority.pem");
    write("srv/tls/lamp.pem");

    new Certificates(root).read(List.of(), entries::add);
    new Certificates(root)
        .read(List.of(new PathFilter("/srv/tls", List.of("*.pem"), false, 10)), entries::add);

    assertEquals(
        List.of("/etc/letsencrypt/live/lamp/cert.pem", "/srv/tls/lamp.pem"),
        entries.stream().map(each -> String.valueOf(each.get("File"))).toList());
  }

  private void write(String path) throws IOException {
    Files.createDirectories(root.resolve(path.substring(0, path.lastIndexOf('/'))));
    Files.writeString(root.resolve(path), PEM);
  }
}
