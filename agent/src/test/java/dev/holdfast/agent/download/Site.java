package dev.holdfast.agent.download;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A web server on the loopback, with or without TLS. */
final class Site implements AutoCloseable {
  private static final char[] PASSWORD = "changeit".toCharArray();

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final boolean secure;

  /** The paths that were asked for, with the credentials that came along. */
  final List<String> asked = new CopyOnWriteArrayList<>();

  Site(Optional<SSLContext> tls) throws IOException {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    secure = tls.isPresent();
    if (tls.isPresent()) {
      HttpsServer made = HttpsServer.create(any, 0);
      made.setHttpsConfigurator(new HttpsConfigurator(tls.get()));
      server = made;
    } else {
      server = HttpServer.create(any, 0);
    }
    server.setExecutor(threads);
    server.start();
  }

  URI url(String path) {
    return URI.create(
        (secure ? "https" : "http") + "://127.0.0.1:" + server.getAddress().getPort() + path);
  }

  Site on(String path, HttpHandler handler) {
    server.createContext(
        path,
        exchange -> {
          asked.add(
              exchange.getRequestURI()
                  + " "
                  + Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization"))
                      .orElse("-"));
          try (exchange) {
            handler.handle(exchange);
          }
        });
    return this;
  }

  Site page(String path, byte[] content, String type) {
    return on(path, exchange -> send(exchange, 200, content, type));
  }

  Site redirect(String path, String to) {
    return on(
        path,
        exchange -> {
          exchange.getResponseHeaders().set("Location", to);
          exchange.sendResponseHeaders(302, -1);
        });
  }

  static void send(HttpExchange exchange, int status, byte[] content, String type)
      throws IOException {
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.sendResponseHeaders(status, content.length == 0 ? -1 : content.length);
    exchange.getResponseBody().write(content);
  }

  /** A key and certificate for 127.0.0.1, and trust in it. */
  static SSLContext tls(Path folder) throws IOException, GeneralSecurityException {
    Path file = folder.resolve("keys.p12");
    try {
      int code =
          new ProcessBuilder(
                  System.getProperty("java.home") + "/bin/keytool",
                  "-genkeypair",
                  "-alias",
                  "site",
                  "-keyalg",
                  "EC",
                  "-dname",
                  "CN=site",
                  "-ext",
                  "san=ip:127.0.0.1",
                  "-storetype",
                  "PKCS12",
                  "-keystore",
                  file.toString(),
                  "-storepass",
                  new String(PASSWORD))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor();
      if (code != 0) {
        throw new IOException("keytool ended with " + code);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      keys.load(in, PASSWORD);
    }
    KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    own.init(keys, PASSWORD);
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, PASSWORD);
    trusted.setCertificateEntry("site", keys.getCertificate("site"));
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(own.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
