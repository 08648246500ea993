package dev.holdfast.agent.download;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.holdfast.agent.download.Source.Login;
import dev.holdfast.agent.download.Source.Revision;
import dev.holdfast.task.Sha256;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Downloads from servers on the loopback. */
final class HostDownloadsTest {
  private static final byte[] HELLO = "echo hello\n".getBytes(StandardCharsets.UTF_8);

  /** So long that a busy machine is never taken for a slow server. */
  private static final Duration PATIENT = Duration.ofSeconds(60);

  private static final Duration HASTY = Duration.ofMillis(800);
  private static final DownloadBounds SMALL = new DownloadBounds(1 << 20, 100, 100, PATIENT, 1_000);

  @TempDir private Path folder;
  private Site site;
  private final List<AutoCloseable> opened = new ArrayList<>();

  @BeforeEach
  void open() throws IOException {
    site = new Site(Optional.empty());
    site.page("/hello.sh", HELLO, "text/plain");
  }

  @AfterEach
  void close() throws Exception {
    site.close();
    for (AutoCloseable each : opened) {
      each.close();
    }
  }

  @Test
  void aFileIsWholeExecutableAndWhereItIsSaid() throws Exception {
    Path there = get(web("/hello.sh"), "");

    assertEquals(downloads().resolve("hello.sh"), there);
    assertEquals("echo hello\n", Files.readString(there));
    assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(there)));
    assertEquals(
        "rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(downloads())));
    assertEquals(List.of("hello.sh"), names(downloads()));
  }

  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource({
    "'',            downloads/hello.sh",
    "sub/,          downloads/sub/hello.sh",
    "other.sh,      downloads/other.sh",
    "a/b/c.sh,      downloads/a/b/c.sh",
    "there,         downloads/there/hello.sh",
    "ABS/x/y.sh,    x/y.sh",
    "ABS/x/,        x/hello.sh",
  })
  void aDestinationIsAFileOrAFolderBelowTheDownloadsOrAnywhere(String written, String expected)
      throws Exception {
    Files.createDirectories(downloads().resolve("there"));

    get(web("/hello.sh"), written.replace("ABS", folder.toString()));

    assertEquals("echo hello\n", Files.readString(folder.resolve(expected)));
  }

  @Test
  void aDestinationThatLeavesTheDownloadsIsRefusedAlsoThroughALink() throws Exception {
    Files.createDirectories(downloads());
    Files.createSymbolicLink(downloads().resolve("out"), folder);

    assertEquals("InvalidInputs", failure(web("/hello.sh"), "../x.sh"));
    assertEquals("DestinationInUse", failure(web("/hello.sh"), "out/x.sh"));
    assertFalse(Files.exists(folder.resolve("x.sh")));
  }

  @Test
  void whatIsNotAsItHasToBeFailsWithItsWordInTimeAndLeavesNothing() throws Exception {
    SSLContext tls = Site.tls(folder);
    Site secure = kept(new Site(Optional.of(tls)));
    secure.redirect("/down", site.url("/hello.sh").toString());
    secure.page("/hello.sh", HELLO, "text/plain");
    site.redirect("/loop", "/loop");
    site.redirect("/local", "http://169.254.169.254/latest");
    site.redirect("/file", "file:///etc/passwd");
    site.on(
        "/endless",
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          byte[] more = new byte[8_192];
          while (true) {
            exchange.getResponseBody().write(more);
          }
        });
    site.page("/large", new byte[(1 << 20) + 1], "x/y");
    site.on("/missing", exchange -> Site.send(exchange, 404, new byte[0], "x/y"));
    URI drip = raw("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", true);
    URI cut = raw("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this", false);
    URI chunk = raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nonly", false);
    URI unsaid = raw("HTTP/1.1 200 OK\r\n\r\nonly this", false);
    URI mute = raw("", true);
    Map<String, Source> cases = new LinkedHashMap<>();
    cases.put(
        "HashMismatch wrong hash",
        new Source.Web(
            site.url("/hello.sh"), true, Login.NONE, Optional.of(Sha256.of(new byte[0]))));
    cases.put("DownloadFailed truncated", web(cut));
    cases.put("DownloadFailed truncated chunk", web(chunk));
    cases.put("DownloadFailed without a length", web(unsaid));
    cases.put("DownloadFailed not found", web("/missing"));
    cases.put("InsecureDownload http", insecure(site.url("/hello.sh"), false));
    cases.put("InsecureDownload https to http", insecure(secure.url("/down"), false));
    cases.put(
        "InsecureDownload https to http, allowed for http", insecure(secure.url("/down"), true));
    cases.put("DownloadFailed http to file", web("/file"));
    cases.put("ForbiddenAddress link-local", web(URI.create("http://169.254.169.254/x")));
    cases.put("ForbiddenAddress link-local as a number", web(URI.create("http://2852039166/x")));
    cases.put("ForbiddenAddress link-local in IPv6", web(URI.create("http://[fe80::1]/x")));
    cases.put("ForbiddenAddress mapped", web(URI.create("http://[::ffff:169.254.169.254]/x")));
    cases.put("ForbiddenAddress by name", web(URI.create("http://metadata.test/x")));
    cases.put("ForbiddenAddress by redirect", web("/local"));
    cases.put("TooSlow one byte now and then", web(drip));
    cases.put("TooSlow no answer", web(mute));
    cases.put("TooLarge endless", web("/endless"));
    cases.put("TooLarge by its length", web("/large"));
    cases.put("TooManyRedirects loop", web("/loop"));
    cases.put("DownloadFailed no such host", web(URI.create("http://nowhere.test/x")));
    StringBuilder figures = new StringBuilder();
    for (Map.Entry<String, Source> each : cases.entrySet()) {
      long began = System.nanoTime();
      boolean slow = each.getKey().startsWith("TooSlow");
      String word = failure(downloads(tls, slow ? HASTY : PATIENT), each.getValue());
      long took = (System.nanoTime() - began) / 1_000_000;
      figures.append("  ").append(each.getKey()).append(" ").append(took).append(" ms\n");
      assertEquals(each.getKey().split(" ", 2)[0], word, each.getKey());
      assertTrue(took < 30_000, each.getKey() + " took " + took);
      assertEquals(List.of(), names(downloads()), each.getKey());
    }
    System.out.print("downloads that fail, and leave nothing:\n" + figures);
    assertEquals(secure.url("/hello.sh").getHost(), "127.0.0.1");
    downloads(tls, PATIENT).get(order(insecure(secure.url("/hello.sh"), false), ""));
    assertEquals(List.of("hello.sh"), names(downloads()));
  }

  @Test
  void aFileThatIsThereStaysWholeWhileAnotherIsFetchedAndWhereThatFails() throws Exception {
    get(web("/hello.sh"), "");
    Source wrong =
        new Source.Web(
            site.url("/hello.sh"), true, Login.NONE, Optional.of(Sha256.of(new byte[0])));

    assertEquals("HashMismatch", failure(wrong, ""));
    assertEquals("echo hello\n", Files.readString(downloads().resolve("hello.sh")));
    get(new Source.Web(site.url("/hello.sh"), true, Login.NONE, Optional.of(Sha256.of(HELLO))), "");
  }

  @Test
  void aFileWhoseLengthNobodyTellsIsKnownToBeWholeByItsHash() throws Exception {
    URI unsaid = raw("HTTP/1.1 200 OK\r\n\r\necho hello\n", false);

    Path there = get(new Source.Web(unsaid, true, Login.NONE, Optional.of(Sha256.of(HELLO))), "a");

    assertEquals("echo hello\n", Files.readString(there));
  }

  @Test
  void whoIsInterruptedLeavesNothing() throws Exception {
    CountDownLatch inTheMiddle = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    site.on(
        "/slow",
        exchange -> {
          exchange.sendResponseHeaders(200, 100_000);
          exchange.getResponseBody().write(new byte[10_000]);
          exchange.getResponseBody().flush();
          inTheMiddle.countDown();
          try {
            never.await(5, TimeUnit.SECONDS);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Thread worker =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    get(web("/slow"), "");
                  } catch (Exception e) {
                    failure.set(e);
                  }
                });
    assertTrue(inTheMiddle.await(5, TimeUnit.SECONDS));

    worker.interrupt();
    worker.join(5_000);
    never.countDown();

    assertTrue(failure.get() instanceof InterruptedException, String.valueOf(failure.get()));
    assertEquals(List.of(), names(downloads()));
  }

  @Test
  void credentialsGoToTheOriginThatTheyAreForAndNowhereElse() throws Exception {
    Site other = kept(new Site(Optional.empty()));
    other.page("/there", HELLO, "text/plain");
    site.redirect("/away", other.url("/there").toString());
    Login login = new Login(Login.Method.BASIC, new Secret("me"), new Secret("pass"));

    get(new Source.Web(site.url("/hello.sh"), true, login, Optional.empty()), "a");
    get(new Source.Web(site.url("/away"), true, login, Optional.empty()), "b");

    assertEquals(List.of("/hello.sh Basic bWU6cGFzcw==", "/away Basic bWU6cGFzcw=="), site.asked);
    assertEquals(List.of("/there -"), other.asked);
  }

  @Test
  void aDigestIsAnsweredOnce() throws Exception {
    site.on(
        "/digest",
        exchange -> {
          String header =
              Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization"))
                  .orElse("");
          if (header.contains("uri=\"/digest?a=b\"") && header.contains("algorithm=SHA-256")) {
            Site.send(exchange, 200, HELLO, "text/plain");
          } else {
            exchange
                .getResponseHeaders()
                .add("WWW-Authenticate", "Digest realm=\"r\", nonce=\"n\"");
            exchange
                .getResponseHeaders()
                .add(
                    "WWW-Authenticate",
                    "Digest realm=\"r\", nonce=\"n\", qop=\"auth\", algorithm=SHA-256");
            exchange.sendResponseHeaders(401, -1);
          }
        });
    Login login = new Login(Login.Method.DIGEST, new Secret("me"), new Secret("pass"));

    get(new Source.Web(site.url("/digest?a=b"), true, login, Optional.empty()), "x");
    assertEquals(2, site.asked.size());
    site.on(
        "/never",
        exchange -> {
          exchange.getResponseHeaders().add("WWW-Authenticate", "Digest realm=\"r\", nonce=\"n\"");
          exchange.sendResponseHeaders(401, -1);
        });
    assertEquals(
        "DownloadFailed",
        failure(new Source.Web(site.url("/never"), true, login, Optional.empty()), "y"));
    assertEquals(4, site.asked.size());
  }

  @Test
  void theExamplesOfTheStandardForDigestsAreAnsweredAsItSays() {
    String challenge =
        "Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", algorithm=WHICH,"
            + " nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\","
            + " opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"";
    URI url = URI.create("http://www.example.org/dir/index.html");
    String client = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";
    Map<String, String> responses =
        Map.of(
            "MD5",
            "8ca523f5e9506fed4657c9700eebdbec",
            "SHA-256",
            "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1");
    responses.forEach(
        (algorithm, response) ->
            assertTrue(
                DigestLogin.answer(
                        List.of(challenge.replace("WHICH", algorithm)),
                        url,
                        "Mufasa",
                        "Circle of Life",
                        client)
                    .orElseThrow()
                    .contains("response=\"" + response + "\""),
                algorithm));
  }

  @Test
  void aFileOfGitHubIsFetchedByItsContentAndAFolderByItsArchive() throws Exception {
    Site codeload = kept(new Site(Optional.empty()));
    codeload.page(
        "/archive",
        new TarBytes()
            .folder("o-r-1/")
            .file("o-r-1/scripts/a.sh", "echo a\n")
            .file("o-r-1/scripts/sub/b.sh", "echo b\n")
            .file("o-r-1/other", "x")
            .done(),
        "application/x-gzip");
    site.on(
        "/repos/o/r/contents/scripts",
        exchange -> {
          boolean file = exchange.getRequestURI().getPath().endsWith(".sh");
          Site.send(
              exchange,
              200,
              file ? HELLO : "[]".getBytes(StandardCharsets.UTF_8),
              file ? "application/vnd.github.raw+json; charset=utf-8" : "application/json");
        });
    site.redirect("/repos/o/r/tarball", codeload.url("/archive").toString());

    Path file = get(hub("scripts/a.sh", Optional.of(Sha256.of(HELLO))), "");
    assertEquals("echo hello\n", Files.readString(file));
    Path tree = get(hub("scripts", Optional.empty()), "tree");
    assertEquals("echo b\n", Files.readString(tree.resolve("sub/b.sh")));
    assertEquals(List.of("a.sh", "sub"), names(tree));
    assertEquals(
        "rwx------",
        PosixFilePermissions.toString(Files.getPosixFilePermissions(tree.resolve("a.sh"))));
    get(hub("", Optional.empty()), "all");
    assertTrue(Files.exists(downloads().resolve("all/other")));
    assertEquals("DownloadFailed", failure(hub("nowhere/", Optional.empty()), "no"));
    assertEquals("InvalidInputs", failure(hub("a/../../b", Optional.empty()), "no"));

    assertEquals(
        List.of(
            "/repos/o/r/contents/scripts/a.sh?ref=main Bearer hidden",
            "/repos/o/r/contents/scripts?ref=main Bearer hidden",
            "/repos/o/r/tarball/main Bearer hidden"),
        site.asked.subList(0, 3));
    assertTrue(codeload.asked.stream().allMatch(each -> each.endsWith(" -")), "no token elsewhere");
  }

  @Test
  void aFolderIsMergedIntoOneThatIsThereAndWhatIsInTheWayStays() throws Exception {
    site.page(
        "/repos/o/r/tarball",
        new TarBytes().folder("o/").file("o/a", "new").file("o/d/b", "new").done(),
        "application/x-gzip");
    Path there = downloads().resolve("t");
    Files.createDirectories(there.resolve("d"));
    Files.writeString(there.resolve("a"), "old");
    Files.writeString(there.resolve("d/c"), "old");

    get(hub("", Optional.empty()), "t");

    assertEquals("new", Files.readString(there.resolve("a")));
    assertEquals("old", Files.readString(there.resolve("d/c")));
    assertEquals(List.of("a", "d"), names(there));

    Files.delete(there.resolve("d/c"));
    Files.delete(there.resolve("d/b"));
    Files.delete(there.resolve("d"));
    Files.createSymbolicLink(there.resolve("d"), folder);
    assertEquals("DestinationInUse", failure(hub("", Optional.empty()), "t"));
    assertFalse(Files.exists(folder.resolve("b")));
  }

  @Test
  void aDocumentThatCameWithTheRunBecomesAFile() throws Exception {
    Path there = get(new Source.Stored("My-Doc:3", Optional.empty()), "");
    assertEquals("My-Doc.json", there.getFileName().toString());
    assertEquals("{}", Files.readString(there));
    assertEquals("InvalidDocument", failure(new Source.Stored("Other", Optional.empty()), ""));
  }

  @Test
  void withoutTheSecretThatItRefersToNothingIsFetched() {
    Login login = new Login(Login.Method.BASIC, new Secret("me"), new Secret("{{ ssm-secure:p }}"));
    assertEquals(
        "SecretUnavailable",
        failure(new Source.Web(site.url("/hello.sh"), true, login, Optional.empty()), ""));
    assertEquals(List.of(), site.asked);
  }

  @Test
  void credentialsThatCannotBeSentAreNotTold() {
    Source source =
        new Source.GitHub(
            "o", "r", "a", new Revision.Newest(), new Secret("se\ncret"), Optional.empty());
    DownloadException failure = assertThrows(DownloadException.class, () -> get(source, ""));
    assertFalse(String.valueOf(failure.getMessage()).contains("cret\""), failure::toString);
    assertTrue(String.valueOf(failure.getMessage()).startsWith("InvalidInputs"), failure::toString);
  }

  private Source.GitHub hub(String path, Optional<Sha256> sha256) {
    return new Source.GitHub(
        "o", "r", path, new Revision.Branch("main"), new Secret("hidden"), sha256);
  }

  private Source.Web web(String path) {
    return web(site.url(path));
  }

  private static Source.Web web(URI url) {
    return insecure(url, true);
  }

  private static Source.Web insecure(URI url, boolean allowed) {
    return new Source.Web(url, allowed, Login.NONE, Optional.empty());
  }

  private Path downloads() {
    return folder.resolve("downloads");
  }

  private Downloads.Order order(Source source, String destination) {
    return new Downloads.Order(
        source,
        destination,
        folder.resolve("0-1-0"),
        downloads(),
        Map.of("My-Doc:3", ByteString.copyFromUtf8("{}")));
  }

  private Path get(Source source, String destination) throws Exception {
    return downloads(SSLContext.getDefault(), PATIENT).get(order(source, destination));
  }

  private String failure(Source source, String destination) {
    DownloadException failure =
        assertThrows(DownloadException.class, () -> get(source, destination), source.toString());
    return word(failure);
  }

  private String failure(HostDownloads downloads, Source source) {
    DownloadException failure =
        assertThrows(
            DownloadException.class, () -> downloads.get(order(source, "")), source.toString());
    return word(failure);
  }

  private static String word(DownloadException failure) {
    return String.valueOf(failure.getMessage()).split(":", 2)[0];
  }

  private HostDownloads downloads(SSLContext tls, Duration slow) {
    return new HostDownloads(
        noPrograms(),
        folder,
        HostDownloadsTest::uptime,
        tls,
        names(),
        new DownloadBounds(SMALL.bytes(), SMALL.entries(), SMALL.ratio(), slow, SMALL.leastBytes()),
        gitHub());
  }

  private URI gitHub() {
    return site.url("");
  }

  private static dev.holdfast.agent.process.Programs noPrograms() {
    return program -> {
      throw new AssertionError("no program is needed");
    };
  }

  /** Names that no resolver knows; everything else is an address. */
  private static Reach.Names names() {
    return host ->
        switch (host) {
          case "metadata.test" ->
              List.of(InetAddress.getLoopbackAddress(), InetAddress.getByName("169.254.169.254"));
          case "nowhere.test" -> throw new UnknownHostException(host);
          default -> List.of(InetAddress.getAllByName(host));
        };
  }

  private static Duration uptime() {
    return Duration.ofNanos(System.nanoTime());
  }

  /** A server that says this to whoever comes, and then goes, or lets a byte come now and then. */
  private URI raw(String answer, boolean stays) throws IOException {
    ServerSocket server = kept(new ServerSocket(0, 5, InetAddress.getLoopbackAddress()));
    CountDownLatch closing = new CountDownLatch(1);
    opened.add(closing::countDown);
    Thread.ofVirtual()
        .start(
            () -> {
              while (!server.isClosed()) {
                try (Socket socket = server.accept();
                    OutputStream out = socket.getOutputStream()) {
                  var _ = socket.getInputStream().read(new byte[4_096]);
                  out.write(answer.getBytes(StandardCharsets.UTF_8));
                  out.flush();
                  while (stays && !closing.await(100, TimeUnit.MILLISECONDS)) {
                    if (!answer.isEmpty()) {
                      out.write('x');
                      out.flush();
                    }
                  }
                } catch (IOException e) {
                  // The other side has had enough.
                } catch (InterruptedException e) {
                  return;
                }
              }
            });
    return URI.create("http://127.0.0.1:" + server.getLocalPort() + "/x");
  }

  private <T extends AutoCloseable> T kept(T made) {
    opened.add(made);
    return made;
  }

  private static List<String> names(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
