package dev.holdfast.coordinator.trust;

import com.google.protobuf.ByteString;
import dev.holdfast.coordinator.store.Parameters;
import dev.holdfast.coordinator.store.Parameters.Parameter;
import dev.holdfast.coordinator.store.Parameters.Sealed;
import dev.holdfast.coordinator.store.Read;
import dev.holdfast.coordinator.store.Store;
import dev.holdfast.coordinator.store.Webhooks;
import dev.holdfast.task.Limits;
import dev.holdfast.task.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Encrypts the values of SecureStrings and the secrets of webhooks: AES-256-GCM, with the
 * parameter's name and version as associated data, so that no row's value can be put into another
 * one. The keys are in a file beside the store, one a line, and never in it: a copy of the store
 * opens nothing. The last key of the file encrypts; those before it only decrypt what they once
 * encrypted.
 */
public final class ParameterKeys {
  /** The file in the data folder, unless another is configured. */
  public static final String FILE = "parameters.key";

  private static final int KEY_BYTES = 32;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;
  private static final int ID_CHARS = 16;
  private static final Set<PosixFilePermission> OWNER =
      EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

  private final Map<String, byte[]> keys;
  private final String newest;
  private final SecureRandom random;

  private ParameterKeys(Map<String, byte[]> keys, String newest, SecureRandom random) {
    this.keys = keys;
    this.newest = newest;
    this.random = random;
  }

  /** The keys can't be used; the message says why, and what to do. */
  public static final class KeysRefused extends Exception {
    private static final long serialVersionUID = 1L;

    KeysRefused(String message) {
      super(message);
    }
  }

  /**
   * Reads the keys, or makes the first one if there is neither a file nor anything encrypted; then
   * tries each of them on what it encrypted last.
   *
   * @throws KeysRefused if a key is missing, is not the one that encrypted, or others can read it
   * @throws IOException if the file can't be read or made
   */
  public static ParameterKeys open(Path file, Store store, SecureRandom random)
      throws KeysRefused, IOException {
    List<Kept> encrypted = store.read(ParameterKeys::kept);
    if (Files.notExists(file)) {
      if (!encrypted.isEmpty()) {
        throw new KeysRefused(
            "the key file "
                + file
                + " is missing, and the store has secrets that it encrypted: put it back"
                + " (backups don't hold it), or name its place in parameters.key_file");
      }
      byte[] made = new byte[KEY_BYTES];
      random.nextBytes(made);
      Keys.write(file, "rw-------", HexFormat.of().formatHex(made) + "\n");
    }
    ParameterKeys keys = read(file, random);
    for (Kept kept : encrypted) {
      keys.test(kept, file);
    }
    return keys;
  }

  /**
   * Something that is encrypted in the store.
   *
   * @param what in words, with its name
   */
  private record Kept(String what, String name, int version, Sealed sealed) {}

  /** Of each key what it encrypted last of the parameters, and the secrets of all webhooks. */
  private static List<Kept> kept(Read read) {
    List<Kept> kept = new ArrayList<>();
    for (Parameter parameter : Parameters.newestOfEachKey(read)) {
      parameter
          .secret()
          .ifPresent(
              secret ->
                  kept.add(
                      new Kept(
                          "the SecureString '" + parameter.name() + "'",
                          parameter.name(),
                          parameter.version(),
                          secret)));
    }
    for (Webhooks.Webhook hook : Webhooks.list(read, "", Limits.MAX_WEBHOOKS)) {
      kept.add(
          new Kept(
              "the secret of the webhook '" + hook.name() + "'",
              Webhooks.sealedAs(hook.name()),
              hook.serial(),
              hook.secret()));
    }
    return kept;
  }

  private static ParameterKeys read(Path file, SecureRandom random)
      throws KeysRefused, IOException {
    if (!OWNER.containsAll(Files.getPosixFilePermissions(file))) {
      throw new KeysRefused(
          "others than its owner can reach the file " + file + ": chmod 600 " + file);
    }
    Map<String, byte[]> keys = new LinkedHashMap<>();
    String newest = "";
    for (String line : Files.readAllLines(file, StandardCharsets.US_ASCII)) {
      if (!line.isBlank()) {
        byte[] key = key(line.strip()).orElseThrow(() -> noKeys(file));
        newest = Sha256.of(key).hex().substring(0, ID_CHARS);
        keys.put(newest, key);
      }
    }
    if (keys.isEmpty()) {
      throw noKeys(file);
    }
    return new ParameterKeys(keys, newest, random);
  }

  private static KeysRefused noKeys(Path file) {
    return new KeysRefused(
        "the key file "
            + file
            + " has another form than one key a line, each of 64 hexadecimal digits: put the file"
            + " back as it was made");
  }

  private static Optional<byte[]> key(String line) {
    try {
      byte[] key = HexFormat.of().parseHex(line);
      return key.length == KEY_BYTES ? Optional.of(key) : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private void test(Kept kept, Path file) throws KeysRefused {
    String id = kept.sealed.keyId();
    if (!keys.containsKey(id)) {
      throw new KeysRefused(
          "the key file "
              + file
              + " has no key "
              + id
              + ", which encrypted "
              + kept.what
              + " in the store: add that key in a line before the last");
    }
    if (opened(kept.name, kept.version, kept.sealed).isEmpty()) {
      throw new KeysRefused(
          kept.what
              + " does not decrypt with the key "
              + id
              + ": the store is damaged, or was changed from outside; restore it from a backup");
    }
  }

  /** Encrypts the value of one version of a parameter. */
  public Sealed seal(String name, int version, String value) {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    try {
      byte[] text =
          cipher(Cipher.ENCRYPT_MODE, newest, nonce, name, version)
              .doFinal(value.getBytes(StandardCharsets.UTF_8));
      return new Sealed(newest, ByteString.copyFrom(nonce).concat(ByteString.copyFrom(text)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has AES-256-GCM", e);
    }
  }

  /**
   * The value of a SecureString.
   *
   * @throws IllegalStateException if it is none, or does not decrypt: then somebody changed the row
   */
  public String open(Parameter parameter) {
    return parameter
        .secret()
        .flatMap(secret -> opened(parameter.name(), parameter.version(), secret))
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "version "
                        + parameter.version()
                        + " of the SecureString '"
                        + parameter.name()
                        + "' does not decrypt"));
  }

  /** What was sealed under this name and version; empty if it does not decrypt. */
  public Optional<String> opened(String name, int version, Sealed sealed) {
    if (!keys.containsKey(sealed.keyId()) || sealed.bytes().size() <= NONCE_BYTES) {
      return Optional.empty();
    }
    byte[] bytes = sealed.bytes().toByteArray();
    try {
      byte[] text =
          cipher(
                  Cipher.DECRYPT_MODE,
                  sealed.keyId(),
                  Arrays.copyOf(bytes, NONCE_BYTES),
                  name,
                  version)
              .doFinal(bytes, NONCE_BYTES, bytes.length - NONCE_BYTES);
      return Optional.of(new String(text, StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      return Optional.empty();
    }
  }

  /**
   * What tells two requests apart that may have secrets in them, and tells nothing of them to who
   * has no key.
   */
  public Sha256 fingerprint(byte[] request) {
    byte[] own = hmac(bytes(newest), "request fingerprint".getBytes(StandardCharsets.US_ASCII));
    return Sha256.ofRaw(hmac(own, request));
  }

  private Cipher cipher(int mode, String key, byte[] nonce, String name, int version)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, new SecretKeySpec(bytes(key), "AES"), new GCMParameterSpec(TAG_BITS, nonce));
    // A name has no colon, so no two pairs come to the same text.
    cipher.updateAAD((name + ":" + version).getBytes(StandardCharsets.UTF_8));
    return cipher;
  }

  private byte[] bytes(String key) {
    return Optional.ofNullable(keys.get(key)).orElseThrow();
  }

  private static byte[] hmac(byte[] key, byte[] text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(text);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HMAC-SHA-256", e);
    }
  }
}
