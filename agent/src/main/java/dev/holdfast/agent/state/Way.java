package dev.holdfast.agent.state;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The way to a path, held open: the folder that it is in, reached a step at a time and never
 * through a link that somebody else could have planted. As long as it is open, what is done by it
 * is done in that very folder, whatever is renamed meanwhile.
 */
final class Way implements AutoCloseable {
  private static final int MAX_LINKS = 40;
  private static final int STICKY = 01000;

  private final Path root;
  private final String wanted;
  private final Deque<String> ahead = new ArrayDeque<>();
  private SecureDirectoryStream<Path> folder;
  private Path at;
  private boolean trusted;
  private int links;

  private Way(Path root, String path) throws IOException {
    this.root = root;
    this.wanted = path;
    this.at = root;
    this.folder = open(root);
    this.trusted = trusted(folder);
    push(path);
  }

  /**
   * Goes there.
   *
   * @return empty if a folder on the way is missing
   * @throws HostException if the way can't be trusted
   */
  static Optional<Way> to(Path root, String path) {
    try {
      Way way = new Way(root, path);
      try {
        way.walk();
        return Optional.of(way);
      } catch (NoSuchFileException e) {
        way.close();
        return Optional.empty();
      } catch (IOException | RuntimeException e) {
        way.close();
        throw e;
      }
    } catch (IOException e) {
      throw new HostException("cannot go to " + path + ": " + e, e);
    }
  }

  /** The folder. */
  SecureDirectoryStream<Path> folder() {
    return folder;
  }

  /** The folder's path, without links. */
  Path at() {
    return at;
  }

  /** The last part of the path. */
  Path name() {
    return Path.of(ahead.getFirst());
  }

  /** The path without links on the way. */
  Path full() {
    return at.resolve(ahead.getFirst());
  }

  /** Whether nobody else can change anything on the way, so that its path stays what it is. */
  boolean trusted() {
    return trusted;
  }

  /**
   * Refuses to change anything in a folder in which everybody can replace everything.
   *
   * @throws HostException if it is one
   */
  void toChange() {
    try {
      int mode = (Integer) Files.getAttribute(at, "unix:mode", LinkOption.NOFOLLOW_LINKS);
      boolean everybody =
          attributes(folder).permissions().contains(PosixFilePermission.OTHERS_WRITE);
      if (everybody && (mode & STICKY) == 0) {
        throw new HostException(
            "everybody can replace what is in "
                + at
                + " (it is writable by all, without the sticky bit); nothing is changed there");
      }
    } catch (IOException e) {
      throw new HostException("cannot look at " + at + ": " + e, e);
    }
  }

  @Override
  public void close() {
    try {
      folder.close();
    } catch (IOException e) {
      throw new HostException("cannot leave " + at + ": " + e, e);
    }
  }

  private void walk() throws IOException {
    while (ahead.size() > 1) {
      String next = ahead.removeFirst();
      if (next.equals("..")) {
        restart(at.equals(root) ? root : Objects.requireNonNull(at.getParent(), "below the root"));
        continue;
      }
      Path name = Path.of(next);
      BasicFileAttributes there =
          folder
              .getFileAttributeView(name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
              .readAttributes();
      if (there.isSymbolicLink()) {
        follow(name);
      } else if (there.isDirectory()) {
        SecureDirectoryStream<Path> deeper =
            folder.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS);
        folder.close();
        folder = deeper;
        at = at.resolve(name);
        trusted = trusted && trusted(folder);
      } else {
        throw new HostException(at.resolve(name) + " is no folder, on the way to " + wanted);
      }
    }
  }

  private void follow(Path name) throws IOException {
    if (!trusted) {
      throw new HostException(
          at.resolve(name)
              + " is a link in a folder that somebody other than root can write; it is not followed"
              + " to "
              + wanted);
    }
    links++;
    if (links > MAX_LINKS) {
      throw new HostException("more than " + MAX_LINKS + " links on the way to " + wanted);
    }
    String target = Files.readSymbolicLink(at.resolve(name)).toString();
    push(target);
    if (target.startsWith("/")) {
      restart(root);
    }
  }

  /** Opens the file for reading; nothing else than a regular one. */
  SeekableByteChannel channel() throws IOException {
    // Opening a pipe would wait for who writes it.
    PosixFileAttributeView view =
        folder.getFileAttributeView(
            name(), PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    if (!view.readAttributes().isRegularFile()) {
      throw new HostException(full() + " is no regular file");
    }
    return folder.newByteChannel(
        name(), Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
  }

  /** The content of the file. */
  InputStream stream() throws IOException {
    return Channels.newInputStream(channel());
  }

  /** Makes durable what the folder has; true, so that it ends what was well. */
  boolean sync() throws IOException {
    try (FileChannel opened = FileChannel.open(at, StandardOpenOption.READ)) {
      opened.force(true);
    }
    return true;
  }

  /** Goes on from a folder whose path has no links. */
  private void restart(Path from) throws IOException {
    folder.close();
    folder = open(root);
    trusted = trusted(folder);
    at = root;
    push(root.relativize(from).toString());
  }

  private void push(String path) {
    String[] parts = path.split("/", -1);
    for (int i = parts.length - 1; i >= 0; i--) {
      if (!parts[i].isEmpty() && !parts[i].equals(".")) {
        ahead.addFirst(parts[i]);
      }
    }
  }

  @SuppressWarnings("StreamResourceLeak") // who asks for the stream closes it
  private static SecureDirectoryStream<Path> open(Path path) throws IOException {
    DirectoryStream<Path> stream = Files.newDirectoryStream(path);
    if (stream instanceof SecureDirectoryStream<Path> secure) {
      return secure;
    }
    stream.close();
    throw new HostException("this platform can't hold a folder open: " + path);
  }

  private static boolean trusted(SecureDirectoryStream<Path> folder) throws IOException {
    PosixFileAttributes attributes = attributes(folder);
    String owner = attributes.owner().getName();
    return (owner.equals("root") || owner.equals(System.getProperty("user.name")))
        && !attributes.permissions().contains(PosixFilePermission.GROUP_WRITE)
        && !attributes.permissions().contains(PosixFilePermission.OTHERS_WRITE);
  }

  private static PosixFileAttributes attributes(SecureDirectoryStream<Path> folder)
      throws IOException {
    return folder.getFileAttributeView(PosixFileAttributeView.class).readAttributes();
  }
}
