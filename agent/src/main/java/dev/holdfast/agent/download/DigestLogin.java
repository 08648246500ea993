package dev.holdfast.agent.download;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Answers the challenges of HTTP digest authentication (RFC 7616). Pure. */
final class DigestLogin {
  private static final Pattern FIELD =
      Pattern.compile("([A-Za-z][A-Za-z0-9-]*)=(?:\"((?:[^\"\\\\]++|\\\\.)*+)\"|([^\\s,\"]+))");
  private static final Map<String, String> ALGORITHMS = Map.of("MD5", "MD5", "SHA-256", "SHA-256");

  private DigestLogin() {}

  /**
   * The header that answers the best of the challenges; empty if there is none that it can answer.
   *
   * @param challenges values of {@code WWW-Authenticate}
   * @param client a text that was not used before
   */
  static Optional<String> answer(
      List<String> challenges, URI url, String username, String password, String client) {
    return challenges.stream()
        .filter(text -> text.toLowerCase(Locale.ROOT).startsWith("digest "))
        .map(DigestLogin::fields)
        .filter(fields -> ALGORITHMS.containsKey(algorithm(fields)))
        .max((a, b) -> algorithm(a).compareTo(algorithm(b)))
        .map(fields -> header(fields, url, username, password, client));
  }

  private static String header(
      Map<String, String> fields, URI url, String username, String password, String client) {
    String algorithm = algorithm(fields);
    String realm = fields.getOrDefault("realm", "");
    String nonce = fields.getOrDefault("nonce", "");
    String uri =
        (url.getRawPath().isEmpty() ? "/" : url.getRawPath())
            + (url.getRawQuery() == null ? "" : "?" + url.getRawQuery());
    boolean auth = List.of(fields.getOrDefault("qop", "").split("\\s*,\\s*", -1)).contains("auth");
    String user = hash(algorithm, username + ":" + realm + ":" + password);
    String request = hash(algorithm, "GET:" + uri);
    String response =
        auth
            ? hash(algorithm, user + ":" + nonce + ":00000001:" + client + ":auth:" + request)
            : hash(algorithm, user + ":" + nonce + ":" + request);
    StringBuilder header = new StringBuilder("Digest ");
    header.append("username=").append(quoted(username));
    header.append(", realm=").append(quoted(realm));
    header.append(", nonce=").append(quoted(nonce));
    header.append(", uri=").append(quoted(uri));
    header.append(", algorithm=").append(algorithm);
    header.append(", response=").append(quoted(response));
    if (fields.containsKey("opaque")) {
      header.append(", opaque=").append(quoted(fields.getOrDefault("opaque", "")));
    }
    if (auth) {
      header.append(", qop=auth, nc=00000001, cnonce=").append(quoted(client));
    }
    return header.toString();
  }

  private static Map<String, String> fields(String challenge) {
    Map<String, String> fields = new TreeMap<>();
    Matcher matcher = FIELD.matcher(challenge);
    while (matcher.find()) {
      String value =
          matcher.group(2) == null
              ? matcher.group(3)
              : matcher.group(2).replaceAll("\\\\(.)", "$1");
      fields.put(matcher.group(1).toLowerCase(Locale.ROOT), value);
    }
    return fields;
  }

  private static String algorithm(Map<String, String> fields) {
    return fields.getOrDefault("algorithm", "MD5").toUpperCase(Locale.ROOT);
  }

  private static String hash(String algorithm, String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance(ALGORITHMS.getOrDefault(algorithm, "MD5"))
                  .digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has " + algorithm, e);
    }
  }

  private static String quoted(String text) {
    return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }
}
