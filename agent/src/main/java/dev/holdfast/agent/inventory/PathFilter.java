package dev.holdfast.agent.inventory;

import java.util.List;

/**
 * Which files are looked at (spec.md section 5.2).
 *
 * @param path a folder
 * @param patterns names with {@code *} and {@code ?}; a file that one of them fits counts
 * @param recursive whether folders below count too
 * @param folderLimit how many folders are looked through at the most
 */
public record PathFilter(String path, List<String> patterns, boolean recursive, int folderLimit) {
  /** Copies the list. */
  public PathFilter {
    patterns = List.copyOf(patterns);
  }
}
