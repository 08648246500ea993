package dev.holdfast.coordinator.trust;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.holdfast.coordinator.store.Parameters;
import dev.holdfast.coordinator.store.Parameters.Parameter;
import dev.holdfast.coordinator.store.Parameters.Sealed;
import dev.holdfast.coordinator.store.Store;
import dev.holdfast.coordinator.store.Webhooks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The keys of SecureStrings, and what a start does when they don't fit. */
final class ParameterKeysTest {
  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
  private static final String OTHER_KEY = "ab".repeat(32);

  @TempDir Path folder;
  private final SecureRandom random = new SecureRandom();

  @SuppressWarnings("NullAway.Init") // set before each test
  private Store store;

  @SuppressWarnings("NullAway.Init") // set before each test
  private Path file;

  @BeforeEach
  void open() {
    store = Store.open(folder, () -> NOW, Store.Durability.PROCESS);
    file = folder.resolve("parameters.key");
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void theFirstStartMakesAKeyForItsOwnerAloneAndLaterOnesReadIt() throws Exception {
    Parameter secret = put(keys(), "p", 1, "value");

    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    assertEquals(65, Files.size(file));
    assertEquals("value", keys().open(secret));
    assertFalse(secret.secret().orElseThrow().bytes().toStringUtf8().contains("value"));
    assertFalse(Files.readString(file).contains(secret.secret().orElseThrow().keyId()));
  }

  @Test
  void theSameValueNeverLooksTheSame() throws Exception {
    ParameterKeys keys = keys();

    assertNotEquals(keys.seal("p", 1, "value").bytes(), keys.seal("p", 1, "value").bytes());
  }

  @Test
  void aValueInAnotherRowOrVersionOrWithOneBitChangedDoesNotOpen() throws Exception {
    ParameterKeys keys = keys();
    Sealed closed = keys.seal("p", 1, "value");

    assertEquals("value", keys.open(row("p", 1, closed)));
    assertThrows(IllegalStateException.class, () -> keys.open(row("q", 1, closed)));
    assertThrows(IllegalStateException.class, () -> keys.open(row("p", 2, closed)));
    for (int at = 0; at < closed.bytes().size(); at++) {
      byte[] changed = closed.bytes().toByteArray();
      changed[at] ^= 1;
      Parameter row = row("p", 1, new Sealed(closed.keyId(), ByteString.copyFrom(changed)));
      IllegalStateException failure =
          assertThrows(IllegalStateException.class, () -> keys.open(row));
      assertFalse(String.valueOf(failure.getMessage()).contains("value"));
    }
  }

  @Test
  void aNewKeyIsALineBehindTheOthersWhichGoOnToOpenWhatTheyClosed() throws Exception {
    Parameter old = put(keys(), "p", 1, "old");
    Files.writeString(file, Files.readString(file) + OTHER_KEY + "\n");

    ParameterKeys both = keys();
    Parameter young = put(both, "p", 2, "young");

    assertNotEquals(old.secret().orElseThrow().keyId(), young.secret().orElseThrow().keyId());
    assertEquals("old", both.open(old));
    assertEquals("young", keys().open(young));
    Files.writeString(file, OTHER_KEY + "\n");
    assertTrue(refused().contains("no key " + old.secret().orElseThrow().keyId()), refused());
  }

  @Test
  void aKeyIsAskedForAsLongAsAWebhookOrAnOlderVersionNeedsIt() throws Exception {
    ParameterKeys first = keys();
    String old = Files.readString(file);
    put(first, "p", 1, "old");
    Sealed sealed = first.seal(Webhooks.sealedAs("chat"), 1, "secret");
    store.write(
        write -> {
          Webhooks.put(
              write,
              new Webhooks.Webhook(
                  "chat",
                  "https://hooks.example.com/",
                  List.of("RunEnded"),
                  sealed,
                  1,
                  0,
                  Webhooks.State.fine(NOW)));
          return true;
        });
    Files.writeString(file, old + OTHER_KEY + "\n");
    put(keys(), "p", 2, "young");
    Files.writeString(file, OTHER_KEY + "\n");
    assertTrue(refused().contains("encrypted the SecureString 'p'"), refused());

    store.write(
        write -> {
          Parameters.delete(write, "p");
          return true;
        });

    assertTrue(refused().contains("encrypted the secret of the webhook 'chat'"), refused());
    Files.writeString(file, old + OTHER_KEY + "\n");
    assertEquals("secret", keys().opened(Webhooks.sealedAs("chat"), 1, sealed).orElseThrow());
    assertTrue(keys().opened(Webhooks.sealedAs("other"), 1, sealed).isEmpty());
  }

  @Test
  void aStartStopsWithOneLineIfTheKeyIsNotThereOrNotTheOne() throws Exception {
    put(keys(), "p", 1, "value");
    String kept = Files.readString(file);
    Files.delete(file);
    assertTrue(refused().contains("is missing"), refused());
    assertTrue(Files.notExists(file), "no other key is made in its place");
    Files.writeString(file, OTHER_KEY + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    assertTrue(refused().contains("has no key"), refused());
    for (String damaged : new String[] {"", "xy\n", kept.substring(2), kept + "00\n"}) {
      Files.writeString(file, damaged);
      assertTrue(refused().contains("another form"), refused());
    }
    Files.writeString(file, kept);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    assertTrue(refused().contains("chmod 600"), refused());
    assertFalse(refused().contains("\n"));
  }

  @Test
  void aStartStopsIfTheNewestValueOfAKeyIsNotWhatItEncrypted() throws Exception {
    ParameterKeys keys = keys();
    put(keys, "p", 1, "value");
    store.write(
        write -> {
          Parameters.add(write, row("q", 1, keys.seal("other", 1, "value")));
          Parameters.deleteVersion(write, "p", 1);
          return true;
        });

    assertTrue(refused().contains("'q' does not decrypt"), refused());
  }

  @Test
  void aFingerprintTellsRequestsApartAndNeedsTheKey() throws Exception {
    ParameterKeys keys = keys();

    assertEquals(keys.fingerprint(new byte[] {1}), keys().fingerprint(new byte[] {1}));
    assertNotEquals(keys.fingerprint(new byte[] {1}), keys.fingerprint(new byte[] {2}));
    Files.writeString(file, OTHER_KEY + "\n");
    assertNotEquals(keys.fingerprint(new byte[] {1}), keys().fingerprint(new byte[] {1}));
  }

  private ParameterKeys keys() throws IOException, ParameterKeys.KeysRefused {
    return ParameterKeys.open(file, store, random);
  }

  private String refused() {
    return String.valueOf(assertThrows(ParameterKeys.KeysRefused.class, this::keys).getMessage());
  }

  private Parameter put(ParameterKeys keys, String name, int version, String value) {
    Parameter row = row(name, version, keys.seal(name, version, value));
    return store.write(
        write -> {
          Parameters.add(write, row);
          return row;
        });
  }

  private static Parameter row(String name, int version, Sealed secret) {
    return new Parameter(name, version, "SecureString", "", Optional.of(secret), "", "ann", NOW);
  }
}
