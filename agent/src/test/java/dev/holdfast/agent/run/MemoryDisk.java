package dev.holdfast.agent.run;

import dev.holdfast.agent.disk.Disk;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** A disk in memory that fails once, before or after a chosen change. */
final class MemoryDisk implements Disk {
  private final Map<String, byte[]> files = new TreeMap<>();
  private int changes;
  private final ByteArrayOutputStream everWritten = new ByteArrayOutputStream();
  private int crashAt = -1;
  private boolean crashAfter;

  /** The agent is gone at this moment. */
  static final class Crash extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Crash() {
      super("crashed");
    }
  }

  /** Crashes at the change with that number, counted from now. */
  void crashAt(int change, boolean after) {
    changes = 0;
    crashAt = change;
    crashAfter = after;
  }

  @Override
  public Optional<byte[]> read(String path) {
    return Optional.ofNullable(files.get(path));
  }

  @Override
  public void write(String path, byte[] content) {
    everWritten.writeBytes(content);
    change(() -> files.put(path, content.clone()));
  }

  /** Whether anything that was ever written to it had this text in it. */
  boolean everHeld(String text) {
    return everWritten.toString(StandardCharsets.ISO_8859_1).contains(text);
  }

  @Override
  public void append(String path, byte[] content) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(read(path).orElse(new byte[0]));
    bytes.writeBytes(content);
    files.put(path, bytes.toByteArray());
  }

  @Override
  public void sync(String path) {}

  @Override
  public void truncate(String path, long length) {
    read(path).ifPresent(bytes -> write(path, java.util.Arrays.copyOf(bytes, (int) length)));
  }

  @Override
  public void delete(String path) {
    change(() -> files.keySet().removeIf(file -> file.equals(path) || file.startsWith(path + "/")));
  }

  @Override
  public List<String> list(String folder) {
    TreeSet<String> names = new TreeSet<>();
    for (String file : files.keySet()) {
      if (file.startsWith(folder + "/")) {
        names.add(file.substring(folder.length() + 1).split("/", -1)[0]);
      }
    }
    return List.copyOf(names);
  }

  private void change(Runnable change) {
    boolean crash = changes++ == crashAt;
    if (crash && !crashAfter) {
      throw new Crash();
    }
    change.run();
    if (crash) {
      throw new Crash();
    }
  }
}
