package dev.holdfast.agent.download;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Folders and what is in them. None is entered through a link that content brought along. */
final class Folders {
  private static final Set<PosixFilePermission> OWNER =
      PosixFilePermissions.fromString("rwx------");
  private static final FileAttribute<?> OWNER_ONLY = PosixFilePermissions.asFileAttribute(OWNER);

  private Folders() {}

  /** Makes a folder and those above it that are missing, for the owner only. */
  static void make(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      make(parentOf(folder));
      Files.createDirectory(folder, OWNER_ONLY);
      sync(parentOf(folder));
    }
  }

  /** Makes folders below one that is there; a link on the way is refused. */
  static Path makeBelow(Path top, Optional<Path> relative) throws IOException {
    Path at = top;
    if (relative.isPresent() && !relative.get().toString().isEmpty()) {
      for (Path name : relative.get()) {
        at = at.resolve(name);
        if (!Files.exists(at, LinkOption.NOFOLLOW_LINKS)) {
          Files.createDirectory(at, OWNER_ONLY);
        } else if (!Files.isDirectory(at, LinkOption.NOFOLLOW_LINKS)) {
          throw new DownloadException(
              "DestinationInUse", "'" + name + "' is in the way: it is a link or a file");
        }
      }
    }
    return at;
  }

  /** Removes a file, a link, or a folder with all that is in it; nothing there is fine. */
  static void remove(Path path) throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Files.walkFileTree(
        path,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
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
        });
  }

  /**
   * Makes content fit to be put in place: within the bounds, no link out of it, no special file;
   * files and folders for their owner only, files executable, all of it durable.
   */
  static void settle(Path top, DownloadBounds bounds) throws IOException {
    long[] counts = {0, 0};
    Files.walkFileTree(
        top,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            counts[0]++;
            counts[1] += attributes.size();
            bounds.checkEntries(counts[0]);
            bounds.checkBytes(counts[1]);
            Path relative = top.relativize(file);
            if (attributes.isSymbolicLink()) {
              if (!SafeLinks.within(relative, Files.readSymbolicLink(file).toString())) {
                throw new DownloadException(
                    "UnsafeContent", "'" + relative + "' is a link that leads out of the content");
              }
            } else if (attributes.isRegularFile()) {
              settleFile(file);
            } else {
              throw new DownloadException("UnsafeContent", "'" + relative + "' is no file");
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException problem)
              throws IOException {
            if (problem != null) {
              throw problem;
            }
            bounds.checkEntries(++counts[0]);
            Files.setPosixFilePermissions(folder, OWNER);
            sync(folder);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /** Makes a file executable for its owner, and durable. */
  static void settleFile(Path file) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
      Files.setPosixFilePermissions(file, OWNER);
      channel.force(true);
    }
  }

  /** How many bytes are in a folder; what vanishes meanwhile is not counted. */
  static long bytes(Path top) {
    long[] sum = {0};
    try {
      Files.walkFileTree(
          top,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              sum[0] += attributes.size();
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException problem) {
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      // Somebody is writing to it; the next look sees more.
    }
    return sum[0];
  }

  /** Moves what is in one folder into another, file by file: each is there whole, or not yet. */
  static void merge(Path from, Path into) throws IOException {
    try (var entries = Files.newDirectoryStream(from)) {
      for (Path entry : entries) {
        Path target = into.resolve(entry.getFileName());
        boolean folder = Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS);
        boolean there = Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS);
        boolean other = !there && Files.exists(target, LinkOption.NOFOLLOW_LINKS);
        if (folder ? other : there) {
          throw new DownloadException(
              "DestinationInUse",
              "'" + target + "' is a " + (there ? "folder" : "file") + " there, and another here");
        }
        if (folder && there) {
          merge(entry, target);
        } else {
          move(entry, target);
        }
      }
    }
    sync(into);
  }

  /** Moves a file or folder in one step; a file that is there is replaced. */
  static void move(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  static void sync(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  static Path parentOf(Path path) {
    return Objects.requireNonNull(path.getParent(), "what is downloaded to is below a folder");
  }
}
