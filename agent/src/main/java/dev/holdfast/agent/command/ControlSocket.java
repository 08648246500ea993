package dev.holdfast.agent.command;

import dev.holdfast.task.Limits;
import dev.holdfast.task.Timers;
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
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where commands on the host ask the running agent: a local socket in the folder of state, which
 * only the agent's user can enter. Whoever connects says what it wants in a line, with the content
 * behind it, and shuts its half; it gets the answer and the end. Who stalls is dropped.
 */
public final class ControlSocket implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("control");
  private static final String NAME = "agent.sock";
  private static final int MAX_ANSWER_BYTES = 4 * 1024 * 1024;
  private static final int MAX_LINE_BYTES = 256;
  private static final int MAX_REQUEST_BYTES = Limits.MAX_COMPLIANCE_FILE_BYTES + MAX_LINE_BYTES;
  private static final String STATUS = "status";
  private static final String RESUME = "resume";
  private static final String METRICS = "metrics";
  private static final String PUT = "compliance put ";

  private final ServerSocketChannel server;
  private final Path path;
  private final Timers timers;
  private final Answers answers;
  private final Semaphore free = new Semaphore(Limits.MAX_LOCAL_CALLS);

  private ControlSocket(ServerSocketChannel server, Path path, Timers timers, Answers answers) {
    this.server = server;
    this.path = path;
    this.timers = timers;
    this.answers = answers;
  }

  /** What is behind the socket; asked on threads of the socket. */
  public interface Answers {
    /** What the agent is about: a line of JSON, then text for people; empty if nobody knows. */
    String status();

    /**
     * Takes compliance items.
     *
     * @param content of the file, not checked yet
     * @return {@link #TAKEN} once they are on disk; else why they are not, a line a reason; empty
     *     if nobody knows
     */
    String put(String type, byte[] content);

    /** The metrics in Prometheus' text format; empty if nobody knows. */
    String metrics();

    /** Ends safe mode: {@link #RESUMED}, or {@link #NO_SAFE_MODE}; empty if nobody knows. */
    String resume();
  }

  /** The answer that says that what is due runs again. */
  public static final String RESUMED = "resumed";

  /** The answer that says that nothing was held. */
  public static final String NO_SAFE_MODE = "not in safe mode";

  /** The answer that says that what was put is on disk. */
  public static final String TAKEN = "taken";

  /**
   * Begins to answer, on threads of its own.
   *
   * @param folder held by this program, so a socket that lies there is of an earlier life
   * @param timers drop whoever stalls
   */
  public static ControlSocket open(Path folder, Timers timers, Answers answers) throws IOException {
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
    ControlSocket socket = new ControlSocket(server, path, timers, answers);
    daemon(socket::acceptAll);
    return socket;
  }

  /**
   * Asks the agent that holds the folder what it is about.
   *
   * @throws IOException if none answers
   */
  static String status(Path folder) throws IOException {
    return ask(folder, STATUS, new byte[0]);
  }

  /**
   * Asks the agent that holds the folder for its metrics.
   *
   * @return as {@link Answers#metrics}
   * @throws IOException if none answers
   */
  static String metrics(Path folder) throws IOException {
    return ask(folder, METRICS, new byte[0]);
  }

  /**
   * Hands compliance items to the agent that holds the folder.
   *
   * @return as {@link Answers#put}
   * @throws IOException if none answers
   */
  static String put(Path folder, String type, byte[] content) throws IOException {
    return ask(folder, PUT + type, content);
  }

  /**
   * Ends safe mode of the agent that holds the folder.
   *
   * @return as {@link Answers#resume}
   * @throws IOException if none answers
   */
  static String resume(Path folder) throws IOException {
    return ask(folder, RESUME, new byte[0]);
  }

  private static String ask(Path folder, String line, byte[] content) throws IOException {
    try (SocketChannel channel =
        SocketChannel.open(UnixDomainSocketAddress.of(folder.resolve(NAME)))) {
      write(channel, (line + "\n").getBytes(StandardCharsets.UTF_8));
      write(channel, content);
      channel.shutdownOutput();
      return new String(read(channel, MAX_ANSWER_BYTES), StandardCharsets.UTF_8);
    }
  }

  private void acceptAll() {
    while (server.isOpen()) {
      try {
        SocketChannel channel = server.accept();
        if (free.tryAcquire()) {
          daemon(() -> answer(channel));
        } else {
          channel.close();
        }
      } catch (AsynchronousCloseException e) {
        return;
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException e) {
        LOG.warn("the local socket can't be read reason={}", e.toString());
      }
    }
  }

  private void answer(SocketChannel channel) {
    Timers.Timer patience = timers.after(Limits.LOCAL_CALL, () -> close(channel));
    try (channel) {
      byte[] request = read(channel, MAX_REQUEST_BYTES + 1);
      write(channel, answer(request).getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      LOG.debug("whoever asked did not wait for the answer reason={}", e.toString());
    } finally {
      patience.cancel();
      free.release();
    }
  }

  private String answer(byte[] request) {
    if (request.length > MAX_REQUEST_BYTES) {
      return "more than " + Limits.MAX_COMPLIANCE_FILE_BYTES + " bytes; no more are allowed";
    }
    int end = 0;
    while (end < request.length && end < MAX_LINE_BYTES && request[end] != '\n') {
      end++;
    }
    String line = new String(request, 0, end, StandardCharsets.UTF_8);
    if (line.equals(STATUS)) {
      return answers.status();
    }
    if (line.equals(METRICS)) {
      return answers.metrics();
    }
    if (line.equals(RESUME)) {
      return answers.resume();
    }
    if (line.startsWith(PUT) && end < request.length && request[end] == '\n') {
      byte[] content = new byte[request.length - end - 1];
      System.arraycopy(request, end + 1, content, 0, content.length);
      return answers.put(line.substring(PUT.length()), content);
    }
    return "this agent does not know the request; is it of the same version as the command?";
  }

  /** All up to the end, or the first bytes if there are more. */
  private static byte[] read(SocketChannel channel, int atMost) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ByteBuffer buffer = ByteBuffer.allocate(8192);
    while (bytes.size() < atMost && channel.read(buffer) >= 0) {
      bytes.write(buffer.array(), 0, buffer.position());
      buffer.clear();
    }
    return bytes.toByteArray();
  }

  private static void write(SocketChannel channel, byte[] content) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(content);
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  private static void close(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      LOG.debug("a stalled caller can't be dropped reason={}", e.toString());
    }
  }

  private static void daemon(Runnable work) {
    Thread thread = new Thread(work, "control");
    thread.setDaemon(true);
    thread.start();
  }

  /** Answers no more. */
  @Override
  public void close() throws IOException {
    server.close();
    Files.deleteIfExists(path);
  }
}
