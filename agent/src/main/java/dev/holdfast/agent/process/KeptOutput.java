package dev.holdfast.agent.process;

import com.google.protobuf.ByteString;
import dev.holdfast.report.Output;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
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
  private static final int TURNS = 4;

  private KeptOutput() {}

  /**
   * The first and last bytes of a stream. While its script runs this is what has come so far: the
   * copier may be at work, so it is read again where it was not the same before and after.
   *
   * @param limit of both together, in bytes
   */
  static Output read(Path folder, String name, int limit) {
    for (int turn = 1; ; turn++) {
      try {
        long before = dropped(folder, name);
        List<Path> parts = parts(folder, name);
        Output output = read(parts, before, limit);
        boolean still = before == dropped(folder, name) && parts.equals(parts(folder, name));
        if (still || turn == TURNS) {
          return output;
        }
      } catch (NoSuchFileException e) {
        if (turn == TURNS) {
          return Output.NONE; // removed with all that is in it
        }
      } catch (IOException e) {
        throw new ProcessException("cannot read the output in " + folder + ": " + e, e);
      }
    }
  }

  private static Output read(List<Path> parts, long dropped, int limit) throws IOException {
    long kept = 0;
    for (Path part : parts) {
      kept += Files.size(part);
    }
    long total = dropped + kept;
    if (total <= limit) {
      return new Output(first(parts, (int) kept), ByteString.EMPTY, total);
    }
    ByteString head = first(parts, limit / 2);
    // Where a disk was full there may be nothing after the head: the tail never repeats it.
    int tail = (int) Math.min(limit - limit / 2, kept - head.size());
    return new Output(head, last(parts, tail), total);
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
    try (FileChannel file = FileChannel.open(part)) {
      ByteBuffer bytes = ByteBuffer.allocate((int) Math.clamp(file.size() - from, 0L, count));
      while (bytes.hasRemaining() && file.read(bytes, from + bytes.position()) >= 0) {
        // A read may bring less than there is.
      }
      return ByteString.copyFrom(bytes.flip());
    }
  }
}
