package dev.holdfast.agent.download;

import dev.holdfast.task.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Set;

/**
 * A file that is being downloaded: made new, for its owner only, hashed and counted as it grows.
 */
final class PartFile implements AutoCloseable {
  private final DownloadBounds bounds;
  private final FileChannel channel;
  private final MessageDigest digest;
  private volatile long bytes;

  /** Makes the file; it must not be there. */
  PartFile(Path path, DownloadBounds bounds) throws IOException {
    this.bounds = bounds;
    this.channel =
        FileChannel.open(
            path,
            Set.of(
                StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      this.digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Adds what is in the buffer. */
  void add(ByteBuffer buffer) throws IOException {
    bounds.checkBytes(bytes + buffer.remaining());
    digest.update(buffer.duplicate());
    // Counted at once: whoever watches sees that something came.
    long more = bytes + buffer.remaining();
    bytes = more;
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  /** How many bytes there are so far; from any thread. */
  long bytes() {
    return bytes;
  }

  /** Makes all of it durable, and tells its hash. */
  Sha256 finish() throws IOException {
    channel.force(true);
    return Sha256.ofRaw(digest.digest());
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
