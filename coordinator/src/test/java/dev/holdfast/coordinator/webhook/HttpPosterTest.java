package dev.holdfast.coordinator.webhook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.coordinator.trust.Authority;
import dev.holdfast.task.OwnerThread;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes over the network, against a server that answers with whatever bytes a test says. */
final class HttpPosterTest {
  private static final byte[] BODY = "{\"type\":\"RunEnded\"}".getBytes(StandardCharsets.UTF_8);

  private static final SSLSocketFactory TLS = (SSLSocketFactory) SSLSocketFactory.getDefault();

  private final OwnerThread timers =
      new OwnerThread("timers", InstantSource.system(), failure -> {});
  private final HttpPoster poster = new HttpPoster(TLS, timers);
  private final List<String> requests = new CopyOnWriteArrayList<>();

  @SuppressWarnings("NullAway.Init") // set before each test
  private ServerSocket server;

  private volatile String answer = "";
  private volatile boolean drips;

  @BeforeEach
  void listen() throws IOException {
    server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::serve);
  }

  @AfterEach
  void close() throws IOException {
    server.close();
    timers.close();
  }

  private void serve() {
    while (!server.isClosed()) {
      try (Socket socket = server.accept()) {
        StringBuilder request = new StringBuilder();
        int next = socket.getInputStream().read();
        while (next >= 0) {
          request.append((char) next);
          next = request.toString().endsWith("}") ? -1 : socket.getInputStream().read();
        }
        requests.add(request.toString());
        for (byte one : answer.getBytes(StandardCharsets.ISO_8859_1)) {
          socket.getOutputStream().write(one);
          if (drips) {
            var _ = new CountDownLatch(1).await(50, TimeUnit.MILLISECONDS);
          }
        }
        socket.getOutputStream().flush();
      } catch (IOException | InterruptedException e) {
        // the next one may do better
      }
    }
  }

  @Test
  void theBodyAndTheHeadersArriveAndAnyStatusOf2xxIsTaken() {
    answer = "HTTP/1.1 204 No Content\r\n\r\n";

    assertEquals(Optional.empty(), post("/in/here?key=1"));
    String request = requests.getFirst();
    assertTrue(request.startsWith("POST /in/here?key=1 HTTP/1.1\r\nHost: localhost:"), request);
    assertTrue(request.contains("\r\nX-Test: yes\r\n"), request);
    assertTrue(request.contains("\r\nContent-Length: " + BODY.length + "\r\n"), request);
    assertTrue(request.endsWith("\r\n\r\n" + new String(BODY, StandardCharsets.UTF_8)), request);
  }

  @Test
  void redirectsAreNotFollowed() {
    answer = "HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\n\r\n";

    assertEquals(Optional.of("the answer was 302; redirects are not followed"), post("/"));
    assertEquals(1, requests.size());
  }

  @Test
  void everythingElseIsToldInWords() {
    answer = "HTTP/1.1 500 Oh\r\n\r\n";
    assertEquals(Optional.of("the answer was 500"), post("/"));
    answer = "SSH-2.0-server\r\n";
    assertEquals(Optional.of("what answered does not speak HTTP/1.1"), post("/"));
    answer = "x".repeat(100_000);
    assertEquals(Optional.of("what answered does not speak HTTP/1.1"), post("/"));
    assertTrue(
        poster
            .post("http://localhost:1/", Map.of(), BODY)
            .orElseThrow()
            .startsWith("ConnectException"),
        "nobody listens there");
    assertTrue(
        poster
            .post("https://169.254.169.254/", Map.of(), BODY)
            .orElseThrow()
            .startsWith("the URL leads to 169.254.169.254"),
        "whatever was stored");
  }

  @Test
  void whoeverAnswersByteByByteIsCutOff() {
    answer = "HTTP/1.1 200 OK" + " ".repeat(900) + "\r\n\r\n";
    drips = true;
    long began = System.nanoTime();
    Optional<String> refused =
        new HttpPoster(TLS, timers, Duration.ofMillis(300))
            .post("http://localhost:" + server.getLocalPort() + "/", Map.of(), BODY);

    assertTrue(refused.isPresent());
    assertTrue(Duration.ofNanos(System.nanoTime() - began).toSeconds() < 20, refused.toString());
  }

  @Test
  void whoeverDoesNotSpeakTlsIsNotSentTo() {
    answer = "HTTP/1.1 200 OK\r\n\r\n";
    Optional<String> refused =
        poster.post("https://localhost:" + server.getLocalPort() + "/", Map.of(), BODY);

    assertTrue(refused.isPresent());
    assertTrue(
        requests.stream().noneMatch(request -> request.contains("RunEnded")), requests.toString());
  }

  @Test
  void overTlsItGoesToWhomTheNameBelongsToAndToNobodyElse(@TempDir Path folder)
      throws IOException, GeneralSecurityException {
    Instant now = Instant.now();
    Authority authority =
        Authority.open(folder, "test.example", new SecureRandom(), now, Duration.ofDays(7));
    server.close();
    server = secure(authority.coordinator(folder, List.of("localhost"), now));
    Thread.ofVirtual().start(this::serve);
    answer = "HTTP/1.1 200 OK\r\n\r\n";
    HttpPoster trusting = new HttpPoster(trusting(authority.certificate()), timers);

    assertEquals(Optional.empty(), trusting.post(https("localhost"), Map.of(), BODY));
    assertTrue(requests.getFirst().startsWith("POST /in HTTP/1.1\r\nHost: localhost:"));

    Optional<String> otherName = trusting.post(https("127.0.0.1"), Map.of(), BODY);
    Optional<String> unknownAuthority = poster.post(https("localhost"), Map.of(), BODY);
    assertTrue(otherName.orElseThrow().startsWith("SSLHandshakeException"), otherName.toString());
    assertTrue(
        unknownAuthority.orElseThrow().startsWith("SSLHandshakeException"),
        unknownAuthority.toString());
    assertEquals(1, requests.size(), "they saw nothing of it");
  }

  private String https(String host) {
    return "https://" + host + ":" + server.getLocalPort() + "/in";
  }

  private static ServerSocket secure(Authority.Identity identity)
      throws IOException, GeneralSecurityException {
    char[] password = "of no store".toCharArray();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    keys.load(null, password);
    keys.setKeyEntry("site", identity.key(), password, new Certificate[] {identity.certificate()});
    KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    own.init(keys, password);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(own.getKeyManagers(), null, null);
    return context
        .getServerSocketFactory()
        .createServerSocket(0, 5, InetAddress.getLoopbackAddress());
  }

  private static SSLSocketFactory trusting(Certificate authority)
      throws IOException, GeneralSecurityException {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("authority", authority);
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context.getSocketFactory();
  }

  private Optional<String> post(String path) {
    return poster.post(
        "http://localhost:" + server.getLocalPort() + path, Map.of("X-Test", "yes"), BODY);
  }
}
