package dev.holdfast.agent.download;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where content goes (spec.md section 2.5).
 *
 * @param path absolute
 * @param folder whether it is a folder, into which content goes under its own name
 */
record Destination(Path path, boolean folder) {
  private static final int MAX_NAME_BYTES = 255;

  /**
   * What is written says, with the folders that are needed made. Nothing, or a path that is not
   * absolute, is below the run's downloads. A folder is what is one already, and what ends in a
   * slash.
   *
   * @param tree whether what comes is a folder itself
   */
  static Destination of(String written, Path downloads, boolean tree) throws IOException {
    Path path;
    try {
      path = downloads.resolve(written).normalize();
    } catch (InvalidPathException e) {
      throw new DownloadException("InvalidInputs", "destinationPath is no path: " + e.getReason());
    }
    boolean relative = !written.startsWith("/");
    if (relative && !path.startsWith(downloads)) {
      throw new DownloadException(
          "InvalidInputs",
          "destinationPath is '" + written + "'; a relative one has to stay below the downloads");
    }
    Folders.make(downloads);
    boolean folder = tree || written.isEmpty() || written.endsWith("/") || Files.isDirectory(path);
    Path made = folder ? path : path.getParent();
    if (made == null) {
      throw new DownloadException("InvalidInputs", "destinationPath can't be '" + written + "'");
    }
    if (relative) {
      Folders.makeBelow(downloads, Optional.of(downloads.relativize(made)));
    } else {
      Folders.make(made);
    }
    return new Destination(path, folder);
  }

  /** The folder that content is put into. */
  Path holder() {
    return folder ? path : Folders.parentOf(path);
  }

  /** The file that content of this name becomes. */
  Path file(String name) {
    return folder ? path.resolve(name) : path;
  }

  /** The name that a URL gives to what is behind it: its last part, if that can be a name. */
  static String nameOf(URI url) {
    String path = url.getPath() == null ? "" : url.getPath();
    String name = path.substring(path.lastIndexOf('/') + 1);
    boolean usable =
        !name.isEmpty()
            && !name.equals(".")
            && !name.equals("..")
            && name.codePoints().noneMatch(Character::isISOControl)
            && name.getBytes(StandardCharsets.UTF_8).length <= MAX_NAME_BYTES;
    return usable ? name : "download";
  }
}
