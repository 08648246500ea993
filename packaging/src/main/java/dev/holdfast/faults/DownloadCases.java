package dev.holdfast.faults;

import dev.holdfast.document.JsonText;
import dev.holdfast.document.Value;
import dev.holdfast.task.Sha256;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Servers that are wrong, slow, endless, or send one elsewhere. */
final class DownloadCases {
  private static final byte[] HELLO = "hello\n".getBytes(StandardCharsets.UTF_8);
  private static final String OLD = "what was there before\n";

  private DownloadCases() {}

  static List<Case> all() {
    return List.of(new WickedArchives(), new Servers());
  }

  /**
   * A document that downloads, a step each.
   *
   * @param steps each with its source and destination
   */
  static String document(List<Download> steps) {
    List<Value> all = new ArrayList<>();
    for (Download step : steps) {
      Map<String, Value> info = new LinkedHashMap<>();
      step.info.forEach((name, text) -> info.put(name, new Value.Text(text)));
      Map<String, Value> inputs = new LinkedHashMap<>();
      inputs.put("sourceType", new Value.Text(step.type));
      inputs.put("sourceInfo", new Value.Fields(info));
      inputs.put("destinationPath", new Value.Text(step.to));
      Map<String, Value> fields = new LinkedHashMap<>();
      fields.put("action", new Value.Text("aws:downloadContent"));
      fields.put("name", new Value.Text(step.name));
      fields.put("timeoutSeconds", new Value.Num(BigDecimal.valueOf(step.timeout)));
      fields.put("inputs", new Value.Fields(inputs));
      all.add(new Value.Fields(fields));
    }
    return JsonText.line(
        new Value.Fields(
            Map.of("schemaVersion", new Value.Text("2.2"), "mainSteps", new Value.Items(all))));
  }

  /** What a step downloads, and within how many seconds. */
  record Download(String name, String type, Map<String, String> info, String to, int timeout) {}

  /** Whether a step came to this: {@code Success}, {@code TimedOut}, or a word of a failure. */
  static boolean came(Value.Fields step, String to) {
    String status = DocumentRun.text(step, "status");
    return status.equals(to)
        || (status.equals("Failed") && DocumentRun.text(step, "reason").startsWith(to + ": "));
  }

  /** What it came to, for people. */
  static String told(Value.Fields step) {
    return DocumentRun.text(step, "status") + " (" + DocumentRun.text(step, "reason") + ")";
  }

  /** What is not as it should be with what a server sends, or with where it sends one. */
  static final class Servers implements Case {
    private static final int TIMEOUT = 5;

    /** For the start of the agent, on a machine that has more to do. */
    private static final int MARGIN = 15;

    private static final String LINK_LOCAL = "169.254.169.254";

    @Override
    public String id() {
      return "D08";
    }

    @Override
    public String claim() {
      return "a download that is wrong, cut, slow, endless or led astray fails in its time with the"
          + " word for it; no part of it is left, and what was there before stays";
    }

    /**
     * Something to download, and what has to come of it.
     *
     * @param expected any of these
     */
    private record Way(
        String name, String url, Map<String, String> more, List<String> expected, int timeout) {
      Way(String name, String url, String expected) {
        this(name, url, Map.of(), List.of(expected), 60);
      }

      /** The same with an input more. */
      Way with(String key, String value) {
        Map<String, String> both = new LinkedHashMap<>(more);
        both.put(key, value);
        return new Way(name, url, both, expected, timeout);
      }

      Way within(int seconds) {
        return new Way(name, url, more, expected, seconds);
      }

      Download to(Path folder) {
        Map<String, String> info = new LinkedHashMap<>(more);
        info.put("url", url);
        return new Download(name, "HTTP", info, folder.resolve(name).toString(), timeout);
      }
    }

    /** Where they are. */
    private record Sites(
        HostileSite secure, HostileSite other, HostileSite plain, HostileSite stranger) {
      String secure(String path) {
        return "https://site.test:" + secure.port() + path;
      }

      String plain(String path) {
        return "http://site.test:" + plain.port() + path;
      }
    }

    @Override
    public void run(Trial trial) throws Exception {
      FalseWeb web = FalseWeb.of(trial);
      web.name("site.test", "127.0.0.1");
      web.name("other.test", "127.0.0.1");
      web.name("unnamed.test", "127.0.0.1");
      web.name("metadata.test", LINK_LOCAL);
      web.name("both.test", "127.0.0.1");
      web.name("both.test", LINK_LOCAL);
      InetAddress here = InetAddress.getLoopbackAddress();
      List<String> shown = List.of("site.test", "other.test", "metadata.test", "both.test");
      Sites sites =
          new Sites(
              web.secure(here, 0, shown),
              web.secure(here, 0, shown),
              web.plain(),
              web.secure(Papers.stranger(), here, 0, shown));
      answers(sites);
      for (int i = 0; i < trial.scale().of(1, 1, 10); i++) {
        round(trial, web, sites);
      }
      trial.require(
          sites.plain.asked().stream().noneMatch(asked -> asked.path().equals("/down")),
          "what was asked for securely was then asked for in the clear");
      trial.require(sites.stranger.asked().isEmpty(), "a server that nobody vouches for was asked");
      trial.require(
          sites.secure.asked().stream().anyMatch(asked -> !asked.authorization().isEmpty())
              && sites.other.asked().stream().allMatch(asked -> asked.authorization().isEmpty()),
          "credentials went to another server than their own: " + sites.other.asked());
    }

    private static void round(Trial trial, FalseWeb web, Sites sites) throws Exception {
      List<Way> quick = quick(sites);
      List<List<Way>> parts = new ArrayList<>(List.of(quick));
      timed(trial.scale(), sites).forEach(way -> parts.add(List.of(way)));
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        List<Going> all = new ArrayList<>();
        for (List<Way> ways : parts) {
          Path folder = Files.createTempDirectory(trial.folder(), "downloads");
          Path there = Files.createDirectory(folder.resolve("there"));
          for (Way way : ways) {
            Files.writeString(there.resolve(way.name), OLD);
          }
          String document = document(ways.stream().map(way -> way.to(there)).toList());
          all.add(
              new Going(
                  ways,
                  there,
                  threads.submit(() -> DocumentRun.of(folder, document, List.of(), web.within()))));
        }
        for (Going going : all) {
          DocumentRun run = going.run.get();
          judge(trial, going.ways, going.there, run);
          if (going.ways.size() == 1) {
            Way way = going.ways.getFirst();
            trial.largest(Figure.RECOVERY, run.seconds());
            trial.requireInTime(
                run.seconds() < way.timeout + MARGIN, way.name + " took " + run.seconds() + " s");
          }
        }
      }
    }

    /** A document on its way. */
    private record Going(List<Way> ways, Path there, Future<DocumentRun> run) {}

    private static void judge(Trial trial, List<Way> ways, Path there, DocumentRun run)
        throws Exception {
      trial.largest(Figure.PEAK_RSS, run.peakMegabytes());
      trial.require(run.steps().size() == ways.size(), "not every step is told: " + run.said());
      for (int i = 0; i < run.steps().size(); i++) {
        Way way = ways.get(i);
        Value.Fields step = run.steps().get(i);
        trial.count(Figure.FAULTS, 1);
        trial.require(
            way.expected.stream().anyMatch(each -> came(step, each)),
            way.name + " came to " + told(step) + " instead of " + way.expected);
        Path file = there.resolve(way.name);
        String content = Files.exists(file) ? Files.readString(file) : "nothing";
        String wanted =
            way.expected.contains("Success") ? new String(HELLO, StandardCharsets.UTF_8) : OLD;
        trial.require(
            content.equals(wanted),
            way.name + " left " + content.substring(0, Math.min(100, content.length())));
      }
      try (Stream<Path> left = Files.list(there)) {
        List<String> more =
            left.map(file -> file.getFileName().toString())
                .filter(name -> ways.stream().noneMatch(way -> way.name.equals(name)))
                .toList();
        trial.require(more.isEmpty(), "parts are left: " + more);
      }
    }

    private static List<Way> quick(Sites sites) {
      String plainHello = sites.plain("/hello");
      return List.of(
          new Way("good", sites.secure("/hello"), "Success"),
          new Way("good-by-redirect", sites.secure("/there"), "Success"),
          new Way("good-in-the-clear", plainHello, "Success").with("allowInsecureDownload", "true"),
          new Way("with-credentials", sites.secure("/elsewhere"), "Success")
              .with("authMethod", "Basic")
              .with("username", "me")
              .with("password", "word"),
          new Way("good-by-its-hash", sites.secure("/without-a-length"), "Success")
              .with("sha256", Sha256.of(HELLO).hex()),
          new Way("without-a-length", sites.secure("/without-a-length"), "DownloadFailed"),
          new Way("in-the-clear", plainHello, "InsecureDownload"),
          new Way("wrong-hash", sites.secure("/hello"), "HashMismatch")
              .with("sha256", "0".repeat(64)),
          new Way("cut", sites.secure("/cut"), "DownloadFailed"),
          new Way("cut-in-a-chunk", sites.secure("/cut-in-a-chunk"), "DownloadFailed"),
          new Way("cut-between-chunks", sites.secure("/cut-between-chunks"), "DownloadFailed"),
          new Way("cut-without-a-length", sites.secure("/cut-without-a-length"), "DownloadFailed"),
          new Way("cut-in-order", sites.secure("/cut-in-order"), "DownloadFailed"),
          new Way("not-there", sites.secure("/nowhere"), "DownloadFailed"),
          new Way("no-http", sites.secure("/no-http"), "DownloadFailed"),
          new Way("interim", sites.secure("/interim"), "DownloadFailed"),
          new Way("down", sites.secure("/down"), "InsecureDownload"),
          new Way("down-though-allowed", sites.secure("/down"), "InsecureDownload")
              .with("allowInsecureDownload", "true"),
          new Way("to-a-file", sites.secure("/to-a-file"), "DownloadFailed"),
          new Way("to-link-local", sites.secure("/to-link-local"), "ForbiddenAddress"),
          new Way("to-its-name", sites.secure("/to-its-name"), "ForbiddenAddress"),
          new Way("to-its-number", sites.secure("/to-its-number"), "ForbiddenAddress"),
          new Way("to-its-mapping", sites.secure("/to-its-mapping"), "ForbiddenAddress"),
          new Way("in-the-clear-to-it", sites.plain("/to-link-local"), "ForbiddenAddress")
              .with("allowInsecureDownload", "true"),
          new Way("one-of-its-addresses", "https://both.test:1/", "ForbiddenAddress"),
          new Way("loop", sites.secure("/loop"), "TooManyRedirects"),
          new Way("loop-of-two", sites.secure("/ping"), "TooManyRedirects"),
          new Way(
              "stranger",
              "https://site.test:" + sites.stranger.port() + "/hello",
              "DownloadFailed"),
          new Way(
              "other-name",
              "https://unnamed.test:" + sites.secure.port() + "/hello",
              "DownloadFailed"),
          new Way("too-large", sites.secure("/too-large"), "TooLarge"));
    }

    /** Those that end by time, or only take some. */
    private static List<Way> timed(Scale scale, Sites sites) {
      List<Way> ways = new ArrayList<>();
      ways.add(new Way("slow", sites.secure("/slow"), "TimedOut").within(TIMEOUT));
      ways.add(new Way("silent", sites.secure("/silent"), "TimedOut").within(TIMEOUT));
      if (scale != Scale.SMOKE) {
        ways.add(
            new Way("slow-headers", sites.secure("/slow-headers"), "TimedOut").within(TIMEOUT));
        ways.add(
            new Way(
                "headers",
                sites.secure("/headers"),
                Map.of(),
                List.of("DownloadFailed", "TimedOut"),
                TIMEOUT));
        // In the clear, since what is looked for is the bound and not the speed of TLS.
        ways.add(
            new Way("endless", sites.plain("/endless"), "TooLarge")
                .with("allowInsecureDownload", "true"));
      }
      if (scale == Scale.FULL) {
        ways.add(new Way("given-up", sites.secure("/slow"), "TooSlow"));
        ways.add(new Way("given-up-silent", sites.secure("/silent"), "TooSlow"));
      }
      return ways;
    }

    private static void answers(Sites sites) {
      HostileSite secure = sites.secure;
      for (HostileSite each : List.of(secure, sites.other, sites.plain, sites.stranger)) {
        each.on("/hello", HostileSite.page(HELLO));
        each.on("/to-link-local", HostileSite.redirect("http://" + LINK_LOCAL + "/latest"));
      }
      sites.plain.on("/down", HostileSite.page(HELLO));
      secure.on("/there", HostileSite.redirect("/hello"));
      secure.on(
          "/elsewhere",
          HostileSite.redirect("https://other.test:" + sites.other.port() + "/hello"));
      secure.on("/down", HostileSite.redirect(sites.plain("/down")));
      secure.on("/to-a-file", HostileSite.redirect("file:///etc/passwd"));
      secure.on("/to-link-local", HostileSite.redirect("https://" + LINK_LOCAL + "/latest"));
      secure.on("/to-its-name", HostileSite.redirect("https://metadata.test/latest"));
      secure.on("/to-its-number", HostileSite.redirect("https://2852039166/latest"));
      secure.on("/to-its-mapping", HostileSite.redirect("https://[::ffff:a9fe:a9fe]/latest"));
      secure.on("/loop", HostileSite.redirect("/loop"));
      secure.on("/ping", HostileSite.redirect("/pong"));
      secure.on("/pong", HostileSite.redirect("/ping"));
      cuts(secure);
      secure.on("/no-http", (out, _) -> HostileSite.line(out, "hello\r\n\r\n"));
      secure.on(
          "/too-large",
          (out, _) ->
              endless(out, HostileSite.OK + "Content-Length: 1099511627776\r\n\r\n", "x", 1));
      secure.on(
          "/slow",
          (out, _) -> endless(out, HostileSite.OK + "Content-Length: 100000\r\n\r\n", "x", 1_000));
      secure.on("/silent", (_, _) -> TimeUnit.MINUTES.sleep(2));
      secure.on("/interim", (out, _) -> endless(out, "", "HTTP/1.1 103 Early\r\n\r\n", 1));
      secure.on("/slow-headers", (out, _) -> endless(out, "HTTP/1.1 200 OK\r\nX: ", "x", 500));
      String header = "X-Header: " + "x".repeat(1_000) + "\r\n";
      secure.on("/headers", (out, _) -> endless(out, "HTTP/1.1 200 OK\r\n", header, 0));
      String chunk = "10000\r\n" + "x".repeat(0x10000) + "\r\n";
      sites.plain.on(
          "/endless",
          (out, _) ->
              endless(out, HostileSite.OK + "Transfer-Encoding: chunked\r\n\r\n", chunk, 0));
    }

    private static void cuts(HostileSite site) {
      String chunked = HostileSite.OK + "Transfer-Encoding: chunked\r\n\r\n5\r\n";
      Map.of(
              "/cut", HostileSite.OK + "Content-Length: 100\r\n\r\nhello",
              "/cut-in-a-chunk", chunked + "hel",
              "/cut-between-chunks", chunked + "hello\r\n",
              "/cut-without-a-length", HostileSite.OK + "\r\nhel")
          .forEach(
              (path, sent) ->
                  site.on(
                      path,
                      (out, cut) -> {
                        HostileSite.line(out, sent);
                        cut.now();
                      }));
      site.on(
          "/without-a-length", (out, _) -> HostileSite.line(out, HostileSite.OK + "\r\nhello\n"));
      site.on(
          "/cut-in-order",
          (out, _) -> HostileSite.line(out, HostileSite.OK + "Content-Length: 100\r\n\r\nhello"));
    }

    /** Goes on until nobody listens. */
    private static void endless(
        java.io.OutputStream out, String first, String again, int pauseMillis)
        throws java.io.IOException, InterruptedException {
      HostileSite.line(out, first);
      while (true) {
        HostileSite.line(out, again);
        if (pauseMillis > 0) {
          TimeUnit.MILLISECONDS.sleep(pauseMillis);
        }
      }
    }
  }
}
