package dev.holdfast.agent.inventory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Entries of {@code AWS:File}. When a file was read last is left out: that a program reads its
 * settings would be a change of the inventory.
 */
final class FoundFiles {
  private final Path root;

  FoundFiles(Path root) {
    this.root = root;
  }

  void read(List<PathFilter> filters, Consumer<Map<String, String>> entries) {
    for (Path file : new FileFinder(root, InventoryTypes.FILE).find(filters)) {
      try {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        entries.accept(
            new Attributes()
                .with("Name", String.valueOf(file.getFileName()))
                .with("Size", Long.toString(attributes.size()))
                .with(
                    "ModificationTime",
                    attributes
                        .lastModifiedTime()
                        .toInstant()
                        .truncatedTo(ChronoUnit.SECONDS)
                        .toString())
                .with("InstalledDir", folder(file))
                .entry());
      } catch (IOException e) {
        // It is gone since the folder was read.
      }
    }
  }

  private String folder(Path file) {
    return "/" + root.relativize(file.resolveSibling("")).toString();
  }
}
