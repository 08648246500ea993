package dev.holdfast.agent.testing;

import dev.holdfast.agent.disk.Disk;
import dev.holdfast.agent.disk.DiskException;
import dev.holdfast.agent.disk.DiskFullException;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/**
 * A disk in memory that keeps the contract of {@link Disk} and no more: what was appended and not
 * synced is lost at a power cut, all of it or from some byte on. A cut can be planned for the n-th
 * operation that changes something.
 */
public final class MemoryDisk implements Disk {
  private final TreeMap<String, Content> files = new TreeMap<>();
  private long changes;
  private OptionalLong cutAt = OptionalLong.empty();
  private CutWhen cutWhen = CutWhen.BEFORE;
  private OptionalLong room = OptionalLong.empty();
  private OptionalLong failsAt = OptionalLong.empty();
  private boolean failed;

  /** When a planned power cut comes. */
  public enum CutWhen {
    /** The operation changes nothing. */
    BEFORE,
    /** The operation is done, and its caller never hears of it. */
    AFTER
  }

  /**
   * Plans a power cut: the operation with this number, counted from 0 since the disk was made,
   * throws {@link PowerCut}, and so does every one after it until {@link #powerOn}.
   */
  public void cutPowerAt(long change, CutWhen when) {
    cutAt = OptionalLong.of(change);
    cutWhen = when;
  }

  /**
   * From now on there is room for so many bytes more than there are; others may fill some of it, or
   * give it back, by a new call. Deleting makes room.
   */
  public void room(long bytes) {
    room = OptionalLong.of(used() + bytes);
  }

  /** There is room without end again. */
  public void boundless() {
    room = OptionalLong.empty();
  }

  /**
   * Plans a failure of the disk in the operation with this number: what it was about is lost or is
   * not, and the program must not change anything after it.
   */
  public void failAt(long change) {
    failsAt = OptionalLong.of(change);
    failed = false;
  }

  /** Whether the planned failure came; from now on the disk is well. */
  public boolean mended() {
    boolean came = failed;
    failed = false;
    failsAt = OptionalLong.empty();
    return came;
  }

  private long used() {
    return files.values().stream().mapToLong(content -> content.length).sum();
  }

  @Override
  public Space space() {
    return room.isEmpty()
        ? Space.BOUNDLESS
        : new Space(Math.max(0, room.getAsLong() - used()), 1L << 40);
  }

  private void needs(String what, int bytes) {
    if (room.isPresent() && used() + bytes > room.getAsLong()) {
      throw new DiskFullException("no room to " + what, new IOException("No space left on device"));
    }
  }

  /** How many operations changed something, or tried to. */
  public long changes() {
    return changes;
  }

  /**
   * The power is gone and comes back: of each file's bytes that were not synced, a random number of
   * the first ones stays.
   */
  public void powerOn(RandomGenerator random) {
    for (Content content : files.values()) {
      int unsynced = content.length - content.durable;
      content.cutTo(content.durable + random.nextInt(unsynced + 1));
    }
    cutAt = OptionalLong.empty();
  }

  /** The power is gone and comes back; nothing stays that was not synced. */
  public void powerOn() {
    for (Content content : files.values()) {
      content.cutTo(content.durable);
    }
    cutAt = OptionalLong.empty();
  }

  /** Turns one bit of a file over, behind everybody's back. */
  public void damage(String path, int at) {
    content(path).bytes[at] ^= 1;
  }

  /** The paths of all files, sorted. */
  public List<String> paths() {
    return List.copyOf(files.keySet());
  }

  /** Bytes of a file; 0 if it is not there. */
  public int size(String path) {
    return Optional.ofNullable(files.get(path)).map(content -> content.length).orElse(0);
  }

  @Override
  public Optional<byte[]> read(String path) {
    return Optional.ofNullable(files.get(path)).map(Content::copy);
  }

  @Override
  public byte[] read(String path, long offset, int length) {
    Content content = files.get(path);
    if (content == null) {
      return new byte[0];
    }
    int from = (int) Math.min(offset, content.length);
    return Arrays.copyOfRange(content.bytes, from, from + Math.min(length, content.length - from));
  }

  @Override
  public void write(String path, byte[] bytes) {
    needs("write " + path, bytes.length);
    change("write " + path, () -> files.put(path, new Content(bytes.clone())));
  }

  @Override
  public void append(String path, byte[] bytes) {
    needs("append to " + path, bytes.length);
    change(
        "append to " + path,
        () -> files.computeIfAbsent(path, _ -> new Content(new byte[0])).append(bytes));
  }

  @Override
  public void sync(String path) {
    change(
        "sync " + path,
        () ->
            Optional.ofNullable(files.get(path))
                .ifPresent(content -> content.durable = content.length));
  }

  @Override
  public void truncate(String path, long length) {
    change(
        "truncate " + path,
        () -> {
          Content content = content(path);
          content.cutTo((int) Math.min(length, content.length));
        });
  }

  @Override
  public void delete(String path) {
    change(
        "delete " + path,
        () -> files.keySet().removeIf(file -> file.equals(path) || file.startsWith(path + "/")));
  }

  @Override
  public List<String> list(String folder) {
    TreeSet<String> names = new TreeSet<>();
    for (String path : files.keySet()) {
      if (path.startsWith(folder + "/")) {
        String rest = path.substring(folder.length() + 1);
        int slash = rest.indexOf('/');
        names.add(slash < 0 ? rest : rest.substring(0, slash));
      }
    }
    return List.copyOf(names);
  }

  private Content content(String path) {
    Content content = files.get(path);
    if (content == null) {
      throw new IllegalStateException("there is no " + path);
    }
    return content;
  }

  private void change(String what, Runnable work) {
    long number = changes++;
    if (failed) {
      throw new AssertionError("after a failure of the disk: " + what);
    }
    if (failsAt.isPresent() && number == failsAt.getAsLong()) {
      failed = true;
      if (number % 2 == 0) {
        work.run();
      }
      throw new DiskException("cannot " + what, new IOException("Input/output error"));
    }
    boolean cut = cutAt.isPresent() && number >= cutAt.getAsLong();
    if (cut && (cutWhen == CutWhen.BEFORE || number > cutAt.getAsLong())) {
      throw new PowerCut(what);
    }
    work.run();
    if (cut) {
      throw new PowerCut(what);
    }
  }

  /** Bytes with room to grow, since journals are appended to thousands of times. */
  private static final class Content {
    private byte[] bytes;
    private int length;
    private int durable;

    Content(byte[] bytes) {
      this.bytes = bytes;
      this.length = bytes.length;
      this.durable = bytes.length;
    }

    void append(byte[] more) {
      if (length + more.length > bytes.length) {
        bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more.length));
      }
      System.arraycopy(more, 0, bytes, length, more.length);
      length += more.length;
    }

    void cutTo(int kept) {
      length = kept;
      durable = kept;
    }

    byte[] copy() {
      return Arrays.copyOf(bytes, length);
    }
  }
}
