package dev.holdfast.coordinator.store;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Set;

/**
 * The form of a backup: one file, parts in a fixed order, each with its hash. A part is named by a
 * number of this class, never by what the file says, so nothing in it becomes a path.
 *
 * <pre>
 * "HOLDFAST-BACKUP\n" · version (4)
 * each part: its number (4) · its length (8) · its bytes · SHA-256 of these (32)
 * the end: 0 (4) · SHA-256 of all before (32); nothing is behind it
 * </pre>
 *
 * Numbers are big-endian. The first part says what the backup is of, as JSON. Written and read in
 * one pass, with a buffer of a fixed size.
 */
public final class Archive {
  private static final byte[] MAGIC = "HOLDFAST-BACKUP\n".getBytes(StandardCharsets.US_ASCII);
  private static final int VERSION = 1;
  private static final int FACTS = 1;
  private static final int END = 0;
  private static final int HASH_BYTES = 32;
  private static final int MAX_SMALL_BYTES = 64 * 1024;
  private static final int BUFFER_BYTES = 64 * 1024;

  private Archive() {}

  /** What is in a backup beside what it says of itself, in this order. */
  public enum Part {
    /** All rows of one moment. */
    STORE(2, "holdfast.db", Long.MAX_VALUE),
    /** The authority's keys and certificates. */
    AUTHORITY(3, "ca.key", MAX_SMALL_BYTES),
    /** The certificates that everybody trusts. */
    CERTIFICATES(4, "ca.pem", MAX_SMALL_BYTES),
    /** What activation codes are computed from. */
    PEPPER(5, "pepper", MAX_SMALL_BYTES);

    private final int number;
    private final String file;
    private final long most;

    Part(int number, String file, long most) {
      this.number = number;
      this.file = file;
      this.most = most;
    }

    /** Its file in a data folder. */
    public String file() {
      return file;
    }

    private Path in(Path folder) {
      return folder.resolve(file);
    }
  }

  /**
   * What a backup is of.
   *
   * @param made when
   * @param position the newest position of the log in it
   */
  public record Facts(Instant made, String version, String trustDomain, long epoch, long position) {
    private String json() {
      JsonObject fields = new JsonObject();
      fields.addProperty("made", made.toString());
      fields.addProperty("version", version);
      fields.addProperty("trustDomain", trustDomain);
      fields.addProperty("epoch", epoch);
      fields.addProperty("position", position);
      return fields.toString();
    }

    private static Facts of(byte[] json) throws DamagedException {
      try {
        JsonObject fields =
            JsonParser.parseString(new String(json, StandardCharsets.UTF_8)).getAsJsonObject();
        return new Facts(
            Instant.parse(fields.get("made").getAsString()),
            fields.get("version").getAsString(),
            fields.get("trustDomain").getAsString(),
            fields.get("epoch").getAsLong(),
            fields.get("position").getAsLong());
      } catch (JsonParseException
          | IllegalStateException
          | UnsupportedOperationException
          | NumberFormatException
          | DateTimeParseException
          | NullPointerException e) {
        throw new DamagedException("what it says of itself can't be read");
      }
    }
  }

  /** A file that is no backup, or not a whole one; the message says why. */
  public static final class DamagedException extends IOException {
    private static final long serialVersionUID = 1L;

    DamagedException(String message) {
      super(message);
    }
  }

  /**
   * Writes a backup of the parts that lie in a folder.
   *
   * @param to where it goes; it is not closed, nor synced
   */
  public static void write(Facts facts, Path folder, OutputStream to) throws IOException {
    MessageDigest all = sha256();
    DataOutputStream out = new DataOutputStream(new DigestOutputStream(to, all));
    out.write(MAGIC);
    out.writeInt(VERSION);
    byte[] json = facts.json().getBytes(StandardCharsets.UTF_8);
    out.writeInt(FACTS);
    out.writeLong(json.length);
    out.write(json);
    out.write(sha256().digest(json));
    for (Part part : Part.values()) {
      try (InputStream in = Files.newInputStream(part.in(folder))) {
        long length = Files.size(part.in(folder));
        out.writeInt(part.number);
        out.writeLong(length);
        out.write(copy(in, out, length));
      }
    }
    out.writeInt(END);
    out.flush();
    to.write(all.digest());
    to.flush();
  }

  /**
   * Reads a backup whole, and puts its parts into a folder as files that only their owner reaches.
   *
   * @param into an empty folder; what was put there means nothing if this throws
   * @throws DamagedException if it is not a whole backup of a form that is known
   */
  public static Facts read(Path file, Path into) throws IOException {
    try (DataInputStream in =
        new DataInputStream(
            new BufferedInputStream(
                Files.newInputStream(file, StandardOpenOption.READ), BUFFER_BYTES))) {
      return read(new Hashed(in), Files.size(file), into);
    } catch (EOFException e) {
      throw new DamagedException("it is cut off");
    }
  }

  private static Facts read(Hashed in, long size, Path into) throws IOException {
    DataInputStream data = new DataInputStream(in);
    byte[] magic = new byte[MAGIC.length];
    data.readFully(magic);
    if (!Arrays.equals(magic, MAGIC)) {
      throw new DamagedException("it does not begin like a backup");
    }
    int version = data.readInt();
    if (version != VERSION) {
      throw new DamagedException(
          "it has the form " + version + ", this program knows " + VERSION + ": use a newer one");
    }
    long length = length(data, FACTS, MAX_SMALL_BYTES, size);
    byte[] json = new byte[(int) length];
    data.readFully(json);
    check(data, sha256().digest(json), "what it says of itself");
    for (Part part : Part.values()) {
      long bytes = length(data, part.number, part.most, size);
      try (FileChannel file = fresh(part.in(into))) {
        check(data, copy(data, Channels.newOutputStream(file), bytes), part.file);
        file.force(true);
      }
    }
    if (data.readInt() != END) {
      throw new DamagedException("it has a part that is not known");
    }
    byte[] all = in.digest();
    check(data, all, "the whole of it");
    if (data.read() >= 0) {
      throw new DamagedException("something is behind its end");
    }
    return Facts.of(json);
  }

  private static FileChannel fresh(Path file) throws IOException {
    return FileChannel.open(
        file,
        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
  }

  private static long length(DataInputStream in, int part, long most, long size)
      throws IOException {
    int number = in.readInt();
    long length = in.readLong();
    if (number != part || length < 0 || length > most || length > size) {
      throw new DamagedException("its part " + part + " is not where it has to be");
    }
    return length;
  }

  private static void check(DataInputStream in, byte[] hash, String what) throws IOException {
    byte[] written = new byte[HASH_BYTES];
    in.readFully(written);
    if (!Arrays.equals(hash, written)) {
      throw new DamagedException(what + " is damaged: its hash is another one");
    }
  }

  /** Copies so many bytes; their hash. */
  private static byte[] copy(InputStream in, OutputStream out, long length) throws IOException {
    MessageDigest hash = sha256();
    byte[] buffer = new byte[BUFFER_BYTES];
    for (long left = length; left > 0; ) {
      int read = in.read(buffer, 0, (int) Math.min(left, buffer.length));
      if (read < 0) {
        throw new EOFException();
      }
      hash.update(buffer, 0, read);
      out.write(buffer, 0, read);
      left -= read;
    }
    return hash.digest();
  }

  /** Hashes what is read until the hash is asked for. */
  private static final class Hashed extends InputStream {
    private final InputStream in;
    private final MessageDigest hash = sha256();

    Hashed(InputStream in) {
      this.in = in;
    }

    byte[] digest() {
      return hash.digest();
    }

    @Override
    public int read() throws IOException {
      int read = in.read();
      if (read >= 0) {
        hash.update((byte) read);
      }
      return read;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int read = in.read(bytes, offset, length);
      if (read > 0) {
        hash.update(bytes, offset, read);
      }
      return read;
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
