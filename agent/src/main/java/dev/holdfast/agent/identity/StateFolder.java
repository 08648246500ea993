package dev.holdfast.agent.identity;

import dev.holdfast.agent.disk.DiskException;
import dev.holdfast.agent.disk.FileDisk;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Objects;

/**
 * The agent's folder of state, held by one program at a time. It must belong to the user that the
 * agent runs as, with nobody else able to write in it or to put another in its place.
 */
public final class StateFolder implements AutoCloseable {
  /** The file that is locked while a program holds the folder. */
  static final String LOCK = "lock";

  private static final String IDENTITY = "identity";
  private static final String PARKED = "parked-";

  private static final int OTHERS_WRITE = 0022;
  private static final int STICKY = 01000;
  private static final FileAttribute<?> OWNER_FOLDER =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
  private static final FileAttribute<?> OWNER_FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private final Path path;
  private final FileChannel lock;

  private StateFolder(Path path, FileChannel lock) {
    this.path = path;
    this.lock = lock;
  }

  /**
   * Checks the folder, and makes it if it isn't there.
   *
   * @return its path, absolute and without links
   * @throws IdentityException if it is not safe; the message names the folder and what to do
   */
  public static Path check(Path wanted) {
    try {
      Path absolute = wanted.toAbsolutePath().normalize();
      if (Files.notExists(absolute, LinkOption.NOFOLLOW_LINKS)) {
        make(absolute);
      }
      if (!Files.isDirectory(absolute, LinkOption.NOFOLLOW_LINKS)) {
        throw new IdentityException("the state folder " + absolute + " is not a folder");
      }
      Path real = absolute.toRealPath();
      int user = user();
      checkOwn(real, user);
      for (Path above = real.getParent(); above != null; above = above.getParent()) {
        checkAbove(real, above, user);
      }
      return real;
    } catch (IOException e) {
      throw new IdentityException("the state folder " + wanted + " can't be used: " + e, e);
    }
  }

  /**
   * Checks the folder and holds it until closed.
   *
   * @throws IdentityException also if another program holds it
   */
  public static StateFolder hold(Path wanted) {
    Path path = check(wanted);
    try {
      Path file = path.resolve(LOCK);
      if (Files.notExists(file, LinkOption.NOFOLLOW_LINKS)) {
        try {
          Files.createFile(file, OWNER_FILE);
        } catch (FileAlreadyExistsException e) {
          // Another program came first; the lock decides.
        }
      }
      FileChannel channel =
          FileChannel.open(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
      if (!locked(channel)) {
        channel.close();
        throw new IdentityException(
            "the state folder " + path + " is in use by another agent; stop that one first");
      }
      return new StateFolder(path, channel);
    } catch (IOException e) {
      throw new IdentityException("the state folder " + path + " can't be locked: " + e, e);
    }
  }

  /** Where it is. */
  public Path path() {
    return path;
  }

  /**
   * A folder in it, its owner's alone, made if it isn't there.
   *
   * @param name of ours
   * @throws DiskException if it can't be made
   */
  public Path within(String name) {
    Path made = path.resolve(name);
    try {
      if (Files.notExists(made)) {
        Files.createDirectory(
            made,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      }
      return made;
    } catch (IOException e) {
      throw new DiskException("cannot make " + made + ": " + e, e);
    }
  }

  /** The user who owns it: the one that this program runs as. */
  public int owner() {
    try {
      return owner(facts(path));
    } catch (IOException e) {
      throw new IdentityException("the state folder " + path + " can't be looked at: " + e, e);
    }
  }

  /** Removes all that another coordinator's agent left, but the identity and the lock. */
  public void clear() {
    FileDisk disk = new FileDisk(path);
    for (String name : disk.list("")) {
      if (!name.equals(LOCK) && !name.equals(IDENTITY) && !name.startsWith(PARKED)) {
        disk.delete(name);
      }
    }
  }

  /**
   * Puts all that is in it aside, but the lock: it is of another machine. A folder within it keeps
   * it, for whoever wants to look; one from before is kept too, by another number.
   *
   * @return where it is now
   */
  public String park() {
    try {
      int number = 1;
      while (Files.exists(path.resolve(PARKED + number), LinkOption.NOFOLLOW_LINKS)) {
        number++;
      }
      Path aside = path.resolve(PARKED + number);
      Files.createDirectory(aside, OWNER_FOLDER);
      // the identity last: until it is gone, the next start tries again
      for (String name : new FileDisk(path).list("")) {
        if (!name.equals(LOCK) && !name.equals(IDENTITY) && !name.startsWith(PARKED)) {
          Files.move(path.resolve(name), aside.resolve(name));
        }
      }
      Files.move(path.resolve(IDENTITY), aside.resolve(IDENTITY));
      return aside.toString();
    } catch (IOException e) {
      throw new IdentityException(
          "the state folder " + path + " is of another machine and can't be put aside: " + e, e);
    }
  }

  /** Lets go of it. */
  @Override
  public void close() {
    try {
      lock.close();
    } catch (IOException e) {
      throw new IdentityException("the lock of " + path + " can't be given back: " + e, e);
    }
  }

  private static boolean locked(FileChannel channel) throws IOException {
    try {
      FileLock held = channel.tryLock();
      return held != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  private static void make(Path folder) throws IOException {
    Path parent = Objects.requireNonNull(folder.getParent(), "the root folder is there");
    if (Files.notExists(parent, LinkOption.NOFOLLOW_LINKS)) {
      make(parent);
    }
    Files.createDirectory(folder, OWNER_FOLDER);
  }

  private static void checkOwn(Path folder, int user) throws IOException {
    Map<String, Object> facts = facts(folder);
    if (owner(facts) != user) {
      throw new IdentityException(
          "the state folder "
              + folder
              + " belongs to another user; the agent must run as its owner (chown it)");
    }
    if ((mode(facts) & OTHERS_WRITE) != 0) {
      throw new IdentityException(
          "others can write to the state folder " + folder + "; chmod 0700 it");
    }
  }

  private static void checkAbove(Path folder, Path above, int user) throws IOException {
    Map<String, Object> facts = facts(above);
    boolean safeOwner = owner(facts) == 0 || owner(facts) == user;
    boolean safeMode = (mode(facts) & OTHERS_WRITE) == 0 || (mode(facts) & STICKY) != 0;
    if (!safeOwner || !safeMode) {
      throw new IdentityException(
          "others can write to "
              + above
              + ", so they could replace the state folder "
              + folder
              + "; make it root's and chmod go-w it, or choose another --state");
    }
  }

  private static Map<String, Object> facts(Path path) throws IOException {
    return Files.readAttributes(path, "unix:uid,mode", LinkOption.NOFOLLOW_LINKS);
  }

  private static int owner(Map<String, Object> facts) {
    return facts.get("uid") instanceof Integer uid ? uid : -1;
  }

  private static int mode(Map<String, Object> facts) {
    return facts.get("mode") instanceof Integer mode ? mode : OTHERS_WRITE;
  }

  /** The user that this program runs as: the owner of what it has just made. */
  private static int user() throws IOException {
    Path self = Path.of("/proc/self");
    if (Files.isDirectory(self)) {
      return owner(Files.readAttributes(self, "unix:uid"));
    }
    Path made = Files.createTempFile("holdfast", "");
    try {
      return owner(facts(made));
    } finally {
      Files.delete(made);
    }
  }
}
