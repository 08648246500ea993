package dev.holdfast.agent.command;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a running agent tells of itself: a local socket in the folder of state, which only the
 * agent's user can enter. Whoever connects gets the answer and the end; nothing is read.
 */
public final class ControlSocket implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("control");
  private static final String NAME = "agent.sock";
  private static final int MAX_ANSWER_BYTES = 4 * 1024 * 1024;

  private final ServerSocketChannel server;
  private final Path path;
  private final Supplier<String> answer;

  private ControlSocket(ServerSocketChannel server, Path path, Supplier<String> answer) {
    this.server = server;
    this.path = path;
    this.answer = answer;
  }

  /**
   * Begins to answer, on a thread of its own.
   *
   * @param folder held by this program, so a socket that lies there is of an earlier life
   * @param answer asked for each who connects, on that thread
   */
  public static ControlSocket open(Path folder, Supplier<String> answer) throws IOException {
    Path path = folder.resolve(NAME);
    Files.deleteIfExists(path);
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      server.bind(UnixDomainSocketAddress.of(path));
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
    } catch (IOException e) {
      server.close();
      throw e;
    }
    ControlSocket socket = new ControlSocket(server, path, answer);
    Thread thread = new Thread(socket::answerAll, "control");
    thread.setDaemon(true);
    thread.start();
    return socket;
  }

  /**
   * Asks the agent that holds the folder.
   *
   * @throws IOException if none answers
   */
  static String ask(Path folder) throws IOException {
    try (SocketChannel channel =
        SocketChannel.open(UnixDomainSocketAddress.of(folder.resolve(NAME)))) {
      ByteArrayOutputStream answer = new ByteArrayOutputStream();
      ByteBuffer buffer = ByteBuffer.allocate(8192);
      while (channel.read(buffer) >= 0 && answer.size() < MAX_ANSWER_BYTES) {
        answer.write(buffer.array(), 0, buffer.position());
        buffer.clear();
      }
      return answer.toString(StandardCharsets.UTF_8);
    }
  }

  private void answerAll() {
    while (server.isOpen()) {
      try (SocketChannel channel = server.accept()) {
        ByteBuffer bytes = ByteBuffer.wrap(answer.get().getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
      } catch (AsynchronousCloseException e) {
        return;
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException e) {
        LOG.debug("whoever asked did not wait for the answer reason={}", e.toString());
      }
    }
  }

  /** Answers no more. */
  @Override
  public void close() throws IOException {
    server.close();
    Files.deleteIfExists(path);
  }
}
