package dev.holdfast.agent.simulate;

import dev.holdfast.agent.disk.Disk;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A folder of state in memory that takes little of it: no power cut comes, so everything is durable
 * at once. On one thread.
 */
public final class LightDisk implements Disk {
  /** What an append that does not fit makes room for beyond itself: an eighth. */
  private static final int SPARE = 8;

  private final TreeMap<String, Content> files = new TreeMap<>();

  @Override
  public Optional<byte[]> read(String path) {
    return Optional.ofNullable(files.get(path)).map(content -> content.copy(0, content.length));
  }

  @Override
  public byte[] read(String path, long offset, int length) {
    Content content = files.get(path);
    if (content == null) {
      return new byte[0];
    }
    int from = (int) Math.min(offset, content.length);
    return content.copy(from, from + Math.min(length, content.length - from));
  }

  @Override
  public void write(String path, byte[] bytes) {
    files.put(path, new Content(bytes.clone()));
  }

  @Override
  public void append(String path, byte[] bytes) {
    files.computeIfAbsent(path, _ -> new Content(new byte[0])).append(bytes);
  }

  @Override
  public void sync(String path) {
    // Memory is as durable as it gets here.
  }

  @Override
  public void truncate(String path, long length) {
    Optional.ofNullable(files.get(path))
        .ifPresent(content -> content.length = (int) Math.min(length, content.length));
  }

  @Override
  public void delete(String path) {
    files.remove(path);
    below(path).clear();
  }

  @Override
  public List<String> list(String folder) {
    TreeSet<String> names = new TreeSet<>();
    for (String path : below(folder).keySet()) {
      int slash = path.indexOf('/', folder.length() + 1);
      names.add(path.substring(folder.length() + 1, slash < 0 ? path.length() : slash));
    }
    return List.copyOf(names);
  }

  /** All that is in a folder: {@code 0} is the character right behind {@code /}. */
  private Map<String, Content> below(String folder) {
    return files.subMap(folder + "/", folder + "0");
  }

  private static final class Content {
    private byte[] bytes;
    private int length;

    Content(byte[] bytes) {
      this.bytes = bytes;
      this.length = bytes.length;
    }

    void append(byte[] more) {
      int needed = Math.addExact(length, more.length);
      if (needed > bytes.length) {
        bytes = Arrays.copyOf(bytes, Math.max(needed, length + length / SPARE));
      }
      System.arraycopy(more, 0, bytes, length, more.length);
      length = needed;
    }

    byte[] copy(int from, int to) {
      return Arrays.copyOfRange(bytes, from, to);
    }
  }
}
