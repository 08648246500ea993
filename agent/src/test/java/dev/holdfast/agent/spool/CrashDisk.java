package dev.holdfast.agent.spool;

import dev.holdfast.agent.disk.Disk;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/** A disk in memory that can stop before any change, and then loses some of what was not synced. */
public final class CrashDisk implements Disk {
  private final TreeMap<String, File> files = new TreeMap<>();
  private int changesLeft = Integer.MAX_VALUE;
  private boolean lastOneHappens;

  /** The machine stopped. */
  public static final class Crash extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /** Content that grows cheaply; what is after the durable part may vanish. */
  private static final class File {
    private byte[] bytes = new byte[0];
    private int length;
    private int durable;

    File() {}

    File(byte[] content) {
      bytes = content.clone();
      length = content.length;
      durable = length;
    }

    void append(byte[] content) {
      if (length + content.length > bytes.length) {
        bytes = Arrays.copyOf(bytes, 2 * (length + content.length));
      }
      System.arraycopy(content, 0, bytes, length, content.length);
      length += content.length;
    }

    byte[] part(int from, int most) {
      int start = Math.min(from, length);
      return Arrays.copyOfRange(bytes, start, start + Math.min(most, length - start));
    }
  }

  /** Stops at a change, counted from 0; that change itself happens or not. */
  public void crashAt(int change, boolean happens) {
    changesLeft = change;
    lastOneHappens = happens;
  }

  /** What is there after the machine starts again: of what was not synced, any first part. */
  public CrashDisk restarted(RandomGenerator random) {
    CrashDisk after = new CrashDisk();
    files.forEach(
        (path, file) -> {
          int kept = file.durable + random.nextInt(file.length - file.durable + 1);
          after.files.put(path, new File(file.part(0, kept)));
        });
    return after;
  }

  /** What is there after the program alone was killed: all, and it is as durable as before. */
  public CrashDisk killed() {
    CrashDisk after = new CrashDisk();
    after.files.putAll(files);
    return after;
  }

  /** All files with their sizes. */
  public Map<String, Integer> sizes() {
    Map<String, Integer> sizes = new TreeMap<>();
    files.forEach((path, file) -> sizes.put(path, file.length));
    return sizes;
  }

  @Override
  public Optional<byte[]> read(String path) {
    return Optional.ofNullable(files.get(path)).map(file -> file.part(0, file.length));
  }

  @Override
  public byte[] read(String path, long offset, int length) {
    File file = files.get(path);
    return file == null ? new byte[0] : file.part((int) offset, length);
  }

  @Override
  public void write(String path, byte[] content) {
    change(() -> files.put(path, new File(content)));
  }

  @Override
  public void append(String path, byte[] content) {
    change(() -> files.computeIfAbsent(path, _ -> new File()).append(content));
  }

  @Override
  public void sync(String path) {
    change(
        () -> {
          File file = files.get(path);
          if (file != null) {
            file.durable = file.length;
          }
        });
  }

  @Override
  public void truncate(String path, long length) {
    change(() -> files.computeIfPresent(path, (_, file) -> new File(file.part(0, (int) length))));
  }

  @Override
  public void delete(String path) {
    change(() -> files.keySet().removeIf(p -> p.equals(path) || p.startsWith(path + "/")));
  }

  @Override
  public List<String> list(String folder) {
    List<String> names = new ArrayList<>();
    for (String path : files.keySet()) {
      if (path.startsWith(folder + "/")) {
        String name = path.substring(folder.length() + 1).split("/")[0];
        if (!names.contains(name)) {
          names.add(name);
        }
      }
    }
    return names;
  }

  private void change(Runnable change) {
    if (changesLeft <= 0) {
      if (changesLeft == 0 && lastOneHappens) {
        change.run();
      }
      changesLeft = -1;
      throw new Crash();
    }
    changesLeft--;
    change.run();
  }
}
