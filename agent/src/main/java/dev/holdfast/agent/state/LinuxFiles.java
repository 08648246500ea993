package dev.holdfast.agent.state;

import dev.holdfast.agent.state.Host.Access;
import dev.holdfast.agent.state.Host.Body;
import dev.holdfast.agent.state.Host.Entry;
import dev.holdfast.agent.state.Host.Kind;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** The files of a Linux host. Everything goes by a {@link Way}, and no link at its end is taken. */
final class LinuxFiles {
  private static final int PERMISSIONS = 0777;
  private static final int ALL_BITS = 07777;
  private static final int BUFFER = 64 * 1024;
  private static final int TRIES = 10;
  private static final LinkOption HERE = LinkOption.NOFOLLOW_LINKS;
  private static final FileAttribute<?> OWNER_FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final FileAttribute<?> OWNER_FOLDER =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private final Path root;
  private final String mark;

  /**
   * Below a root.
   *
   * @param mark goes into the names of files that are about to take another's place
   */
  LinuxFiles(Path root, String mark) {
    this.root = root;
    this.mark = mark;
  }

  private interface Action<T> {
    T by(Way way) throws IOException;
  }

  private <T> T at(String path, Action<T> action) {
    try (Way way =
        Way.to(root, path)
            .orElseThrow(
                () -> new HostException("the folder that " + path + " is in is not there"))) {
      return action.by(way);
    } catch (NoSuchFileException e) {
      throw new HostException(path + " is not there", e);
    } catch (DirectoryNotEmptyException e) {
      throw new HostException(
          path + " is not empty; 'recursive: true' removes a folder with all that is in it", e);
    } catch (IOException e) {
      throw new HostException("cannot use " + path + ": " + e, e);
    }
  }

  Optional<Entry> look(String path) {
    Optional<Way> to = Way.to(root, path);
    if (to.isEmpty()) {
      return Optional.empty();
    }
    try (Way way = to.get()) {
      return Optional.of(entry(way));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new HostException("cannot look at " + path + ": " + e, e);
    }
  }

  private static Entry entry(Way way) throws IOException {
    PosixFileAttributes there = view(way, way.name()).readAttributes();
    Kind kind =
        there.isRegularFile()
            ? Kind.FILE
            : there.isDirectory() ? Kind.FOLDER : there.isSymbolicLink() ? Kind.LINK : Kind.OTHER;
    int mode = (Integer) Files.getAttribute(way.full(), "unix:mode", HERE) & ALL_BITS;
    return new Entry(
        kind,
        mode,
        there.owner().getName(),
        there.group().getName(),
        there.size(),
        kind == Kind.LINK ? Files.readSymbolicLink(way.full()).toString() : "");
  }

  String read(String path, int atMost) {
    return at(
        path,
        way -> {
          try (InputStream in = way.stream()) {
            byte[] bytes = in.readNBytes(atMost + 1);
            if (bytes.length > atMost) {
              throw new HostException(path + " has more than " + atMost + " bytes");
            }
            return new String(bytes, StandardCharsets.UTF_8);
          }
        });
  }

  void lines(String path, Consumer<String> line) {
    Optional<Way> to = Way.to(root, path);
    if (to.isEmpty()) {
      return;
    }
    try (Way way = to.get();
        BufferedReader reader =
            new BufferedReader(Channels.newReader(way.channel(), StandardCharsets.UTF_8), BUFFER)) {
      for (String each = reader.readLine(); each != null; each = reader.readLine()) {
        line.accept(each);
      }
    } catch (NoSuchFileException e) {
      return;
    } catch (IOException e) {
      throw new HostException("cannot read " + path + ": " + e, e);
    }
  }

  boolean same(String path, String other) {
    return at(
        path,
        one ->
            at(
                other,
                two -> {
                  try (InputStream first = one.stream();
                      InputStream second = two.stream()) {
                    byte[] a;
                    do {
                      a = first.readNBytes(BUFFER);
                      byte[] b = second.readNBytes(BUFFER);
                      if (!java.util.Arrays.equals(a, b)) {
                        return false;
                      }
                    } while (a.length > 0);
                    return true;
                  }
                }));
  }

  String sha256(String path) {
    return at(
        path,
        way -> {
          try (InputStream in = way.stream()) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] buffer = new byte[BUFFER];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
              digest.update(buffer, 0, n);
            }
            return HexFormat.of().formatHex(digest.digest());
          } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
          }
        });
  }

  void put(String path, Body body, Access access) {
    at(
        path,
        way -> {
          way.toChange();
          refuseSetId(way, access);
          Path temporary = temporary(way);
          boolean moved = false;
          try {
            try (FileChannel out = create(way, temporary)) {
              write(body, out);
              out.force(true);
            }
            give(way, temporary, access);
            way.folder().move(temporary, way.folder(), way.name());
            moved = true;
          } finally {
            if (!moved) {
              way.folder().deleteFile(temporary);
            }
          }
          return way.sync();
        });
  }

  private void write(Body body, FileChannel out) throws IOException {
    switch (body) {
      case Body.Text(var text) -> {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
          out.write(bytes);
        }
      }
      case Body.CopyOf(var source) ->
          at(
              source,
              from -> {
                try (InputStream in = from.stream()) {
                  return in.transferTo(Channels.newOutputStream(out));
                }
              });
    }
  }

  void makeFolder(String path, Access access) {
    at(
        path,
        way -> {
          way.toChange();
          refuseSetId(way, access);
          // Nobody but us can enter it until it belongs to whom it should.
          Files.createDirectory(way.full(), OWNER_FOLDER);
          give(way, way.name(), access);
          return way.sync();
        });
  }

  void link(String path, String target) {
    at(
        path,
        way -> {
          if (!way.trusted()) {
            throw new HostException(
                "somebody other than root can write "
                    + way.at()
                    + " or a folder above it; no link is made there");
          }
          Path temporary = temporary(way);
          Files.createSymbolicLink(way.at().resolve(temporary), Path.of(target));
          way.folder().move(temporary, way.folder(), way.name());
          return way.sync();
        });
  }

  void remove(String path, boolean recursive) {
    at(
        path,
        way -> {
          way.toChange();
          if (entry(way).kind() != Kind.FOLDER) {
            way.folder().deleteFile(way.name());
          } else {
            if (recursive) {
              Object device = Files.getAttribute(way.full(), "unix:dev", HERE);
              empty(way.folder(), way.name(), way.full(), device);
            }
            way.folder().deleteDirectory(way.name());
          }
          return way.sync();
        });
  }

  private static void empty(SecureDirectoryStream<Path> parent, Path name, Path full, Object device)
      throws IOException {
    if (!Files.getAttribute(full, "unix:dev", HERE).equals(device)) {
      throw new HostException(full + " is mounted there; it is not removed");
    }
    try (SecureDirectoryStream<Path> folder = parent.newDirectoryStream(name, HERE)) {
      for (Path entry : folder) {
        Path each = entry.getFileName();
        if (folder
            .getFileAttributeView(each, BasicFileAttributeView.class, HERE)
            .readAttributes()
            .isDirectory()) {
          empty(folder, each, full.resolve(each), device);
          folder.deleteDirectory(each);
        } else {
          folder.deleteFile(each);
        }
      }
    }
  }

  void access(String path, Access access) {
    at(
        path,
        way -> {
          way.toChange();
          refuseSetId(way, access);
          give(way, way.name(), access);
          return way.sync();
        });
  }

  String userName(String user) {
    try {
      return lookup().lookupPrincipalByName(user).getName();
    } catch (IOException e) {
      throw new HostException("there is no user " + user, e);
    }
  }

  String groupName(String group) {
    try {
      return lookup().lookupPrincipalByGroupName(group).getName();
    } catch (IOException e) {
      throw new HostException("there is no group " + group, e);
    }
  }

  /** Owner before mode: a change of owner takes set-id bits away. */
  private void give(Way way, Path name, Access access) throws IOException {
    PosixFileAttributeView view = view(way, name);
    PosixFileAttributes is = view.readAttributes();
    String owner = userName(access.owner());
    String group = groupName(access.group());
    if (!is.owner().getName().equals(owner)) {
      view.setOwner(lookup().lookupPrincipalByName(access.owner()));
    }
    if (!is.group().getName().equals(group)) {
      view.setGroup(lookup().lookupPrincipalByGroupName(access.group()));
    }
    view.setPermissions(permissions(access.mode()));
    if ((access.mode() & ~PERMISSIONS) != 0) {
      Files.setAttribute(way.at().resolve(name), "unix:mode", access.mode(), HERE);
    }
  }

  private static void refuseSetId(Way way, Access access) {
    if ((access.mode() & ~PERMISSIONS) != 0 && !way.trusted()) {
      throw new HostException(
          "somebody other than root can write "
              + way.at()
              + " or a folder above it; no set-id or sticky bit is given there");
    }
  }

  private static Set<PosixFilePermission> permissions(int mode) {
    Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
    PosixFilePermission[] all = PosixFilePermission.values();
    for (int i = 0; i < all.length; i++) {
      if ((mode & (1 << (all.length - 1 - i))) != 0) {
        permissions.add(all[i]);
      }
    }
    return permissions;
  }

  private static PosixFileAttributeView view(Way way, Path name) {
    return way.folder().getFileAttributeView(name, PosixFileAttributeView.class, HERE);
  }

  /** A name that nothing has; what an earlier try of this very task left goes. */
  private Path temporary(Way way) throws IOException {
    for (int i = 0; i < TRIES; i++) {
      Path name = Path.of(".holdfast-" + mark + "-" + i);
      PosixFileAttributes there;
      try {
        there = view(way, name).readAttributes();
      } catch (NoSuchFileException e) {
        return name;
      }
      if (way.trusted() && !there.isDirectory()) {
        way.folder().deleteFile(name);
        return name;
      }
    }
    throw new FileAlreadyExistsException(way.at().resolve(".holdfast-" + mark).toString());
  }

  private static FileChannel create(Way way, Path name) throws IOException {
    SeekableByteChannel channel =
        way.folder()
            .newByteChannel(
                name,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, HERE),
                OWNER_FILE);
    return (FileChannel) channel;
  }

  private UserPrincipalLookupService lookup() {
    return root.getFileSystem().getUserPrincipalLookupService();
  }
}
