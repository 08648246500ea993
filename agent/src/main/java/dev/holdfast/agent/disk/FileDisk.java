package dev.holdfast.agent.disk;

import dev.holdfast.task.Failpoints;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The real disk. Files are made 0600 and folders 0700 in the call that makes them. */
public final class FileDisk implements Disk {
  private static final FileAttribute<?> OWNER_FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final FileAttribute<?> OWNER_FOLDER =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private static final String TEMPORARY = ".tmp";

  /** What the system says when there is no room; programs see no number. */
  private static final List<String> FULL =
      List.of("No space left on device", "Disk quota exceeded");

  private final Path root;
  private final Failpoints failpoints;

  /** What the first failed sync was; nobody knows what is on the disk after it. */
  private Optional<DiskException> broken = Optional.empty();

  /** Over a folder that exists. */
  public FileDisk(Path root) {
    this(root, Failpoints.NONE);
  }

  /** With failpoints at which a test may end the program. */
  public FileDisk(Path root, Failpoints failpoints) {
    this.failpoints = failpoints;
    this.root = root;
  }

  @Override
  public Optional<byte[]> read(String path) {
    try {
      return Optional.of(Files.readAllBytes(resolve(path)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw failed("read", path, e);
    }
  }

  @Override
  public byte[] read(String path, long offset, int length) {
    try (FileChannel channel =
        FileChannel.open(resolve(path), StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
      int there = Math.clamp(channel.size() - offset, 0, length);
      ByteBuffer buffer = ByteBuffer.allocate(there);
      while (buffer.hasRemaining() && channel.read(buffer, offset + buffer.position()) >= 0) {
        // until all is read
      }
      return buffer.hasRemaining()
          ? Arrays.copyOf(buffer.array(), buffer.position())
          : buffer.array();
    } catch (NoSuchFileException e) {
      return new byte[0];
    } catch (IOException e) {
      throw failed("read", path, e);
    }
  }

  @Override
  public void write(String path, byte[] content) {
    checkWhole();
    Path target = resolve(path);
    Path temporary = resolve(path + TEMPORARY);
    try {
      makeParents(target);
      Files.deleteIfExists(temporary);
      fill(temporary, content);
      failpoints.reach(Failpoints.BEFORE_RENAME);
      Files.move(
          temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      syncFolder(parentOf(target));
    } catch (IOException e) {
      throw failed("write", path, e);
    }
  }

  /** Makes a file, whole and synced, or leaves nothing of it. */
  private void fill(Path temporary, byte[] content) throws IOException {
    try {
      try (FileChannel channel =
          FileChannel.open(
              temporary,
              Set.of(
                  StandardOpenOption.CREATE_NEW,
                  StandardOpenOption.WRITE,
                  LinkOption.NOFOLLOW_LINKS),
              OWNER_FILE)) {
        writeAll(channel, content);
        force(channel, temporary);
      }
    } catch (IOException e) {
      Files.deleteIfExists(temporary);
      throw e;
    }
  }

  @Override
  public void append(String path, byte[] content) {
    checkWhole();
    Path target = resolve(path);
    try {
      if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
        makeParents(target);
        Files.createFile(target, OWNER_FILE);
        syncFolder(parentOf(target));
      }
      try (FileChannel channel =
          FileChannel.open(target, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
        long before = channel.size();
        channel.position(before);
        try {
          writeAll(channel, content);
        } catch (IOException e) {
          channel.truncate(before);
          throw e;
        }
      }
    } catch (IOException e) {
      throw failed("append to", path, e);
    }
  }

  @Override
  public void sync(String path) {
    checkWhole();
    try (FileChannel channel = FileChannel.open(resolve(path), StandardOpenOption.WRITE)) {
      force(channel, resolve(path));
    } catch (NoSuchFileException e) {
      // Nothing was appended, so there is nothing to make durable.
    } catch (IOException e) {
      throw failed("sync", path, e);
    }
  }

  @Override
  public void truncate(String path, long length) {
    checkWhole();
    try (FileChannel channel = FileChannel.open(resolve(path), StandardOpenOption.WRITE)) {
      channel.truncate(length);
      force(channel, resolve(path));
    } catch (IOException e) {
      throw failed("truncate", path, e);
    }
  }

  @Override
  public void delete(String path) {
    checkWhole();
    Path target = resolve(path);
    try {
      if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
        return;
      }
      Files.walkFileTree(target, new Remover());
      syncFolder(parentOf(target));
    } catch (IOException e) {
      throw failed("delete", path, e);
    }
  }

  @Override
  public List<String> list(String folder) {
    try (Stream<Path> entries = Files.list(resolve(folder))) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw failed("list", folder, e);
    }
  }

  @Override
  public Space space() {
    try {
      FileStore store = Files.getFileStore(root);
      return new Space(store.getUsableSpace(), store.getTotalSpace());
    } catch (IOException e) {
      throw failed("look for room in", "", e);
    }
  }

  private void checkWhole() {
    if (broken.isPresent()) {
      throw new DiskException(
          "nothing is written any more, since it failed before: " + broken.get().getMessage(),
          broken.get());
    }
  }

  /** Once a sync has failed, a later one that succeeds says nothing: it is never tried again. */
  private void force(FileChannel channel, Path path) {
    try {
      channel.force(true);
    } catch (IOException e) {
      DiskException failure = new DiskException("cannot sync " + path + ": " + e, e);
      broken = Optional.of(failure);
      throw failure;
    }
  }

  private Path resolve(String path) {
    Path resolved = root.resolve(path).normalize();
    if (!resolved.startsWith(root)) {
      throw new IllegalArgumentException("leaves the state folder: " + path);
    }
    return resolved;
  }

  private static Path parentOf(Path path) {
    return Objects.requireNonNull(path.getParent(), "every path here is below the state folder");
  }

  private void makeParents(Path target) throws IOException {
    Path parent = parentOf(target);
    if (Files.isDirectory(parent, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    makeParents(parent);
    Files.createDirectory(parent, OWNER_FOLDER);
    syncFolder(parentOf(parent));
  }

  private static void writeAll(FileChannel channel, byte[] content) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(content);
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  private void syncFolder(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      force(channel, folder);
    }
  }

  private static RuntimeException failed(String verb, String path, IOException cause) {
    String reason = String.valueOf(cause.getMessage());
    if (FULL.stream().anyMatch(reason::contains)) {
      return new DiskFullException("no room to " + verb + " " + path + ": " + cause, cause);
    }
    return new DiskException("cannot " + verb + " " + path + ": " + cause, cause);
  }

  private static final class Remover extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.delete(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException problem)
        throws IOException {
      if (problem != null) {
        throw problem;
      }
      Files.delete(folder);
      return FileVisitResult.CONTINUE;
    }
  }
}
