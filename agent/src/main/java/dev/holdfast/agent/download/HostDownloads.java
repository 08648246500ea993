package dev.holdfast.agent.download;

import com.google.protobuf.ByteString;
import dev.holdfast.agent.download.Source.GitHub;
import dev.holdfast.agent.download.Source.Login;
import dev.holdfast.agent.download.Source.Revision;
import dev.holdfast.agent.download.WebClient.Page;
import dev.holdfast.agent.process.Programs;
import dev.holdfast.task.RunLimits;
import dev.holdfast.task.Sha256;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Downloads to this host. Content comes under a hidden name beside its destination, is checked and
 * synced there, and is then moved in one step a file.
 */
public final class HostDownloads implements Downloads {
  /** Where GitHub is. */
  public static final URI GITHUB = URI.create("https://api.github.com");

  private static final Logger LOG = LoggerFactory.getLogger("download");
  private static final Pattern GITHUB_NAME = Pattern.compile("[A-Za-z0-9_.-]{1,100}");

  private final WebClient web;
  private final GitFetch git;
  private final DownloadBounds bounds;
  private final URI gitHub;

  /**
   * For this host.
   *
   * @param home home folder of the agent's user
   * @param uptime a clock that never goes back
   */
  public HostDownloads(Programs programs, Path home, Supplier<Duration> uptime) {
    this(
        programs, home, uptime, systemTls(), Reach.Names.system(), DownloadBounds.STANDARD, GITHUB);
  }

  /** With other servers, names and bounds. */
  HostDownloads(
      Programs programs,
      Path home,
      Supplier<Duration> uptime,
      SSLContext tls,
      Reach.Names names,
      DownloadBounds bounds,
      URI gitHub) {
    Reach reach = new Reach(names);
    this.web = new WebClient(tls, reach, bounds, RunLimits.MAX_REDIRECTS, uptime);
    this.git = new GitFetch(programs, reach, bounds, home);
    this.bounds = bounds;
    this.gitHub = gitHub;
  }

  private interface Fetching {
    /** Fetches into the file; the result says more of what came. */
    String into(PartFile file) throws IOException, InterruptedException;
  }

  @Override
  public Path get(Order order) throws InterruptedException {
    Set<String> missing = order.source().secrets();
    if (!missing.isEmpty()) {
      throw new DownloadException(
          "SecretUnavailable", "there is no value here for " + String.join(", ", missing));
    }
    try {
      return switch (order.source()) {
        case Source.Web(var url, var insecure, var login, var sha256) ->
            file(
                order,
                Destination.nameOf(url),
                sha256,
                part ->
                    web.fetch(new Page(url, Map.of(), login, insecure, sha256.isPresent()), part));
        case Source.Stored(var reference, var sha256) -> stored(order, reference, sha256);
        case Source.Git from -> tree(order, (top, part) -> git.fetch(from, top, order.folder()));
        case GitHub from -> gitHub(order, from);
      };
    } catch (IOException e) {
      throw new DownloadException("DownloadFailed", e.toString());
    }
  }

  private Path stored(Order order, String reference, Optional<Sha256> sha256)
      throws IOException, InterruptedException {
    ByteString document = order.documents().get(reference);
    if (document == null) {
      throw new DownloadException(
          "InvalidDocument", "the document '" + reference + "' did not come with this run");
    }
    boolean json = document.toStringUtf8().stripLeading().startsWith("{");
    String name = Destination.nameOf(URI.create("x:/" + encoded(reference.split(":", 2)[0])));
    return file(
        order,
        name + (json ? ".json" : ".yaml"),
        sha256,
        part -> {
          part.add(document.asReadOnlyByteBuffer());
          return "";
        });
  }

  private Path gitHub(Order order, GitHub from) throws IOException, InterruptedException {
    if (!GITHUB_NAME.matcher(from.owner()).matches()
        || !GITHUB_NAME.matcher(from.repository()).matches()
        || from.repository().matches("\\.+")
        || from.owner().matches("\\.+")) {
      throw new DownloadException(
          "InvalidInputs", "owner and repository are names of letters, digits and . _ -");
    }
    List<String> names = Stream.of(from.path().split("/", -1)).filter(n -> !n.isEmpty()).toList();
    if (names.stream().anyMatch(name -> name.equals(".") || name.equals(".."))) {
      throw new DownloadException("InvalidInputs", "path has a . or .. in it");
    }
    if (!names.isEmpty() && !from.path().endsWith("/")) {
      Optional<Path> file = gitHubFile(order, from, names);
      if (file.isPresent()) {
        return file.get();
      }
    }
    if (from.sha256().isPresent()) {
      throw new DownloadException(
          "InvalidInputs", "sha256 is for one file, and '" + from.path() + "' is a folder");
    }
    return tree(
        order,
        (top, part) -> {
          try (PartFile archive = new PartFile(part, bounds)) {
            web.fetch(page(from, "tarball" + ref(from, "/", ""), "application/json"), archive);
            archive.finish();
          }
          if (Unpacking.unpack(part, top, String.join("/", names), bounds) == 0) {
            throw new DownloadException(
                "DownloadFailed", "there is nothing at '" + from.path() + "' in the repository");
          }
        });
  }

  /** The file; empty if the path is that of a folder. */
  private Optional<Path> gitHubFile(Order order, GitHub from, List<String> names)
      throws IOException, InterruptedException {
    String path =
        "contents/"
            + names.stream().map(HostDownloads::encoded).collect(Collectors.joining("/"))
            + ref(from, "?ref=", "");
    try {
      return Optional.of(
          file(
              order,
              names.getLast(),
              from.sha256(),
              part -> {
                String type = web.fetch(page(from, path, "application/vnd.github.raw+json"), part);
                if (type.startsWith("application/json")) {
                  throw new IsFolder();
                }
                return type;
              }));
    } catch (IsFolder e) {
      return Optional.empty();
    }
  }

  /** What was asked for as a file is none. */
  private static final class IsFolder extends RuntimeException {
    private static final long serialVersionUID = 1L;

    IsFolder() {
      super("a folder", null, false, false);
    }
  }

  private Page page(GitHub from, String rest, String accept) {
    Map<String, String> headers = new TreeMap<>();
    headers.put("Accept", accept);
    headers.put("X-GitHub-Api-Version", "2022-11-28");
    if (!from.token().absent()) {
      headers.put("Authorization", "Bearer " + from.token().value());
    }
    String base = gitHub.toString().replaceAll("/+$", "");
    return new Page(
        URI.create(base + "/repos/" + from.owner() + "/" + from.repository() + "/" + rest),
        headers,
        Login.NONE,
        "http".equals(gitHub.getScheme()),
        from.sha256().isPresent());
  }

  private static String ref(GitHub from, String before, String otherwise) {
    return switch (from.revision()) {
      case Revision.Newest _ -> otherwise;
      case Revision.Branch(var name) -> before + encoded(name).replace("%2F", "/");
      case Revision.Commit(var id) -> before + encoded(id);
    };
  }

  private Path file(Order order, String name, Optional<Sha256> sha256, Fetching fetching)
      throws IOException, InterruptedException {
    Destination destination = Destination.of(order.destination(), order.downloads(), false);
    Path part = part(order, destination);
    Folders.remove(part);
    try {
      try (PartFile file = new PartFile(part, bounds)) {
        fetching.into(file);
        Sha256 hash = file.finish();
        if (sha256.isPresent() && !sha256.get().equals(hash)) {
          throw new DownloadException(
              "HashMismatch", "the SHA-256 is " + hash + " instead of " + sha256.get());
        }
      }
      Folders.settleFile(part);
      Path target = destination.file(name);
      Folders.move(part, target);
      Folders.sync(destination.holder());
      LOG.info("downloaded bytes to={}", target);
      return target;
    } finally {
      Folders.remove(part);
    }
  }

  private interface Growing {
    /** Makes the tree; the other path may be used for what is on the way. */
    void into(Path top, Path part) throws IOException, InterruptedException;
  }

  private Path tree(Order order, Growing growing) throws IOException, InterruptedException {
    Destination destination = Destination.of(order.destination(), order.downloads(), true);
    Path part = part(order, destination);
    Path top = part.resolveSibling(part.getFileName() + ".d");
    Folders.remove(part);
    Folders.remove(top);
    try {
      growing.into(top, part);
      Folders.settle(top, bounds);
      Folders.merge(top, destination.path());
      LOG.info("downloaded a folder to={}", destination.path());
      return destination.path();
    } finally {
      Folders.remove(part);
      Folders.remove(top);
    }
  }

  /** Beside the destination, named by this start of the step: a later one of it finds it again. */
  private static Path part(Order order, Destination destination) {
    String mark = Sha256.of(order.folder().toString().getBytes(StandardCharsets.UTF_8)).hex();
    return destination.holder().resolve("." + mark.substring(0, 32) + ".part");
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static SSLContext systemTls() {
    try {
      return SSLContext.getDefault();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has TLS", e);
    }
  }
}
