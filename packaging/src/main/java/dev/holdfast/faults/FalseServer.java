package dev.holdfast.faults;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/** Shows a certificate to whoever comes, and counts what it is told then. */
final class FalseServer implements AutoCloseable {
  private final SSLServerSocket listener;
  private final String application;
  private final AtomicInteger came = new AtomicInteger();
  private final AtomicLong told = new AtomicLong();

  private FalseServer(SSLServerSocket listener, String application) {
    this.listener = listener;
    this.application = application;
  }

  /**
   * One that listens on loopback.
   *
   * @param protocol of TLS, the only one
   * @param application what it speaks over TLS: {@code h2}
   */
  static FalseServer start(Papers.Bundle shown, String protocol, String application)
      throws IOException, GeneralSecurityException {
    SSLServerSocket listener =
        (SSLServerSocket)
            Papers.serving(shown)
                .getServerSocketFactory()
                .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
    listener.setEnabledProtocols(new String[] {protocol});
    FalseServer server = new FalseServer(listener, application);
    Thread.ofVirtual().start(server::accept);
    return server;
  }

  /** Where it listens. */
  String address() {
    return "127.0.0.1:" + listener.getLocalPort();
  }

  /** Connections that came. */
  int came() {
    return came.get();
  }

  /** Bytes that it was told after a handshake. */
  long told() {
    return told.get();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        SSLSocket socket = (SSLSocket) listener.accept();
        Thread.ofVirtual().start(() -> hear(socket));
      } catch (IOException e) {
        // Closed, or the one who came is gone again.
      }
    }
  }

  private void hear(SSLSocket socket) {
    try (socket) {
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setApplicationProtocols(new String[] {application});
      socket.setSSLParameters(parameters);
      socket.setSoTimeout(10_000);
      InputStream in = socket.getInputStream();
      byte[] buffer = new byte[4096];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        told.addAndGet(n);
      }
    } catch (IOException e) {
      // It was not believed.
    }
    came.incrementAndGet();
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
