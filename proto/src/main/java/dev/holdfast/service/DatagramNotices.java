package dev.holdfast.service;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Datagrams to a local socket of Linux, by the C library: Java has streams of that kind only. The
 * socket is made with the first message and kept.
 */
final class DatagramNotices implements Notices, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("service");

  // As in the headers of Linux for x86-64 and arm64.
  private static final int AF_UNIX = 1;
  private static final int SOCK_DGRAM = 2;
  private static final int SOCK_CLOEXEC = 0x80000;
  private static final int MSG_DONTWAIT = 0x40;
  private static final int MSG_NOSIGNAL = 0x4000;

  private final byte[] address;
  private Optional<Sender> sender = Optional.empty();
  private boolean broken;

  /**
   * To a socket; nothing is opened.
   *
   * @param socket a path, or {@code @} and a name of the abstract kind; shorter than an address may
   *     be
   */
  DatagramNotices(String socket) {
    this.address = address(socket);
  }

  private record Sender(int socket, MethodHandle sendto) {}

  @Override
  public synchronized boolean tell(String message) {
    if (broken) {
      return false;
    }
    try (Arena arena = Arena.ofConfined()) {
      if (sender.isEmpty()) {
        sender = Optional.of(open());
      }
      byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
      return (long)
              sender
                  .get()
                  .sendto
                  .invokeExact(
                      sender.get().socket,
                      arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes),
                      (long) bytes.length,
                      MSG_DONTWAIT | MSG_NOSIGNAL,
                      arena.allocateFrom(ValueLayout.JAVA_BYTE, address),
                      address.length)
          == bytes.length;
    } catch (Throwable e) { // what a method handle declares
      broken = true;
      LOG.warn("the service manager can't be told anything reason={}", e.toString());
      return false;
    }
  }

  /** Lets go of the socket; for who ends before the process does. */
  @Override
  public synchronized void close() {
    broken = true;
    if (sender.isPresent()) {
      try {
        int ignored =
            (int)
                function("close", ValueLayout.JAVA_INT, ValueLayout.JAVA_INT)
                    .invokeExact(sender.get().socket);
      } catch (Throwable e) { // what a method handle declares
        LOG.debug("cannot close the socket", e);
      }
    }
  }

  private static Sender open() throws Throwable {
    MethodHandle socket =
        function(
            "socket",
            ValueLayout.JAVA_INT,
            ValueLayout.JAVA_INT,
            ValueLayout.JAVA_INT,
            ValueLayout.JAVA_INT);
    int made = (int) socket.invokeExact(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (made < 0) {
      throw new IllegalStateException("no socket could be made");
    }
    return new Sender(
        made,
        function(
            "sendto",
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_INT,
            ValueLayout.ADDRESS,
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_INT,
            ValueLayout.ADDRESS,
            ValueLayout.JAVA_INT));
  }

  // what is called and with what is written here, and nowhere else
  @SuppressWarnings("restricted")
  private static MethodHandle function(
      String name, MemoryLayout answer, MemoryLayout... arguments) {
    Linker linker = Linker.nativeLinker();
    MemorySegment at = linker.defaultLookup().findOrThrow(name);
    return linker.downcallHandle(at, FunctionDescriptor.of(answer, arguments));
  }

  /**
   * {@code sockaddr_un}: the family, then the path with a zero behind it, or a zero and the name.
   */
  private static byte[] address(String socket) {
    boolean unseen = socket.startsWith("@");
    byte[] name = socket.getBytes(StandardCharsets.UTF_8);
    byte[] address = new byte[2 + name.length + (unseen ? 0 : 1)];
    java.nio.ByteBuffer.wrap(address)
        .order(java.nio.ByteOrder.nativeOrder())
        .putShort((short) AF_UNIX)
        .put(name);
    if (unseen) {
      address[2] = 0;
    }
    return address;
  }
}
