package dev.holdfast.agent.process;

import dev.holdfast.agent.process.Users.User;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * What is needed to run a script as another user: who that is, and a place for the script that this
 * user can reach, since nobody but root sees the state folder. There each start has a folder that
 * only root writes to and nobody lists; the file in it is the user's.
 */
final class Accounts {
  private static final FileAttribute<?> PASSED =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx--x--x"));

  private final Users users;
  private final boolean root;
  private final Path scripts;

  /** Those of this host. */
  static Accounts ofHost(Path scripts) {
    boolean root;
    try {
      root = Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
    } catch (IOException | UnsupportedOperationException e) {
      root = false;
    }
    return new Accounts(new Users(Path.of("/etc/passwd"), new OsQuery()), root, scripts);
  }

  /**
   * With all that it needs.
   *
   * @param root whether the agent may act as others
   * @param scripts the folder for these scripts; made when it is needed, and gone after a reboot
   */
  Accounts(Users users, boolean root, Path scripts) {
    this.users = users;
    this.root = root;
    this.scripts = scripts;
  }

  /**
   * The user.
   *
   * @throws ProcessException if there is none of that name, or the agent may not act as it
   */
  User user(String name) {
    if (!root) {
      throw new ProcessException(
          "runAs names the user '"
              + name
              + "', and only an agent that runs as root can change the user");
    }
    return users
        .find(name)
        .orElseThrow(
            () ->
                new ProcessException(
                    "runAs names the user '" + name + "', and this host has no such user"));
  }

  /** The folder for the script of one start, made. */
  Path made(String mark) throws IOException {
    for (Path folder : new Path[] {scripts, scripts.resolve(mark)}) {
      if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
        Files.createDirectory(folder, PASSED);
        // The mask of the agent may have taken away what others need to pass.
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
      }
    }
    return scripts.resolve(mark);
  }

  /** Removes what is there of one start. */
  void remove(String mark) {
    Path folder = scripts.resolve(mark);
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (var files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        Files.delete(file);
      }
      Files.delete(folder);
    } catch (IOException e) {
      // It is in memory, and gone with the next start of the host.
    }
  }
}
