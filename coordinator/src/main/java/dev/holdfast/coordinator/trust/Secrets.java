package dev.holdfast.coordinator.trust;

import dev.holdfast.task.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Makes the secrets that are handed out, and keeps only what is needed to recognise them. */
public final class Secrets {
  private static final String TOKEN_PREFIX = "hft_";
  private static final int SECRET_BYTES = 32;

  private final byte[] pepper;
  private final SecureRandom random;

  private Secrets(byte[] pepper, SecureRandom random) {
    this.pepper = pepper;
    this.random = random;
  }

  /** Reads the pepper from the data folder, or makes it at the first start. */
  public static Secrets open(Path folder, SecureRandom random) throws IOException {
    Path file = folder.resolve("pepper");
    if (Files.notExists(file)) {
      byte[] made = new byte[SECRET_BYTES];
      random.nextBytes(made);
      Keys.write(file, "rw-------", HexFormat.of().formatHex(made) + "\n");
    }
    return new Secrets(HexFormat.of().parseHex(Files.readString(file).strip()), random);
  }

  /** A new token: {@code hft_} and 256 random bits. */
  public String newToken() {
    return TOKEN_PREFIX + newSecret();
  }

  /**
   * The code of an activation: 256 bits that only the holder of the pepper can compute. So the same
   * answer can be given again without the code being kept anywhere.
   */
  public String codeOf(String activationId) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(hmac("activation-code|" + activationId));
  }

  /** What is stored of a token. It has full entropy, so a plain hash is enough. */
  public static Sha256 ofToken(String token) {
    return Sha256.of(token.getBytes(StandardCharsets.UTF_8));
  }

  /** What is stored of an activation code: useless without the pepper. */
  public String ofCode(String code) {
    return HexFormat.of().formatHex(hmac(code));
  }

  /** Whether a code is the one that is stored; takes the same time for every wrong one. */
  public boolean isCode(String code, String stored) {
    return MessageDigest.isEqual(
        ofCode(code).getBytes(StandardCharsets.US_ASCII),
        stored.getBytes(StandardCharsets.US_ASCII));
  }

  private byte[] hmac(String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(pepper, "HmacSHA256"));
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HMAC-SHA-256", e);
    }
  }

  private String newSecret() {
    byte[] secret = new byte[SECRET_BYTES];
    random.nextBytes(secret);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
  }
}
