package dev.holdfast.agent.download;

import java.nio.file.Path;

/** Which symbolic links may come with content: those that stay within it. Pure. */
final class SafeLinks {
  private SafeLinks() {}

  /**
   * Whether a link stays within the top, whatever links stand beside it: its target is relative and
   * goes up only at its beginning, where every folder on the way is a real one.
   *
   * @param link the link's own path, relative to the top
   * @param target as it is written
   */
  static boolean within(Path link, String target) {
    if (target.isEmpty() || target.startsWith("/") || target.indexOf('\0') >= 0) {
      return false;
    }
    int depth = link.getNameCount() - 1;
    boolean down = false;
    for (String name : target.split("/", -1)) {
      if (name.equals("..")) {
        depth--;
        if (down || depth < 0) {
          return false;
        }
      } else if (!name.isEmpty() && !name.equals(".")) {
        down = true;
      }
    }
    return true;
  }
}
