package dev.holdfast.coordinator.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The one file of a backup: what comes out is what went in, or nothing. */
final class ArchiveTest {
  private static final Archive.Facts FACTS =
      new Archive.Facts(Instant.parse("2026-11-24T12:00:00Z"), "1.0", "test.example", 3, 99);

  @TempDir Path folder;
  private Path parts;
  private byte[] whole;
  private int reads;

  @SuppressWarnings("NullAway.Init") // JUnit calls prepare before each test
  ArchiveTest() {}

  @BeforeEach
  void prepare() throws IOException {
    parts = Files.createDirectory(folder.resolve("parts"));
    byte[] rows = new byte[200_000];
    new Random(7).nextBytes(rows);
    Files.write(parts.resolve("holdfast.db"), rows);
    Files.writeString(parts.resolve("ca.key"), "key");
    Files.writeString(parts.resolve("ca.pem"), "certificate");
    Files.writeString(parts.resolve("pepper"), "");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Archive.write(FACTS, parts, out);
    whole = out.toByteArray();
  }

  @Test
  void whatWasWrittenIsReadIntoFilesThatOnlyTheirOwnerReaches() throws IOException {
    Path into = Files.createDirectory(folder.resolve("into"));

    assertEquals(FACTS, Archive.read(file(whole), into));

    for (Archive.Part part : Archive.Part.values()) {
      Path made = into.resolve(part.file());
      assertArrayEquals(Files.readAllBytes(parts.resolve(part.file())), Files.readAllBytes(made));
      assertEquals(
          PosixFilePermissions.fromString("rw-------"), Files.getPosixFilePermissions(made));
    }
  }

  @Test
  void cutOffAnywhereItIsRefused() throws IOException {
    Random random = new Random(1);
    for (int i = 0; i < 60; i++) {
      int length = i < 40 ? i : i < 50 ? whole.length - 1 - (i - 40) : random.nextInt(whole.length);

      assertRefused(Arrays.copyOf(whole, length));
    }
  }

  @Test
  void withAnyByteChangedItIsRefused() throws IOException {
    Random random = new Random(2);
    for (int i = 0; i < 120; i++) {
      byte[] other = whole.clone();
      int at = i < 60 ? i : random.nextInt(whole.length);
      other[at] ^= (byte) (1 + random.nextInt(255));

      assertRefused(other);
    }
  }

  @Test
  void withSomethingBehindItsEndItIsRefused() throws IOException {
    assertTrue(assertRefused(Arrays.copyOf(whole, whole.length + 1)).contains("behind its end"));
  }

  @Test
  void aFormThatIsNotKnownIsSaidSo() throws IOException {
    byte[] newer = whole.clone();
    newer[19] = 2;

    assertTrue(assertRefused(newer).contains("has the form 2, this program knows 1"));
    assertTrue(
        assertRefused("nothing".repeat(9).getBytes(java.nio.charset.StandardCharsets.UTF_8))
            .contains("does not begin like a backup"));
  }

  private String assertRefused(byte[] bytes) throws IOException {
    Path into = Files.createDirectory(folder.resolve("into-" + ++reads));
    Path file = file(bytes);
    return String.valueOf(
        assertThrows(Archive.DamagedException.class, () -> Archive.read(file, into)).getMessage());
  }

  private Path file(byte[] bytes) throws IOException {
    return Files.write(folder.resolve("backup"), bytes);
  }
}
