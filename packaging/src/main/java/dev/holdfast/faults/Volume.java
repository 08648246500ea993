package dev.holdfast.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A file system of its own on a folder: a small one in memory, that can be full, or one in a file,
 * whose power can be cut. It is unmounted when it is closed.
 */
final class Volume implements AutoCloseable {
  private final Optional<Path> image;
  private final Path mounted;

  private Volume(Optional<Path> image, Path mounted) {
    this.image = image;
    this.mounted = mounted;
  }

  /** Whether this machine lets us have one. */
  static boolean possible(Path scratch) throws IOException, InterruptedException {
    Path probe = Files.createTempDirectory(scratch, "probe");
    if (!Shell.works(scratch, List.of("mount", "-t", "tmpfs", "tmpfs", probe.toString()))) {
      return false;
    }
    Shell.require(scratch, List.of("umount", probe.toString()));
    return true;
  }

  /** In memory, over a folder that is there. */
  static Volume small(Path scratch, Path mounted, String options)
      throws IOException, InterruptedException {
    Shell.require(
        scratch,
        List.of("mount", "-t", "tmpfs", "-o", options + ",mode=0700", "tmpfs", mounted.toString()));
    return new Volume(Optional.empty(), mounted);
  }

  /** An ext4 of so many MiB in a file, over a folder that is there; it writes nothing by itself. */
  static Volume image(Path scratch, Path mounted, int mebibytes)
      throws IOException, InterruptedException {
    Path file = Files.createTempFile(scratch, "image", "");
    Shell.require(scratch, List.of("truncate", "-s", mebibytes + "M", file.toString()));
    Shell.require(scratch, List.of("mkfs.ext4", "-q", "-F", file.toString()));
    mount(scratch, file, mounted);
    Shell.require(scratch, List.of("chmod", "700", mounted.toString()));
    return new Volume(Optional.of(file), mounted);
  }

  /**
   * What a power cut now leaves of the file system in a file: that, on a folder that is there. This
   * one goes on.
   */
  Volume afterPowerCut(Path scratch, Path over) throws IOException, InterruptedException {
    Path copy = Files.createTempFile(scratch, "cut", "");
    Shell.require(
        scratch, List.of("cp", "--sparse=always", image.orElseThrow().toString(), copy.toString()));
    mount(scratch, copy, over);
    return new Volume(Optional.of(copy), over);
  }

  /**
   * A power cut now: what it leaves is what is mounted from here on. Nobody may use it any more.
   */
  Volume powerCut(Path scratch) throws IOException, InterruptedException {
    Path copy = Files.createTempFile(scratch, "cut", "");
    Shell.require(
        scratch, List.of("cp", "--sparse=always", image.orElseThrow().toString(), copy.toString()));
    close();
    mount(scratch, copy, mounted);
    return new Volume(Optional.of(copy), mounted);
  }

  private static void mount(Path scratch, Path file, Path over)
      throws IOException, InterruptedException {
    Shell.require(
        scratch, List.of("mount", "-o", "loop,commit=600", file.toString(), over.toString()));
  }

  /** Unmounts it; whoever uses it must have ended. */
  @Override
  public void close() throws IOException {
    try {
      Shell.require(Path.of("/"), List.of("umount", mounted.toString()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted; still mounted: " + mounted, e);
    }
    if (image.isPresent()) {
      Files.delete(image.get());
    }
  }
}
