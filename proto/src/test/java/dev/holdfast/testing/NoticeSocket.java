package dev.holdfast.testing;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/** The socket of a service manager that is not there: what programs tell it can be read. */
public final class NoticeSocket implements AutoCloseable {
  private static final int AF_UNIX = 1;
  private static final int SOCK_DGRAM = 2;
  private static final int SOL_SOCKET = 1;
  private static final int SO_RCVTIMEO = 20;
  private static final int MAX_MESSAGE = 4096;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

  private final String name;
  private final int socket;

  /**
   * Binds it.
   *
   * @param name a path, or {@code @} and a name of the abstract kind
   */
  public NoticeSocket(String name) {
    Assumptions.assumeTrue(
        System.getProperty("os.name").equals("Linux"), "sockets as Linux has them");
    this.name = name;
    try (Arena arena = Arena.ofConfined()) {
      this.socket =
          (int) function("socket", INT, INT, INT, INT).invokeExact(AF_UNIX, SOCK_DGRAM, 0);
      byte[] text = name.getBytes(StandardCharsets.UTF_8);
      ByteBuffer address =
          ByteBuffer.allocate(text.length + 3).order(ByteOrder.nativeOrder()).putShort((short) 1);
      address.put(text).put((byte) 0);
      if (name.startsWith("@")) {
        address.put(2, (byte) 0);
      }
      int length = text.length + (name.startsWith("@") ? 2 : 3);
      int bound =
          (int)
              function("bind", INT, INT, ValueLayout.ADDRESS, INT)
                  .invokeExact(
                      socket, arena.allocateFrom(ValueLayout.JAVA_BYTE, address.array()), length);
      if (bound != 0) {
        throw new IllegalStateException("cannot bind " + name);
      }
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /** What to say to a program so that it finds this. */
  public String name() {
    return name;
  }

  /** The next message, if one comes in time. */
  public Optional<String> next(Duration atMost) {
    try (Arena arena = Arena.ofConfined()) {
      long micros = Math.max(1, atMost.toNanos() / 1000);
      int set =
          (int)
              function("setsockopt", INT, INT, INT, INT, ValueLayout.ADDRESS, INT)
                  .invokeExact(
                      socket,
                      SOL_SOCKET,
                      SO_RCVTIMEO,
                      arena.allocateFrom(LONG, micros / 1_000_000, micros % 1_000_000),
                      16);
      MemorySegment room = arena.allocate(MAX_MESSAGE);
      long got =
          (long)
              function("recv", LONG, INT, ValueLayout.ADDRESS, LONG, INT)
                  .invokeExact(socket, room, (long) MAX_MESSAGE, 0);
      return set != 0 || got < 0
          ? Optional.empty()
          : Optional.of(
              new String(
                  room.asSlice(0, got).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8));
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /** All lines that come until one is this, that one included; fails if it doesn't come in time. */
  public List<String> until(String line, Duration atMost) {
    List<String> lines = new ArrayList<>();
    long end = System.nanoTime() + atMost.toNanos();
    while (!lines.contains(line)) {
      Optional<String> message = next(Duration.ofNanos(Math.max(1000, end - System.nanoTime())));
      if (message.isEmpty()) {
        throw new AssertionError("no " + line + " but " + lines);
      }
      lines.addAll(message.get().lines().toList());
    }
    return lines;
  }

  /** Reads what has come. */
  public List<String> drain() {
    List<String> lines = new ArrayList<>();
    for (Optional<String> message = next(Duration.ofNanos(1000));
        message.isPresent();
        message = next(Duration.ofNanos(1000))) {
      lines.addAll(message.get().lines().toList());
    }
    return lines;
  }

  @Override
  public void close() {
    try {
      int ignored = (int) function("close", INT, INT).invokeExact(socket);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  // what is called and with what is written here, and nowhere else
  @SuppressWarnings("restricted")
  private static MethodHandle function(
      String name, MemoryLayout answer, MemoryLayout... arguments) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow(name), FunctionDescriptor.of(answer, arguments));
  }
}
