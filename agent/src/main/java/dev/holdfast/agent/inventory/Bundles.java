package dev.holdfast.agent.inventory;

import dev.holdfast.agent.process.Query;
import dev.holdfast.task.InventoryLimits;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Entries of {@code AWS:Application} that bring their own surroundings: snaps from the files of
 * those that are in use, flatpaks by their command, since their versions are in a database.
 */
final class Bundles {
  private static final int FLATPAK_FIELDS = 6;

  private final Path root;
  private final Query query;

  Bundles(Path root, Query query) {
    this.root = root;
    this.query = query;
  }

  void read(Consumer<Map<String, String>> entries) {
    for (String folder : List.of("snap", "var/lib/snapd/snap")) {
      List<Path> snaps = folders(root.resolve(folder));
      snaps.forEach(
          snap -> {
            Path use = snap.resolve("current");
            snap(
                HostFiles.lines(use.resolve("meta/snap.yaml")),
                Files.isSymbolicLink(use) ? revision(use) : "",
                entries);
          });
      if (!snaps.isEmpty()) {
        // The one folder is often a link to the other.
        break;
      }
    }
    Optional<Path> flatpak = HostFiles.program(root, "flatpak");
    if (flatpak.isPresent() && Files.isDirectory(root.resolve("var/lib/flatpak/app"))) {
      query.lines(
          List.of(
              flatpak.get().toString(),
              "list",
              "--system",
              "--columns=application,name,version,arch,branch,origin"),
          InventoryLimits.QUERY,
          line -> flatpak(line, entries));
    }
  }

  /** Reads the description of a snap: {@code key: value} lines at its margin. */
  static void snap(List<String> lines, String revision, Consumer<Map<String, String>> entries) {
    Map<String, String> values = new HashMap<>();
    for (String line : lines) {
      int colon = line.indexOf(':');
      if (colon > 0 && !Character.isWhitespace(line.charAt(0))) {
        values.putIfAbsent(line.substring(0, colon), unquoted(line.substring(colon + 1)));
      }
    }
    if (!values.getOrDefault("name", "").isEmpty()) {
      entries.accept(
          new Attributes()
              .with("Name", values.get("name"))
              .with("Version", values.get("version"))
              .with("Release", revision)
              .with("Summary", values.get("summary"))
              .with("ApplicationType", "snap")
              .with("PackageSystem", "snap")
              .entry());
    }
  }

  /** Reads a line of what {@code flatpak list} prints, with tabs between the columns. */
  static void flatpak(String line, Consumer<Map<String, String>> entries) {
    String[] fields = line.split("\t", -1);
    if (fields.length == FLATPAK_FIELDS && !fields[0].isEmpty()) {
      entries.accept(
          new Attributes()
              .with("Name", fields[0])
              .with("Summary", fields[1])
              .with("Version", fields[2].isEmpty() ? fields[4] : fields[2])
              .with("Architecture", Architectures.usual(fields[3]))
              .with("Publisher", fields[5])
              .with("ApplicationType", "flatpak")
              .with("PackageSystem", "flatpak")
              .entry());
    }
  }

  private static String unquoted(String value) {
    String text = value.strip();
    boolean quoted =
        text.length() >= 2
            && (text.charAt(0) == '\'' || text.charAt(0) == '"')
            && text.charAt(text.length() - 1) == text.charAt(0);
    return quoted ? text.substring(1, text.length() - 1) : text;
  }

  private static String revision(Path link) {
    try {
      return String.valueOf(Files.readSymbolicLink(link).getFileName());
    } catch (IOException e) {
      return "";
    }
  }

  private static List<Path> folders(Path folder) {
    List<Path> folders = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
      for (Path each : stream) {
        if (Files.isRegularFile(each.resolve("current/meta/snap.yaml"))) {
          folders.add(each);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      return List.of();
    }
    folders.sort(null);
    return folders;
  }
}
