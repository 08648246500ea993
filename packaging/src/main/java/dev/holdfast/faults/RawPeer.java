package dev.holdfast.faults;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** One connection on which any bytes and any frames of HTTP/2 can be sent. */
final class RawPeer implements AutoCloseable {
  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int PRIORITY = 2;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;
  static final int PING = 6;
  private static final int GOAWAY = 7;
  static final int WINDOW_UPDATE = 8;
  static final int CONTINUATION = 9;
  static final int END_STREAM = 1;
  static final int END_HEADERS = 4;

  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private final Socket socket;
  private final OutputStream out;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final AtomicLong received = new AtomicLong();
  private final AtomicBoolean refused = new AtomicBoolean();

  private RawPeer(Socket socket) throws IOException {
    this.socket = socket;
    this.out = socket.getOutputStream();
  }

  /** A connection without TLS; nothing is said on it. */
  static RawPeer plain(String address) throws IOException {
    Socket socket = new Socket();
    socket.connect(at(address), 5_000);
    RawPeer peer = new RawPeer(socket);
    peer.listen();
    return peer;
  }

  /** A connection with TLS whose handshake is done, speaking HTTP/2. */
  static RawPeer tls(String address, SSLContext context) throws IOException {
    Socket socket = new Socket();
    socket.connect(at(address), 5_000);
    SSLSocket tls =
        (SSLSocket) context.getSocketFactory().createSocket(socket, "localhost", 1, true);
    SSLParameters parameters = tls.getSSLParameters();
    parameters.setApplicationProtocols(new String[] {"h2"});
    tls.setSSLParameters(parameters);
    tls.setSoTimeout(20_000);
    try {
      tls.startHandshake();
    } catch (IOException e) {
      socket.close();
      throw e;
    }
    tls.setSoTimeout(0);
    RawPeer peer = new RawPeer(tls);
    peer.listen();
    return peer;
  }

  private static InetSocketAddress at(String address) {
    int colon = address.lastIndexOf(':');
    return new InetSocketAddress(
        address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
  }

  private void listen() {
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                hear(socket.getInputStream());
              } catch (IOException e) {
                // It was closed, one way or the other.
              }
              ended.countDown();
            });
  }

  private void hear(InputStream in) throws IOException {
    byte[] buffer = new byte[8 * 1024];
    byte[] header = new byte[9];
    int headerBytes = 0;
    int toPass = 0;
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      received.addAndGet(n);
      for (int at = 0; at < n; at++) {
        if (toPass > 0) {
          toPass--;
          continue;
        }
        header[headerBytes++] = buffer[at];
        if (headerBytes == header.length) {
          headerBytes = 0;
          toPass = (header[0] & 255) << 16 | (header[1] & 255) << 8 | (header[2] & 255);
          boolean ends =
              (header[3] == HEADERS || header[3] == DATA) && (header[4] & END_STREAM) != 0;
          if (ends || header[3] == RST_STREAM || header[3] == GOAWAY) {
            refused.set(true);
          }
        }
      }
    }
  }

  /** Whether a stream of it was ended by the other side, or it was told to go. */
  boolean refused() {
    return refused.get();
  }

  /** Bytes that came back. */
  long received() {
    return received.get();
  }

  /** Begins as clients do. */
  RawPeer greet() throws IOException {
    bytes(PREFACE);
    frame(SETTINGS, 0, 0, new byte[0]);
    return this;
  }

  /** Any bytes. */
  void bytes(byte[] bytes) throws IOException {
    out.write(bytes);
    out.flush();
  }

  /** One frame. */
  void frame(int type, int flags, int stream, byte[] payload) throws IOException {
    bytes(encoded(type, flags, stream, payload));
  }

  /** The same frame so many times, many in one write; ends early if the other side does. */
  int flood(int type, int flags, int stream, byte[] payload, int times) {
    byte[] one = encoded(type, flags, stream, payload);
    ByteArrayOutputStream some = new ByteArrayOutputStream();
    int atOnce = Math.max(1, Math.min(100, 16 * 1024 / one.length));
    for (int i = 0; i < atOnce; i++) {
      some.writeBytes(one);
    }
    int sent = 0;
    try {
      while (sent < times && !over()) {
        bytes(some.toByteArray());
        sent += atOnce;
      }
    } catch (IOException e) {
      // The other side has had enough.
    }
    return sent;
  }

  /** Opens a stream with a call. */
  void call(int stream, String method, boolean ends) throws IOException {
    frame(HEADERS, END_HEADERS | (ends ? END_STREAM : 0), stream, request(method, Map.of()));
  }

  /** The headers of a call, as HPACK without any table. */
  static byte[] request(String method, Map<String, String> more) {
    return headers("/" + method, more);
  }

  /** The same for a path that need not be that of a method. */
  static byte[] headers(String path, Map<String, String> more) {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    header(block, ":method", "POST");
    header(block, ":scheme", "https");
    header(block, ":path", path);
    header(block, ":authority", "localhost");
    header(block, "content-type", "application/grpc");
    header(block, "te", "trailers");
    more.forEach((name, value) -> header(block, name, value));
    return block.toByteArray();
  }

  private static void header(ByteArrayOutputStream block, String name, String value) {
    block.write(0);
    text(block, name);
    text(block, value);
  }

  private static void text(ByteArrayOutputStream block, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    if (bytes.length < 127) {
      block.write(bytes.length);
    } else {
      block.write(127);
      int left = bytes.length - 127;
      while (left >= 128) {
        block.write((left % 128) | 128);
        left /= 128;
      }
      block.write(left);
    }
    block.writeBytes(bytes);
  }

  private static byte[] encoded(int type, int flags, int stream, byte[] payload) {
    return ByteBuffer.allocate(9 + payload.length)
        .put((byte) (payload.length >> 16))
        .putShort((short) payload.length)
        .put((byte) type)
        .put((byte) flags)
        .putInt(stream)
        .put(payload)
        .array();
  }

  /** Whether the other side has ended it. */
  boolean over() {
    return ended.getCount() == 0;
  }

  /** Waits until the other side has ended it; whether it did in that time. */
  boolean ends(Duration atMost) throws InterruptedException {
    return ended.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() throws IOException {
    try (socket) {
      if (socket instanceof SSLSocket) {
        socket.setSoLinger(true, 0);
      }
    } catch (SocketException e) {
      // The reader has closed it: the other side ended it.
    }
  }
}
