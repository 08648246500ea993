package dev.holdfast.faults;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/**
 * A web server on loopback that answers each path as a case wants it to, honest or not. It notes
 * what it was asked.
 */
final class HostileSite implements AutoCloseable {
  /** How a good answer begins; more headers follow, or an empty line. */
  static final String OK = "HTTP/1.1 200 OK\r\nConnection: close\r\n";

  private final ServerSocket listener;
  private final Optional<SSLContext> tls;
  private final Map<String, Answer> answers = new ConcurrentHashMap<>();
  private final List<Asked> asked = new CopyOnWriteArrayList<>();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  private HostileSite(ServerSocket listener, Optional<SSLContext> tls) {
    this.listener = listener;
    this.tls = tls;
  }

  /** Answers once; the connection is closed in order after it, unless it was cut. */
  interface Answer {
    /** Writes all that is answered, from the status line on. */
    void to(OutputStream out, Cut cut) throws IOException, InterruptedException;
  }

  /** Ends a connection below TLS, so that nothing says that this was all. */
  interface Cut {
    /** Cuts it. */
    void now() throws IOException;
  }

  /**
   * What it was asked for.
   *
   * @param authorization empty if there was none
   */
  record Asked(String path, String authorization) {}

  /**
   * One that listens there.
   *
   * @param port 0: any
   * @param tls what it shows; empty: it speaks in the clear
   */
  static HostileSite start(InetAddress at, int port, Optional<SSLContext> tls) throws IOException {
    HostileSite site = new HostileSite(new ServerSocket(port, 50, at), tls);
    Thread.ofVirtual().start(site::accept);
    return site;
  }

  /** A whole answer with that content. */
  static Answer page(byte[] content) {
    return (out, _) -> {
      line(out, OK + "Content-Length: " + content.length + "\r\n\r\n");
      out.write(content);
      out.flush();
    };
  }

  /** Sends on to elsewhere. */
  static Answer redirect(String to) {
    return (out, _) ->
        line(
            out,
            "HTTP/1.1 302 Found\r\nConnection: close\r\nContent-Length: 0\r\nLocation: "
                + to
                + "\r\n\r\n");
  }

  /** Writes text as it is. */
  static void line(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
  }

  int port() {
    return listener.getLocalPort();
  }

  /** From now on this is what is answered there; all other paths are not found. */
  void on(String path, Answer answer) {
    answers.put(path, answer);
  }

  /** What it was asked for, in order. */
  List<Asked> asked() {
    return List.copyOf(asked);
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        open.add(socket);
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException e) {
        // Closed, or the one who came is gone again.
      }
    }
  }

  private void serve(Socket below) {
    try (below;
        Socket socket = tls.isPresent() ? secure(below, tls.get()) : below) {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
      String[] first = String.valueOf(in.readLine()).split(" ", -1);
      String path = first.length < 2 ? "" : first[1].replaceAll("\\?.*", "");
      String authorization = "";
      for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
        if (line.regionMatches(true, 0, "authorization:", 0, 14)) {
          authorization = line.substring(14).strip();
        }
      }
      asked.add(new Asked(path, authorization));
      answers
          .getOrDefault(path, (out, _) -> line(out, "HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n"))
          .to(socket.getOutputStream(), below::close);
    } catch (IOException e) {
      // Who came has gone, or did not believe us.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(below);
    }
  }

  private static Socket secure(Socket below, SSLContext tls) throws IOException {
    SSLSocket socket =
        (SSLSocket)
            tls.getSocketFactory()
                .createSocket(
                    below, below.getInetAddress().getHostAddress(), below.getPort(), true);
    socket.setUseClientMode(false);
    return socket;
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket each : open) {
      each.close();
    }
  }
}
