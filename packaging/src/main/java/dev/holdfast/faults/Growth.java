package dev.holdfast.faults;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Looks again and again how many bytes lie in each folder of a folder, and keeps the most. */
final class Growth implements AutoCloseable {
  private static final long EVERY_MILLIS = 20;

  private final Path folder;
  private final Map<String, Long> most = new ConcurrentHashMap<>();
  private final Thread looking;
  private volatile boolean over;

  private Growth(Path folder) {
    this.folder = folder;
    this.looking = Thread.ofVirtual().unstarted(this::look);
  }

  /** Begins. */
  static Growth of(Path folder) {
    Growth growth = new Growth(folder);
    growth.looking.start();
    return growth;
  }

  /** The most bytes that were seen in that one. */
  long most(String name) {
    return most.getOrDefault(name, 0L);
  }

  private void look() {
    while (!over) {
      try (var entries = Files.newDirectoryStream(folder)) {
        for (Path each : entries) {
          most.merge(String.valueOf(each.getFileName()), bytes(each), Math::max);
        }
        Thread.sleep(EVERY_MILLIS);
      } catch (IOException e) {
        // Not there yet, or no more.
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private static long bytes(Path top) throws IOException {
    long[] sum = {0};
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
          public FileVisitResult postVisitDirectory(Path each, @Nullable IOException e) {
            return FileVisitResult.CONTINUE;
          }
        });
    return sum[0];
  }

  @Override
  public void close() {
    over = true;
    try {
      looking.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
