package dev.holdfast.agent.testing;

import dev.holdfast.task.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.zip.CRC32C;

/**
 * The samples of files in {@code formats/1}: a text each, lines of a path and its content in hex.
 */
public final class FormatSamples {
  private FormatSamples() {}

  /**
   * Writes a sample into the folder that the system property {@code holdfast.write.samples} names;
   * nothing without it, which is always but once.
   */
  public static void write(String name, Supplier<MemoryDisk> disk) {
    String folder = System.getProperty("holdfast.write.samples");
    if (folder == null) {
      return;
    }
    MemoryDisk written = disk.get();
    StringBuilder text = new StringBuilder();
    for (String path : written.paths()) {
      text.append(path)
          .append(' ')
          .append(HexFormat.of().formatHex(written.read(path).orElseThrow()))
          .append('\n');
    }
    try {
      Files.writeString(Path.of(folder, name), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A disk with the files of a sample. */
  public static MemoryDisk read(String name) {
    MemoryDisk disk = new MemoryDisk();
    try (InputStream in =
        Objects.requireNonNull(
            FormatSamples.class.getResourceAsStream("/formats/1/" + name), name)) {
      new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .map(line -> line.split(" ", 2))
          .forEach(file -> disk.write(file[0], HexFormat.of().parseHex(file[1])));
      return disk;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Makes a file look as if a much newer version had written it, checksums included.
   *
   * @param at where the byte is that tells the version
   */
  public static void raise(MemoryDisk disk, String path, int at) {
    byte[] bytes = disk.read(path).orElseThrow();
    bytes[at] = 99;
    if (path.endsWith(".seg")) {
      ByteBuffer.wrap(bytes).putInt(24, crc(bytes, 0, 24));
    } else if (path.endsWith("/set") || path.endsWith("/journal")) {
      int length = ByteBuffer.wrap(bytes).getInt(2);
      ByteBuffer.wrap(bytes).putInt(6, crc(bytes, 10, length));
    } else {
      byte[] hash = Sha256.of(Arrays.copyOfRange(bytes, 36, bytes.length)).raw();
      System.arraycopy(hash, 0, bytes, 4, hash.length);
    }
    disk.write(path, bytes);
  }

  private static int crc(byte[] bytes, int offset, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, offset, length);
    return (int) crc.getValue();
  }
}
