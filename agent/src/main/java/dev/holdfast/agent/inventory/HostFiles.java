package dev.holdfast.agent.inventory;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Reads the host's own small files, and finds its programs. */
final class HostFiles {
  private static final List<String> PROGRAM_FOLDERS =
      List.of("usr/bin", "usr/sbin", "bin", "sbin", "usr/local/bin", "usr/local/sbin");

  private HostFiles() {}

  /** Bytes that are no UTF-8 (an old maintainer's name, say) are replaced and stop nothing. */
  static BufferedReader open(Path file) throws IOException {
    return new BufferedReader(
        Channels.newReader(
            Files.newByteChannel(file),
            StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPLACE)
                .onUnmappableCharacter(CodingErrorAction.REPLACE),
            -1));
  }

  /** All lines of a file; none if it cannot be read. */
  static List<String> lines(Path file) {
    try (BufferedReader reader = open(file)) {
      return reader.lines().toList();
    } catch (IOException | java.io.UncheckedIOException e) {
      return List.of();
    }
  }

  /** The first line of a file without blanks around it; empty if it cannot be read. */
  static String line(Path file) {
    try (BufferedReader reader = open(file)) {
      String line = reader.readLine();
      return line == null ? "" : line.strip();
    } catch (IOException e) {
      return "";
    }
  }

  /** A program of the host, by its absolute path. */
  static Optional<Path> program(Path root, String name) {
    return PROGRAM_FOLDERS.stream()
        .map(folder -> root.resolve(folder).resolve(name))
        .filter(Files::isExecutable)
        .findFirst();
  }
}
