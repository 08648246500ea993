package dev.holdfast.agent.state;

import dev.holdfast.task.RunLimits;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.function.Supplier;

/** Fetches files over TLS. What comes is bounded, and is only used if its hash is what was said. */
public final class HttpsSource implements LinuxHost.Source {
  private static final Duration CONNECT = Duration.ofSeconds(20);
  private static final Duration ANSWER = Duration.ofSeconds(60);
  private static final int BUFFER = 64 * 1024;

  private final Supplier<HttpClient> clients;

  /** With the JDK's client: made when it is needed, since it costs threads. */
  public HttpsSource() {
    this(
        () ->
            HttpClient.newBuilder()
                .connectTimeout(CONNECT)
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build());
  }

  HttpsSource(Supplier<HttpClient> clients) {
    this.clients = clients;
  }

  @Override
  public void fetch(URI from, Path to) throws InterruptedException {
    try (HttpClient client = clients.get()) {
      HttpResponse<InputStream> answer =
          client.send(
              HttpRequest.newBuilder(from).timeout(ANSWER).build(),
              HttpResponse.BodyHandlers.ofInputStream());
      try (InputStream in = answer.body()) {
        if (answer.statusCode() != 200) {
          throw new HostException(shown(from) + " answered with status " + answer.statusCode());
        }
        Files.createFile(
            to, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try (OutputStream out = Files.newOutputStream(to)) {
          copy(from, in, out);
        }
      }
    } catch (IOException e) {
      throw new HostException("cannot fetch " + shown(from) + ": " + e, e);
    }
  }

  /** Without what is behind the question mark: it may let whoever knows it in. */
  static String shown(URI from) {
    return from.getScheme() + "://" + from.getRawAuthority() + from.getRawPath();
  }

  private static void copy(URI from, InputStream in, OutputStream out) throws IOException {
    byte[] buffer = new byte[BUFFER];
    long total = 0;
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      total += n;
      if (total > RunLimits.MAX_FETCHED_BYTES) {
        throw new HostException(
            shown(from) + " has more than " + RunLimits.MAX_FETCHED_BYTES + " bytes");
      }
      out.write(buffer, 0, n);
    }
  }
}
