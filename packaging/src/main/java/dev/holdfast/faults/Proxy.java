package dev.holdfast.faults;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A road on loopback that can be bad: what goes through it can be held, dropped on the way in one
 * direction, slowed, cut after so many bytes, or not taken at all.
 */
final class Proxy implements AutoCloseable {
  private final ServerSocket listener;
  private volatile InetSocketAddress target;
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final AtomicInteger accepted = new AtomicInteger();
  private final AtomicLong cutAfter = new AtomicLong(Long.MAX_VALUE);
  private volatile boolean up = true;
  private volatile boolean down = true;
  private volatile long bytesPerSecond = Long.MAX_VALUE;

  private Proxy(ServerSocket listener, InetSocketAddress target) {
    this.listener = listener;
    this.target = target;
  }

  /** To an address {@code host:port}. */
  static Proxy to(String address) throws IOException {
    Proxy proxy =
        new Proxy(new ServerSocket(0, 512, InetAddress.getLoopbackAddress()), parsed(address));
    Thread.ofVirtual().start(proxy::accept);
    return proxy;
  }

  /** From now on it leads somewhere else; all connections end. */
  void leadsTo(String address) {
    target = parsed(address);
    cut();
  }

  private static InetSocketAddress parsed(String address) {
    int colon = address.lastIndexOf(':');
    return new InetSocketAddress(
        address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
  }

  /** Where it listens. */
  String address() {
    return "127.0.0.1:" + listener.getLocalPort();
  }

  /** Connections that came. */
  int accepted() {
    return accepted.get();
  }

  /** Which directions are open: what comes in a closed one waits, and nobody is told. */
  void open(boolean towardsTarget, boolean back) {
    up = towardsTarget;
    down = back;
  }

  /** How fast each direction of each connection is. */
  void slow(long bytes) {
    bytesPerSecond = bytes;
  }

  /** All connections end once so many bytes more have come back from the target. */
  void cutAfter(long bytes) {
    cutAfter.set(bytes);
  }

  /** All connections end. */
  void cut() {
    sockets.forEach(Proxy::end);
    sockets.clear();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    cut();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket near = listener.accept();
        accepted.incrementAndGet();
        Socket far = new Socket();
        sockets.add(near);
        sockets.add(far);
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    far.connect(target, 5_000);
                    Thread.ofVirtual().start(() -> pass(near, far, true));
                    pass(far, near, false);
                  } catch (IOException e) {
                    end(near);
                  }
                });
      } catch (IOException e) {
        // Closed, or the one who came is gone again.
      }
    }
  }

  private void pass(Socket from, Socket to, boolean towardsTarget) {
    byte[] buffer = new byte[16 * 1024];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        while (!(towardsTarget ? up : down)) {
          TimeUnit.MILLISECONDS.sleep(20);
        }
        long speed = bytesPerSecond;
        if (speed < Long.MAX_VALUE) {
          TimeUnit.NANOSECONDS.sleep(Duration.ofSeconds(n).toNanos() / speed);
        }
        if (!towardsTarget && cutAfter.addAndGet(-n) < 0) {
          cutAfter.set(Long.MAX_VALUE);
          cut();
          return;
        }
        out.write(buffer, 0, n);
        out.flush();
      }
    } catch (IOException e) {
      // One side is gone.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    end(from);
    end(to);
    sockets.remove(from);
    sockets.remove(to);
  }

  private static void end(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is.
    }
  }
}
