package dev.holdfast.agent.download;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.holdfast.agent.download.Source.Login;
import dev.holdfast.agent.download.Source.Revision;
import dev.holdfast.agent.process.OsPrograms;
import dev.holdfast.agent.process.Programs;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Repositories by the host's git, from a server on the loopback. */
final class GitFetchTest {
  private static final String CREDENTIALS =
      "Basic "
          + Base64.getEncoder().encodeToString("me:p@ss w:rd".getBytes(StandardCharsets.UTF_8));

  @TempDir private Path folder;
  private Site site;
  private String first = "";
  private final List<Programs.Program> started = new ArrayList<>();

  @BeforeEach
  void repository() throws Exception {
    Assumptions.assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/git")), "skipped: there is no git on this host");
    Path work = Files.createDirectory(folder.resolve("work"));
    git(work, "init", "--quiet", "--initial-branch=main", ".");
    Files.writeString(work.resolve("run.sh"), "echo one\n");
    Files.createDirectory(work.resolve("sub"));
    Files.createSymbolicLink(work.resolve("sub/link"), Path.of("../run.sh"));
    git(work, "add", ".");
    commit(work);
    first = git(work, "rev-parse", "HEAD").strip();
    Files.writeString(work.resolve("run.sh"), "echo two\n");
    git(work, "add", ".");
    commit(work);
    git(work, "checkout", "--quiet", "-b", "evil");
    Files.createSymbolicLink(work.resolve("out"), Path.of("/etc/passwd"));
    git(work, "add", ".");
    commit(work);
    git(work, "checkout", "--quiet", "main");
    git(work, "update-server-info");
    site = new Site(Optional.empty());
    serve("/open", work.resolve(".git"), false);
    serve("/closed", work.resolve(".git"), true);
  }

  @AfterEach
  void close() {
    if (site != null) {
      site.close();
    }
  }

  @Test
  void theFilesOfTheNewestCommitArriveWithoutTheHistory() throws Exception {
    Path there = get(source("/open", new Revision.Newest(), Login.NONE), "tools");

    assertEquals("echo two\n", Files.readString(there.resolve("run.sh")));
    assertEquals("echo two\n", Files.readString(there.resolve("sub/link")));
    assertEquals(
        "rwx------",
        PosixFilePermissions.toString(Files.getPosixFilePermissions(there.resolve("run.sh"))));
    assertEquals(List.of("run.sh", "sub"), names(there));
  }

  @Test
  void aBranchOrACommitIsWhatIsAskedFor() throws Exception {
    Path branch = get(source("/open", new Revision.Branch("main"), Login.NONE), "a");
    assertEquals("echo two\n", Files.readString(branch.resolve("run.sh")));

    Path commit = get(source("/open", new Revision.Commit(first), Login.NONE), "b");
    assertEquals("echo one\n", Files.readString(commit.resolve("run.sh")));

    assertEquals(
        "DownloadFailed", failure(source("/open", new Revision.Branch("none"), Login.NONE)));
  }

  @Test
  void credentialsAreInNoArgumentNoVariableAndNoFileAfterwards() throws Exception {
    Login login = new Login(Login.Method.BASIC, new Secret("me"), new Secret("p@ss w:rd"));

    get(source("/closed", new Revision.Newest(), login), "tools");

    assertTrue(site.asked.stream().anyMatch(each -> each.endsWith(CREDENTIALS)));
    String all = started.toString();
    assertFalse(all.contains("p@ss") || all.contains("p%40ss"), all);
    assertFalse(Files.exists(folder.resolve("0-1-0/" + Downloads.CREDENTIALS)));
    try (Stream<Path> files = Files.walk(folder.resolve("downloads"))) {
      assertTrue(files.noneMatch(file -> file.toString().contains(".part")));
    }
    Login wrong = new Login(Login.Method.BASIC, new Secret("me"), new Secret("guess-12345"));
    DownloadException failure =
        assertThrows(
            DownloadException.class,
            () -> get(source("/closed", new Revision.Newest(), wrong), "x"));
    assertFalse(String.valueOf(failure.getMessage()).contains("guess-12345"), failure::toString);
    assertFalse(Files.exists(folder.resolve("0-1-0/" + Downloads.CREDENTIALS)));
  }

  @Test
  void aLinkOutOfTheRepositoryRefusesAllOfIt() throws Exception {
    assertEquals(
        "UnsafeContent", failure(source("/open", new Revision.Branch("evil"), Login.NONE)));
    assertEquals(List.of(), names(folder.resolve("downloads/x")));
  }

  @ParameterizedTest(name = "{0} {1}: {2}")
  @CsvSource({
    "ext::sh -c touch% /tmp/x,          Newest,       InvalidInputs",
    "--upload-pack=touch /tmp/x,        Newest,       InvalidInputs",
    "/etc,                              Newest,       InvalidInputs",
    "file:///etc,                       Newest,       InvalidInputs",
    "git://127.0.0.1/x,                 Newest,       InvalidInputs",
    "http://127.0.0.1:1/x,              Newest,       InsecureDownload",
    "https://169.254.169.254/x,         Newest,       ForbiddenAddress",
    "ssh://-oProxyCommand=touch/x,      Newest,       InvalidInputs",
    "git@169.254.169.254:x,             Newest,       ForbiddenAddress",
    "https://127.0.0.1:1/x,             --exec=x,     InvalidInputs",
    "https://127.0.0.1:1/x,             a..b,         InvalidInputs",
  })
  void addressesAndRevisionsThatAreSomethingElseReachNoProgram(
      String repository, String revision, String word) throws Exception {
    Source.Git source =
        new Source.Git(
            repository,
            revision.equals("Newest") ? new Revision.Newest() : new Revision.Branch(revision),
            false,
            Login.NONE,
            Secret.NONE,
            false);

    assertEquals(word, failure(source));
    assertTrue(started.stream().noneMatch(program -> program.command().contains("fetch")));
  }

  @Test
  void sshAsksNobodyAndKnowsItsHostsUnlessItIsToldOtherwise() {
    for (boolean any : List.of(false, true)) {
      started.clear();
      Source.Git source =
          new Source.Git(
              "git@127.0.0.1:a/b.git",
              new Revision.Newest(),
              false,
              Login.NONE,
              new Secret("-----BEGIN KEY-----\nsecret\n-----END KEY-----"),
              any);
      HostDownloads downloads = downloads(this::failing);
      assertThrows(DownloadException.class, () -> downloads.get(order(source, "x")));

      Map<String, String> environment = started.getFirst().environment();
      String ssh = environment.getOrDefault("GIT_SSH_COMMAND", "");
      assertTrue(ssh.contains("BatchMode=yes"), ssh);
      assertTrue(ssh.contains("StrictHostKeyChecking=" + (any ? "no" : "yes")), ssh);
      assertTrue(ssh.contains("-i '" + folder.resolve("0-1-0/credentials/key") + "'"), ssh);
      assertEquals("0", environment.get("GIT_TERMINAL_PROMPT"));
      assertEquals("https:ssh", environment.get("GIT_ALLOW_PROTOCOL"));
      assertFalse(started.toString().contains("secret"));
      assertFalse(Files.exists(folder.resolve("0-1-0/credentials")));
    }
  }

  private Programs.Ended failing(Programs.Program program) {
    started.add(program);
    return new Programs.Ended(1, "no");
  }

  private Source.Git source(String path, Revision revision, Login login) {
    return new Source.Git(site.url(path).toString(), revision, true, login, Secret.NONE, false);
  }

  private Path get(Source source, String destination) throws InterruptedException {
    OsPrograms programs = new OsPrograms(() -> Duration.ofNanos(System.nanoTime()));
    return downloads(
            program -> {
              started.add(program);
              return programs.run(program);
            })
        .get(order(source, destination));
  }

  private HostDownloads downloads(Programs programs) {
    try {
      return new HostDownloads(
          programs,
          folder,
          () -> Duration.ofNanos(System.nanoTime()),
          javax.net.ssl.SSLContext.getDefault(),
          host -> List.of(InetAddress.getAllByName(host)),
          DownloadBounds.STANDARD,
          HostDownloads.GITHUB);
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private Downloads.Order order(Source source, String destination) {
    return new Downloads.Order(
        source, destination, folder.resolve("0-1-0"), folder.resolve("downloads"), Map.of());
  }

  private String failure(Source source) {
    DownloadException failure =
        assertThrows(DownloadException.class, () -> get(source, "x"), source.toString());
    return String.valueOf(failure.getMessage()).split(":", 2)[0];
  }

  /** The files of a repository: what git calls the dumb protocol. */
  private void serve(String path, Path repository, boolean closed) {
    site.on(
        path,
        exchange -> {
          String name = exchange.getRequestURI().getPath().substring(path.length());
          Path file = repository.resolve("." + name).normalize();
          String given = exchange.getRequestHeaders().getFirst("Authorization");
          if (closed && !CREDENTIALS.equals(given)) {
            exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"r\"");
            Site.send(exchange, 401, new byte[0], "text/plain");
          } else if (Files.isRegularFile(file)) {
            Site.send(exchange, 200, Files.readAllBytes(file), "application/octet-stream");
          } else {
            Site.send(exchange, 404, new byte[0], "text/plain");
          }
        });
  }

  private static void commit(Path work) throws IOException, InterruptedException {
    git(work, "-c", "user.name=t", "-c", "user.email=t@t.test", "commit", "--quiet", "-m", "m");
  }

  private static String git(Path work, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("git"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(work.toFile()).redirectErrorStream(true);
    builder.environment().put("GIT_CONFIG_GLOBAL", "/dev/null");
    builder.environment().put("GIT_CONFIG_NOSYSTEM", "1");
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    return output;
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
