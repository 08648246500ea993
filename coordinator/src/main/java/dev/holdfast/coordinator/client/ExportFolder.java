package dev.holdfast.coordinator.client;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A folder that an export goes into. While it is unfinished a small file in it holds the cursor, so
 * that it can go on where it was; what is in the folder then is not whole.
 */
final class ExportFolder implements AutoCloseable {
  /** Holds the cursor of an unfinished export. */
  static final String UNFINISHED = "unfinished-export";

  /** What a coordinator may name; whatever it says, nothing outside of the folder is written. */
  private static final Pattern PATH =
      Pattern.compile(
          "[A-Za-z]+:[A-Za-z0-9_.:-]+/accountid=[a-z0-9][a-z0-9.-]*/region=[a-z0-9]+"
              + "/resourcetype=[A-Za-z]+/mi-[0-9a-f]{17}\\.json");

  private final Path folder;
  private String cursor;
  private String path = "";
  private @Nullable BufferedWriter file;
  private long files;
  private long lines;

  private ExportFolder(Path folder, String cursor) {
    this.folder = folder;
    this.cursor = cursor;
  }

  /**
   * A new folder, an empty one, or one with an unfinished export.
   *
   * @throws ClientException if it is anything else, so that an old export is never mixed with a new
   *     one
   */
  static ExportFolder open(Path folder) throws ClientException {
    try {
      Files.createDirectories(folder);
      Path unfinished = folder.resolve(UNFINISHED);
      if (Files.exists(unfinished)) {
        return new ExportFolder(folder, Files.readString(unfinished).strip());
      }
      try (Stream<Path> there = Files.list(folder)) {
        if (there.findAny().isPresent()) {
          throw new ClientException(
              folder + " is not empty: name a new folder, or one with an unfinished export");
        }
      }
      ExportFolder opened = new ExportFolder(folder, "");
      opened.note();
      return opened;
    } catch (IOException e) {
      throw new ClientException(
          "cannot use the folder " + folder + ": name one that you may write to", e);
    }
  }

  /** After which cursor the export goes on; empty: from the beginning. */
  String cursor() {
    return cursor;
  }

  /** Takes a line; the first of a file replaces what an earlier export left of it. */
  void take(String to, String line, String next) throws ClientException {
    try {
      if (!to.equals(path)) {
        begin(to);
      }
      BufferedWriter open = file;
      if (open == null) {
        throw new IllegalStateException("a line without a file");
      }
      open.write(line);
      open.write('\n');
      lines++;
      cursor = next;
    } catch (IOException e) {
      throw new ClientException("cannot write below " + folder + ": is its disk full?", e);
    }
  }

  /** All is there. */
  void finish() throws ClientException {
    try {
      end();
      Files.deleteIfExists(folder.resolve(UNFINISHED));
    } catch (IOException e) {
      throw new ClientException("cannot write below " + folder + ": is its disk full?", e);
    }
  }

  /** How many files were written. */
  long files() {
    return files;
  }

  /** How many lines were written. */
  long lines() {
    return lines;
  }

  @Override
  public void close() throws IOException {
    end();
  }

  private void begin(String to) throws IOException, ClientException {
    if (!PATH.matcher(to).matches()) {
      throw new ClientException(
          "the coordinator named a file that is none of an export: is it of another version?");
    }
    end();
    note();
    Path target = folder.resolve(to);
    Files.createDirectories(target.getParent());
    file = Files.newBufferedWriter(target, StandardCharsets.UTF_8);
    path = to;
    files++;
  }

  private void end() throws IOException {
    BufferedWriter open = file;
    file = null;
    if (open != null) {
      open.close();
    }
  }

  /** Whatever the cursor says was taken is in its files by now. */
  private void note() throws IOException {
    Path written = folder.resolve(UNFINISHED + ".new");
    Files.writeString(written, cursor + "\n");
    Files.move(written, folder.resolve(UNFINISHED), StandardCopyOption.ATOMIC_MOVE);
  }
}
