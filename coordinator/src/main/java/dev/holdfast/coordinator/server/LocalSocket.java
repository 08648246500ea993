package dev.holdfast.coordinator.server;

import com.google.gson.Gson;
import dev.holdfast.task.Timers;
import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Semaphore;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The socket {@code admin.sock} in the data folder, by which the commands of the coordinator's own
 * machine reach the coordinator that runs. The folder is its owner's alone; whoever connects must
 * be root or that owner.
 */
public final class LocalSocket {
  private static final Logger LOG = LoggerFactory.getLogger("local");

  /** The name of the socket in the data folder. */
  private static final String NAME = "admin.sock";

  /** Callers at once. */
  private static final int MAX_CALLERS = 8;

  /** How long a caller may take to ask. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final Gson GSON = new Gson();

  private final Path path;
  private final Path folder;
  private final Timers timers;
  private final Desk desk;
  private final Semaphore callers = new Semaphore(MAX_CALLERS);
  private @Nullable ServerSocketChannel channel;

  /** Does what is asked for. */
  @FunctionalInterface
  public interface Desk {
    /**
     * Does it, or says why not.
     *
     * @param uid of the account that asks, as the kernel says
     */
    LocalRequest.Answer perform(LocalRequest request, int uid);
  }

  /**
   * A socket that is not open yet.
   *
   * @param folder the data folder
   * @param desk does what is asked for
   */
  public LocalSocket(Path folder, Timers timers, Desk desk) {
    this.folder = folder;
    this.path = folder.resolve(NAME);
    this.timers = timers;
    this.desk = desk;
  }

  /** Opens it. What another coordinator left there after a crash is removed. */
  public void start() throws StartException {
    try {
      Files.deleteIfExists(path);
      ServerSocketChannel made = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      channel = made;
      made.bind(UnixDomainSocketAddress.of(path));
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
      Thread.ofVirtual().name("local-accept").start(() -> accept(made));
    } catch (IOException e) {
      throw new StartException(
          "cannot listen on " + path + ": " + e.getMessage() + ": choose a shorter data folder", e);
    }
  }

  /** Closes and removes it. */
  public void stop() {
    if (channel != null) {
      try {
        channel.close();
        Files.deleteIfExists(path);
      } catch (IOException e) {
        LOG.warn("cannot remove the local socket path={} reason={}", path, e.getMessage());
      }
    }
  }

  /**
   * Asks the coordinator that runs on a data folder.
   *
   * @return its answer; empty if none runs there
   */
  public static Optional<LocalRequest.Answer> ask(Path folder, LocalRequest request)
      throws IOException {
    Path path = folder.resolve(NAME);
    if (Files.notExists(path)) {
      return Optional.empty();
    }
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
      write(channel, GSON.toJson(request));
      return Optional.of(GSON.fromJson(readLine(channel), LocalRequest.Answer.class));
    } catch (ConnectException e) {
      return Optional.empty();
    }
  }

  private void accept(ServerSocketChannel listening) {
    while (listening.isOpen()) {
      try {
        SocketChannel caller = listening.accept();
        if (callers.tryAcquire()) {
          Thread.ofVirtual().name("local-call").start(() -> serve(caller));
        } else {
          caller.close();
        }
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException e) {
        LOG.warn("cannot accept a local caller reason={}", e.getMessage());
      }
    }
  }

  private void serve(SocketChannel caller) {
    Timers.Timer patience = timers.after(PATIENCE, () -> close(caller));
    try (caller) {
      OptionalInt uid = trusted(caller);
      if (uid.isEmpty()) {
        LOG.warn("a local caller was refused user={}", peer(caller));
        write(caller, GSON.toJson(LocalRequest.Answer.refused("only root may ask for this")));
        return;
      }
      Optional<LocalRequest> request = request(readLine(caller));
      patience.cancel(); // what is asked for may take its time
      LocalRequest.Answer answer =
          request
              .map(asked -> desk.perform(asked, uid.getAsInt()))
              .orElseGet(() -> LocalRequest.Answer.refused("this is no request"));
      write(caller, GSON.toJson(answer));
    } catch (IOException e) {
      LOG.warn("a local call failed reason={}", e.getMessage());
    } catch (RuntimeException e) {
      LOG.error("a local call failed", e);
    } finally {
      patience.cancel();
      callers.release();
    }
  }

  private static Optional<LocalRequest> request(String line) {
    try {
      return Optional.ofNullable(GSON.fromJson(line, LocalRequest.class))
          .filter(asked -> asked.action() != null);
    } catch (RuntimeException e) { // what a part that is missing comes to, too
      LOG.warn("a local caller sent no request");
      return Optional.empty();
    }
  }

  /** The number of the caller's account: root's, or that of the folder's owner; else none. */
  private OptionalInt trusted(SocketChannel caller) throws IOException {
    String name = peer(caller);
    if (name.equals("root")) {
      return OptionalInt.of(0);
    }
    return name.equals(Files.getOwner(folder).getName())
        ? OptionalInt.of((Integer) Files.getAttribute(folder, "unix:uid"))
        : OptionalInt.empty();
  }

  private static String peer(SocketChannel caller) throws IOException {
    return caller.getOption(ExtendedSocketOptions.SO_PEERCRED).user().getName();
  }

  private static void close(SocketChannel caller) {
    try {
      caller.close();
    } catch (IOException e) {
      LOG.debug("cannot close a local caller", e);
    }
  }

  private static void write(SocketChannel channel, String line) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  private static String readLine(SocketChannel channel) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(LocalRequest.MAX_BYTES);
    while (bytes.position() == 0 || bytes.get(bytes.position() - 1) != '\n') {
      if (channel.read(bytes) < 0) {
        throw new IOException("the other side ended in the middle of a line");
      }
      if (!bytes.hasRemaining()) {
        throw new IOException("a line has more than " + LocalRequest.MAX_BYTES + " bytes");
      }
    }
    return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
  }
}
