package dev.holdfast.agent.inventory;

import dev.holdfast.task.InventoryLimits;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Finds the files that filters name. A folder behind a symbolic link is not entered, so no loop is
 * walked; a link to a file counts as a file. Bounded in files and in folders, and more than that is
 * an error: some of the files would be taken for all.
 */
final class FileFinder {
  private final Path root;
  private final String type;

  /**
   * Below a root.
   *
   * @param type which inventory type looks, for what is said of errors
   */
  FileFinder(Path root, String type) {
    this.root = root;
    this.type = type;
  }

  /**
   * All files that fit, each once, sorted.
   *
   * @throws InventoryException if they are too many
   */
  List<Path> find(List<PathFilter> filters) {
    TreeSet<Path> found = new TreeSet<>();
    for (PathFilter filter : filters) {
      walk(filter, found);
    }
    return new ArrayList<>(found);
  }

  private void walk(PathFilter filter, Set<Path> found) {
    Deque<Path> folders = new ArrayDeque<>();
    Path start = root.resolve(filter.path().replaceFirst("^/+", "")).normalize();
    folders.add(start);
    int looked = 0;
    while (!folders.isEmpty()) {
      Path folder = folders.remove();
      if (++looked > filter.folderLimit()) {
        throw new InventoryException(
            type
                + ": below "
                + filter.path()
                + " are more than "
                + filter.folderLimit()
                + " folders; narrow the filter, or raise its DirScanLimit");
      }
      for (Path each : list(folder)) {
        if (Files.isDirectory(each, LinkOption.NOFOLLOW_LINKS)) {
          if (filter.recursive()) {
            folders.add(each);
          }
        } else if (fits(String.valueOf(each.getFileName()), filter.patterns())
            && Files.isRegularFile(each)
            && found.add(each)
            && found.size() > InventoryLimits.MAX_FILES) {
          throw new InventoryException(
              type
                  + ": more than "
                  + InventoryLimits.MAX_FILES
                  + " files fit the filters; narrow the one of "
                  + filter.path());
        }
      }
    }
  }

  /** A folder that is not there, or that this agent may not read, has nothing. */
  private static List<Path> list(Path folder) {
    List<Path> all = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
      stream.forEach(all::add);
    } catch (IOException | DirectoryIteratorException e) {
      return List.of();
    }
    all.sort(null);
    return all;
  }

  private static boolean fits(String name, List<String> patterns) {
    return patterns.stream().anyMatch(pattern -> fits(name, pattern));
  }

  /** Whether a name fits a pattern of {@code *} (anything) and {@code ?} (one character). */
  static boolean fits(String name, String pattern) {
    int n = 0;
    int p = 0;
    int star = -1;
    int resume = 0;
    while (n < name.length()) {
      if (p < pattern.length() && pattern.charAt(p) == '*') {
        star = p++;
        resume = n;
      } else if (p < pattern.length()
          && (pattern.charAt(p) == '?' || pattern.charAt(p) == name.charAt(n))) {
        p++;
        n++;
      } else if (star >= 0) {
        p = star + 1;
        n = ++resume;
      } else {
        return false;
      }
    }
    while (p < pattern.length() && pattern.charAt(p) == '*') {
      p++;
    }
    return p == pattern.length();
  }
}
