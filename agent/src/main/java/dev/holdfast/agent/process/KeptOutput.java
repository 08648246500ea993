package dev.holdfast.agent.process;

import com.google.protobuf.ByteString;
import dev.holdfast.report.Output;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads what the wrapper's copier keeps of one stream: {@code NAME.0} is the first part, then come
 * parts with rising numbers of which it keeps the last two; {@code NAME.dropped} counts the bytes
 * between.
 */
final class KeptOutput {
  private KeptOutput() {}

  /**
   * The first and last bytes of a stream. While its script runs this is what has come so far.
   *
   * @param limit of both together, in bytes
   */
  static Output read(Path folder, String name, int limit) {
    try {
      List<Path> parts = parts(folder, name);
      long dropped = dropped(folder, name);
      long kept = 0;
      for (Path part : parts) {
        kept += Files.size(part);
      }
      long total = dropped + kept;
      if (total <= limit) {
        return new Output(first(parts, limit), ByteString.EMPTY, total);
      }
      ByteString head = first(parts, limit / 2);
      // Where a disk was full there may be nothing after the head: the tail never repeats it.
      int tail = (int) Math.min(limit - limit / 2, kept - head.size());
      return new Output(head, last(parts, tail), total);
    } catch (IOException e) {
      throw new ProcessException("cannot read the output in " + folder + ": " + e, e);
    }
  }

  private static List<Path> parts(Path folder, String name) throws IOException {
    List<Path> parts = new ArrayList<>();
    Path head = folder.resolve(name + ".0");
    if (!Files.exists(head)) {
      return parts;
    }
    parts.add(head);
    List<Integer> numbers = new ArrayList<>();
    try (var files = Files.newDirectoryStream(folder, name + ".[1-9]*")) {
      for (Path file : files) {
        numbers.add(Integer.parseInt(file.getFileName().toString().substring(name.length() + 1)));
      }
    }
    numbers.stream()
        .sorted()
        .map(number -> folder.resolve(name + "." + number))
        .forEach(parts::add);
    return parts;
  }

  private static long dropped(Path folder, String name) throws IOException {
    try {
      String text = Files.readString(folder.resolve(name + ".dropped")).strip();
      return text.isEmpty() ? 0 : Long.parseLong(text);
    } catch (NoSuchFileException e) {
      return 0;
    }
  }

  private static ByteString first(List<Path> parts, int limit) throws IOException {
    ByteString head = ByteString.EMPTY;
    for (Path part : parts) {
      head = head.concat(bytes(part, 0, limit - head.size()));
    }
    return head;
  }

  private static ByteString last(List<Path> parts, int limit) throws IOException {
    ByteString tail = ByteString.EMPTY;
    for (Path part : parts.reversed()) {
      int wanted = limit - tail.size();
      tail = bytes(part, Math.max(0, Files.size(part) - wanted), wanted).concat(tail);
    }
    return tail;
  }

  private static ByteString bytes(Path part, long from, int count) throws IOException {
    if (count <= 0) {
      return ByteString.EMPTY;
    }
    try (RandomAccessFile file = new RandomAccessFile(part.toFile(), "r")) {
      byte[] bytes = new byte[Math.clamp(file.length() - from, 0, count)];
      file.seek(from);
      file.readFully(bytes);
      return ByteString.copyFrom(bytes);
    }
  }
}
