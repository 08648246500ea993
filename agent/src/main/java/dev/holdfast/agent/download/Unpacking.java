package dev.holdfast.agent.download;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/**
 * Unpacks a {@code .tar.gz} into a new folder. An archive that wants anything but files, folders
 * and links within itself is refused as a whole: so is one of a name that is absolute or goes up, a
 * hard link, a device, a setuid bit, or more bytes or entries than the bounds allow.
 */
final class Unpacking {
  private static final int SPECIAL_BITS = 07000;
  private static final int MAX_NAME_CHARS = 1_024;

  /** What every archive may unpack to, however small it is. */
  private static final long ALWAYS_BYTES = 1024L * 1024;

  private final DownloadBounds bounds;
  private final Path top;
  private final Path within;

  private Unpacking(DownloadBounds bounds, Path top, Path within) {
    this.bounds = bounds;
    this.top = top;
    this.within = within;
  }

  /**
   * Unpacks what is in a folder of the archive's single top folder.
   *
   * @param top made by this; incomplete if this throws
   * @param within relative to the archive's top folder; empty: all of that
   * @return how many entries were taken
   */
  static int unpack(Path archive, Path top, String within, DownloadBounds bounds)
      throws IOException {
    Folders.make(top);
    long most =
        Math.min(bounds.bytes(), Math.max(ALWAYS_BYTES, Files.size(archive) * bounds.ratio()));
    Path inside = Path.of(within).normalize();
    try (InputStream file = Files.newInputStream(archive, LinkOption.NOFOLLOW_LINKS);
        InputStream plain = new Counted(new GZIPInputStream(file), most)) {
      return new Unpacking(bounds, top, inside).unpack(new Tar(new BufferedInputStream(plain)));
    }
  }

  private int unpack(Tar tar) throws IOException {
    int all = 0;
    int taken = 0;
    for (Optional<Tar.Entry> next = tar.next(); next.isPresent(); next = tar.next()) {
      Tar.Entry entry = next.get();
      all++;
      bounds.checkEntries(all);
      Path name = name(entry);
      check(entry);
      Path below = name.getNameCount() > 1 ? name.subpath(1, name.getNameCount()) : Path.of("");
      boolean wanted = within.toString().isEmpty() || below.startsWith(within);
      if (name.getNameCount() < 2 || !wanted || below.equals(within)) {
        continue;
      }
      Path relative =
          within.toString().isEmpty()
              ? below
              : below.subpath(within.getNameCount(), below.getNameCount());
      take(tar, entry, relative);
      taken++;
    }
    return taken;
  }

  private void take(Tar tar, Tar.Entry entry, Path relative) throws IOException {
    Path parent = Folders.makeBelow(top, Optional.ofNullable(relative.getParent()));
    Path target = parent.resolve(relative.getFileName());
    if (entry.type() == '5') {
      Folders.makeBelow(top, Optional.of(relative));
    } else if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      throw refused(entry, "is there twice");
    } else if (entry.type() == '2') {
      if (!SafeLinks.within(relative, entry.target())) {
        throw refused(entry, "is a link that leads out of what is unpacked");
      }
      Files.createSymbolicLink(target, Path.of(entry.target()));
    } else {
      try (PartFile file = new PartFile(target, bounds)) {
        byte[] buffer = new byte[64 * 1024];
        for (int count = tar.read(buffer); count >= 0; count = tar.read(buffer)) {
          file.add(ByteBuffer.wrap(buffer, 0, count));
        }
      }
    }
  }

  private static Path name(Tar.Entry entry) {
    String name = entry.name();
    if (name.isEmpty() || name.length() > MAX_NAME_CHARS || name.startsWith("/")) {
      throw refused(entry, "has a name that is empty, too long or absolute");
    }
    for (String part : name.split("/", -1)) {
      if (part.equals("..")) {
        throw refused(entry, "has a name that goes up");
      }
    }
    if (name.indexOf('\0') >= 0 || name.indexOf('\\') >= 0) {
      throw refused(entry, "has a character that names don't have");
    }
    return Path.of(name).normalize();
  }

  private static void check(Tar.Entry entry) {
    switch (entry.type()) {
      case '0', '5', '2' -> {}
      case '1' -> throw refused(entry, "is a hard link");
      case '3', '4', '6' -> throw refused(entry, "is a device or a pipe");
      default -> throw refused(entry, "is of the unknown type '" + entry.type() + "'");
    }
    if ((entry.mode() & SPECIAL_BITS) != 0 && entry.type() != '2') {
      throw refused(entry, "has a setuid, setgid or sticky bit");
    }
  }

  private static DownloadException refused(Tar.Entry entry, String why) {
    return new DownloadException("UnsafeArchive", "the entry '" + shown(entry.name()) + "' " + why);
  }

  private static String shown(String name) {
    String cut = name.length() > 100 ? name.substring(0, 100) + "..." : name;
    return cut.replaceAll("\\p{Cntrl}", "?");
  }

  /** Ends with an exception where more comes than may. */
  private static final class Counted extends InputStream {
    private final InputStream in;
    private final long most;
    private long count;

    Counted(InputStream in, long most) {
      this.in = in;
      this.most = most;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int from, int length) throws IOException {
      int read = in.read(buffer, from, length);
      count += Math.max(0, read);
      if (count > most) {
        throw new DownloadException(
            "TooLarge", "the archive unpacks to more than " + most + " bytes");
      }
      return read;
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
