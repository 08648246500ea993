package dev.holdfast.agent.download;

import dev.holdfast.agent.download.Source.Git;
import dev.holdfast.agent.download.Source.Login;
import dev.holdfast.agent.download.Source.Revision;
import dev.holdfast.agent.process.ProcessException;
import dev.holdfast.agent.process.Programs;
import dev.holdfast.agent.process.Programs.Ended;
import dev.holdfast.agent.process.Programs.Program;
import dev.holdfast.task.RunLimits;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The files of a Git repository, by the host's {@code git}: it never asks anybody, runs no hook,
 * reads no configuration but what is here, and speaks HTTPS and SSH only. Credentials are files for
 * the owner only as long as it runs.
 */
final class GitFetch {
  private static final Pattern BRANCH = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._/+@-]{0,199}");
  private static final Pattern COMMIT = Pattern.compile("[0-9a-fA-F]{7,64}");

  /** {@code user@host:path}. */
  private static final Pattern SHORT =
      Pattern.compile(
          "(?:[A-Za-z0-9_][A-Za-z0-9_.-]*@)?([A-Za-z0-9][A-Za-z0-9.-]*):([^-:/][^\\p{Cntrl}]*|/[^/\\p{Cntrl}][^\\p{Cntrl}]*)");

  private static final Pattern SCHEME = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*)://.*");

  private final Programs programs;
  private final Reach reach;
  private final DownloadBounds bounds;
  private final Path home;

  /**
   * With the programs of the host.
   *
   * @param home home folder of the agent's user, for the host keys that SSH knows
   */
  GitFetch(Programs programs, Reach reach, DownloadBounds bounds, Path home) {
    this.programs = programs;
    this.reach = reach;
    this.bounds = bounds;
    this.home = home;
  }

  /**
   * A repository that git may be given.
   *
   * @param url without credentials
   * @param login those that stood in it, or were given
   */
  private record Address(String url, Login login) {}

  /**
   * Fetches.
   *
   * @param top a new folder that the files are in afterwards; incomplete if this throws
   * @param folder of the start of the step
   */
  void fetch(Git git, Path top, Path folder) throws IOException, InterruptedException {
    Address address = address(git);
    Folders.make(top);
    Path credentials = folder.resolve(Downloads.CREDENTIALS);
    Folders.remove(credentials);
    try {
      Folders.make(credentials);
      Map<String, String> environment = environment(git, address, credentials);
      run(List.of("init", "--quiet", "."), top, folder, environment, git);
      String what = wanted(git.revision());
      List<String> fetch = List.of("fetch", "--quiet", "--no-tags", "--no-recurse-submodules");
      Ended first = started(plus(fetch, "--depth=1", address.url, what), top, folder, environment);
      String found = "FETCH_HEAD";
      if (first.exitCode() != 0) {
        // Some servers can't give a part of the history, or a commit by its id.
        boolean commit = git.revision() instanceof Revision.Commit;
        run(
            commit
                ? plus(fetch, address.url, "+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*")
                : plus(fetch, address.url, what),
            top,
            folder,
            environment,
            git);
        found = commit ? what : found;
      }
      run(List.of("checkout", "--quiet", "--detach", found), top, folder, environment, git);
      Folders.remove(top.resolve(".git"));
    } finally {
      Folders.remove(credentials);
    }
  }

  private Map<String, String> environment(Git git, Address address, Path credentials)
      throws IOException {
    Map<String, String> environment = new TreeMap<>();
    environment.put("PATH", "/usr/local/bin:/usr/bin:/bin");
    environment.put("LANG", "C.UTF-8");
    environment.put("HOME", credentials.toString());
    environment.put("GIT_CONFIG_NOSYSTEM", "1");
    environment.put("GIT_CONFIG_GLOBAL", "/dev/null");
    environment.put("GIT_TERMINAL_PROMPT", "0");
    environment.put("GIT_ASKPASS", "/bin/false");
    environment.put("SSH_ASKPASS", "/bin/false");
    environment.put("GIT_ALLOW_PROTOCOL", git.insecure() ? "https:ssh:http" : "https:ssh");
    List<String> settings = new ArrayList<>();
    settings.addAll(List.of("core.hooksPath", "/dev/null"));
    settings.addAll(List.of("protocol.version", "2"));
    settings.addAll(List.of("http.lowSpeedLimit", Long.toString(leastASecond())));
    settings.addAll(List.of("http.lowSpeedTime", Long.toString(bounds.slow().toSeconds())));
    settings.addAll(List.of("credential.helper", ""));
    if (!address.login.username().absent() || !address.login.password().absent()) {
      Path file = credentials.resolve("login");
      write(file, login(address));
      settings.addAll(List.of("credential.helper", "store --file=" + quoted(file)));
    }
    for (int i = 0; i < settings.size(); i += 2) {
      environment.put("GIT_CONFIG_KEY_" + i / 2, settings.get(i));
      environment.put("GIT_CONFIG_VALUE_" + i / 2, settings.get(i + 1));
    }
    environment.put("GIT_CONFIG_COUNT", Integer.toString(settings.size() / 2));
    environment.put("GIT_SSH_COMMAND", ssh(git, credentials));
    return environment;
  }

  private String ssh(Git git, Path credentials) throws IOException {
    StringBuilder ssh = new StringBuilder("ssh -o BatchMode=yes -o ConnectTimeout=20");
    if (git.anyHostKey()) {
      ssh.append(" -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null");
    } else {
      ssh.append(" -o StrictHostKeyChecking=yes -o UserKnownHostsFile=")
          .append(quoted(home.resolve(".ssh/known_hosts")));
    }
    if (!git.privateKey().absent()) {
      Path file = credentials.resolve("key");
      write(file, git.privateKey().value().strip().replace("\r", "") + "\n");
      ssh.append(" -o IdentitiesOnly=yes -i ").append(quoted(file));
    }
    return ssh.toString();
  }

  private Address address(Git git) {
    String written = git.repository();
    Matcher scheme = SCHEME.matcher(written);
    Matcher shortForm = SHORT.matcher(written);
    if (!scheme.matches()) {
      if (!shortForm.matches()) {
        throw new DownloadException(
            "InvalidInputs", "repository is an https or ssh URL, or user@host:path");
      }
      reach.checkHost(shortForm.group(1));
      return new Address(written, git.login());
    }
    URI url;
    try {
      url = new URI(written);
    } catch (URISyntaxException e) {
      throw new DownloadException("InvalidInputs", "repository is no URL: " + e.getReason());
    }
    if (scheme.group(1).toLowerCase(Locale.ROOT).equals("ssh")) {
      if (url.getHost() == null || url.getHost().startsWith("-")) {
        throw new DownloadException("InvalidInputs", "repository names no host");
      }
      reach.checkHost(url.getHost());
      return new Address(written, git.login());
    }
    String user = url.getRawUserInfo();
    String bare = user == null ? written : written.replaceFirst(Pattern.quote(user + "@"), "");
    reach.check(URI.create(bare), git.insecure());
    boolean given = !git.login().username().absent() || !git.login().password().absent();
    return new Address(bare, user == null || given ? git.login() : login(user));
  }

  private static Login login(String userInfo) {
    String[] parts = userInfo.split(":", 2);
    return new Login(
        Login.Method.BASIC,
        new Secret(URLDecoder.decode(parts[0], StandardCharsets.UTF_8)),
        new Secret(parts.length < 2 ? "" : URLDecoder.decode(parts[1], StandardCharsets.UTF_8)));
  }

  /** A line of git's own form for stored credentials. */
  private static String login(Address address) {
    URI url = URI.create(address.url);
    return url.getScheme()
        + "://"
        + encoded(address.login.username().value())
        + ":"
        + encoded(address.login.password().value())
        + "@"
        + url.getAuthority()
        + "\n";
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static String wanted(Revision revision) {
    return switch (revision) {
      case Revision.Newest _ -> "HEAD";
      case Revision.Branch(var name) -> {
        if (!BRANCH.matcher(name).matches() || name.contains("..")) {
          throw new DownloadException(
              "InvalidInputs", "getOptions names no branch: '" + name + "'");
        }
        yield "refs/heads/" + name;
      }
      case Revision.Commit(var id) -> {
        if (!COMMIT.matcher(id).matches()) {
          throw new DownloadException("InvalidInputs", "getOptions names no commit: '" + id + "'");
        }
        yield id.toLowerCase(Locale.ROOT);
      }
    };
  }

  private void run(
      List<String> arguments, Path top, Path folder, Map<String, String> environment, Git git)
      throws InterruptedException {
    Ended ended = started(arguments, top, folder, environment);
    if (ended.exitCode() != 0) {
      throw new DownloadException(
          "DownloadFailed",
          "git " + arguments.getFirst() + " failed: " + lastLines(ended.output(), git));
    }
  }

  private Ended started(
      List<String> arguments, Path top, Path folder, Map<String, String> environment)
      throws InterruptedException {
    List<String> command = new ArrayList<>(List.of("git"));
    command.addAll(arguments);
    try {
      return programs.run(
          new Program(
              command,
              environment,
              top,
              folder,
              RunLimits.DOWNLOADING,
              () -> bounds.checkBytes(Folders.bytes(top))));
    } catch (ProcessException e) {
      throw new DownloadException("DownloadFailed", String.valueOf(e.getMessage()));
    }
  }

  private static String lastLines(String output, Git git) {
    String text = output.strip();
    for (Secret secret :
        List.of(git.login().username(), git.login().password(), git.privateKey())) {
      text = secret.absent() ? text : text.replace(secret.value(), "***");
    }
    return text.substring(Math.max(0, text.length() - 500)).replace('\n', ' ');
  }

  private long leastASecond() {
    return Math.max(1, bounds.leastBytes() / Math.max(1, bounds.slow().toSeconds()));
  }

  private static List<String> plus(List<String> arguments, String... more) {
    List<String> all = new ArrayList<>(arguments);
    all.addAll(List.of(more));
    return all;
  }

  private void write(Path file, String text) throws IOException {
    try (PartFile part = new PartFile(file, bounds)) {
      part.add(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }
  }

  private static String quoted(Path path) {
    return "'" + path.toString().replace("'", "'\\''") + "'";
  }
}
