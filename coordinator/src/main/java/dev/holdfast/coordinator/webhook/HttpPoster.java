package dev.holdfast.coordinator.webhook;

import dev.holdfast.task.Timers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * Posts over HTTP/1.1, one connection a request. The address is looked up once, judged, and then
 * connected to, so that no second answer of the name service leads elsewhere. No redirect is
 * followed; of the answer nothing but its first line is read.
 */
public final class HttpPoster implements Poster {
  /** How long a connection may take to open. */
  static final Duration CONNECT = Duration.ofSeconds(5);

  /** How long all of it may take. */
  static final Duration WHOLE = Duration.ofSeconds(15);

  private static final int MAX_LINE = 1_024;
  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] ([1-5]\\d\\d)(?: .*)?");

  private final SSLSocketFactory tls;
  private final Timers timers;
  private final Duration whole;

  /**
   * Makes one.
   *
   * @param tls says whom to trust; the host's name is checked here
   * @param timers end what takes too long
   */
  public HttpPoster(SSLSocketFactory tls, Timers timers) {
    this(tls, timers, WHOLE);
  }

  /** For tests: all of it may take this long. */
  HttpPoster(SSLSocketFactory tls, Timers timers, Duration whole) {
    this.tls = tls;
    this.timers = timers;
    this.whole = whole;
  }

  @Override
  public Optional<String> post(String url, Map<String, String> headers, byte[] body) {
    Duration end = timers.uptime().plus(whole);
    try {
      URI target = URI.create(url);
      InetAddress[] addresses = InetAddress.getAllByName(WebhookUrl.host(target));
      for (InetAddress address : addresses) {
        Optional<String> problem = WebhookUrl.problem(target, address);
        if (problem.isPresent()) {
          return Optional.of("the URL " + problem.get());
        }
      }
      return post(target, addresses[0], headers, body, end);
    } catch (UnknownHostException e) {
      return Optional.of("the host's name has no address");
    } catch (SocketTimeoutException e) {
      return Optional.of("no answer in time");
    } catch (IOException | RuntimeException e) {
      return Optional.of(e.getClass().getSimpleName() + ": " + e.getMessage());
    }
  }

  /** A peer that answers byte by byte is cut off at the end too: its socket is closed under it. */
  private Optional<String> post(
      URI target, InetAddress address, Map<String, String> headers, byte[] body, Duration end)
      throws IOException {
    Timers.Timer cut = () -> {};
    try (Socket plain = new Socket()) {
      cut = timers.after(Duration.ofMillis(left(end)), () -> close(plain));
      Socket socket = connect(plain, target, address, end);
      write(socket.getOutputStream(), target, headers, body);
      return judge(firstLine(socket, end));
    } finally {
      cut.cancel();
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // whoever uses it finds that out
    }
  }

  private Socket connect(Socket plain, URI target, InetAddress address, Duration end)
      throws IOException {
    boolean secure = "https".equalsIgnoreCase(target.getScheme());
    int port = target.getPort() > 0 ? target.getPort() : secure ? 443 : 80;
    plain.connect(new InetSocketAddress(address, port), (int) CONNECT.toMillis());
    plain.setSoTimeout(left(end));
    if (!secure) {
      return plain;
    }
    SSLSocket socket = (SSLSocket) tls.createSocket(plain, WebhookUrl.host(target), port, true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return socket;
  }

  private int left(Duration end) throws SocketTimeoutException {
    long left = end.minus(timers.uptime()).toMillis();
    if (left <= 0) {
      throw new SocketTimeoutException();
    }
    return (int) left;
  }

  private static void write(OutputStream out, URI target, Map<String, String> headers, byte[] body)
      throws IOException {
    String path = Optional.ofNullable(target.getRawPath()).filter(p -> !p.isEmpty()).orElse("/");
    StringBuilder head = new StringBuilder("POST ").append(path);
    if (target.getRawQuery() != null) {
      head.append('?').append(target.getRawQuery());
    }
    head.append(" HTTP/1.1\r\nHost: ").append(target.getHost());
    if (target.getPort() > 0) {
      head.append(':').append(target.getPort());
    }
    head.append("\r\nUser-Agent: holdfast\r\nContent-Type: application/json\r\nContent-Length: ")
        .append(body.length)
        .append("\r\nConnection: close\r\n");
    headers.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
    head.append("\r\n");
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    request.writeBytes(head.toString().getBytes(StandardCharsets.US_ASCII));
    request.writeBytes(body);
    out.write(request.toByteArray());
    out.flush();
  }

  private String firstLine(Socket socket, Duration end) throws IOException {
    InputStream in = socket.getInputStream();
    StringBuilder line = new StringBuilder();
    while (line.length() < MAX_LINE) {
      socket.setSoTimeout(left(end));
      int next = in.read();
      if (next < 0 || next == '\n') {
        break;
      }
      line.append((char) next);
    }
    return line.toString().strip();
  }

  private static Optional<String> judge(String line) {
    Matcher status = STATUS.matcher(line);
    if (!status.matches()) {
      return Optional.of("what answered does not speak HTTP/1.1");
    }
    return switch (status.group(1).charAt(0)) {
      case '2' -> Optional.empty();
      case '3' -> Optional.of("the answer was " + status.group(1) + "; redirects are not followed");
      default -> Optional.of("the answer was " + status.group(1));
    };
  }
}
