package dev.holdfast.faults;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The coordinator's local socket, spoken with by hand. */
final class Local {
  private Local() {}

  /** Says something; what is answered until the other side ends, at most a few KiB. */
  static String say(Path socket, String text) throws IOException {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(socket));
      ByteBuffer out = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
      while (out.hasRemaining()) {
        channel.write(out);
      }
      channel.shutdownOutput();
      ByteBuffer in = ByteBuffer.allocate(16 * 1024);
      int read;
      do {
        read = channel.read(in);
      } while (read >= 0 && in.hasRemaining());
      return new String(in.array(), 0, in.position(), StandardCharsets.UTF_8);
    } catch (java.net.SocketException e) {
      return ""; // it ended before it had heard all
    }
  }
}
