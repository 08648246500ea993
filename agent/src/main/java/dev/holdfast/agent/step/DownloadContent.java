package dev.holdfast.agent.step;

import dev.holdfast.agent.download.Secret;
import dev.holdfast.agent.download.Source;
import dev.holdfast.agent.download.Source.Login;
import dev.holdfast.agent.download.Source.Revision;
import dev.holdfast.document.Step;
import dev.holdfast.document.Value;
import dev.holdfast.task.RunLimits;
import dev.holdfast.task.Sha256;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * {@code aws:downloadContent}: files from elsewhere, for the steps after it (spec.md section 2.5).
 * Beside AWS's keys, {@code sourceInfo} may have {@code sha256}.
 */
final class DownloadContent implements Plugin {

  @Override
  public Work work(Step step, Value inputs, Map<String, String> environment) {
    Optional<Inputs> read = Inputs.of(inputs);
    if (read.isEmpty()) {
      return refused("the inputs of aws:downloadContent are one map");
    }
    Optional<Inputs> info = MapText.read(read.get().value("sourceInfo")).map(Inputs::new);
    if (info.isEmpty()) {
      return refused("sourceInfo is a map, or JSON text of one");
    }
    String destination = read.get().text("destinationPath");
    if (destination.indexOf('\0') >= 0) {
      return refused("destinationPath has the character U+0000");
    }
    Duration timeout =
        step.timeoutSeconds().isPresent()
            ? Duration.ofSeconds(step.timeoutSeconds().getAsInt())
            : RunLimits.DOWNLOADING;
    try {
      return new Work.Inside(
          new Task.Download(source(read.get().text("sourceType"), info.get()), destination),
          timeout,
          "");
    } catch (IllegalArgumentException e) {
      return refused(String.valueOf(e.getMessage()));
    }
  }

  private static Source source(String type, Inputs info) {
    return switch (type) {
      case "HTTP" ->
          new Source.Web(
              url(needed(info, "url")),
              info.flag("allowInsecureDownload"),
              login(info),
              hash(info));
      case "S3" -> {
        String path = needed(info, "path");
        if (path.endsWith("/")) {
          throw new IllegalArgumentException(
              "path is '"
                  + path
                  + "', a folder; objects of S3 are downloaded one by one, by their URLs");
        }
        yield new Source.Web(url(path), false, Login.NONE, hash(info));
      }
      case "Git" -> {
        if (hash(info).isPresent()) {
          throw new IllegalArgumentException("sha256 is for one file, not for a repository");
        }
        yield new Source.Git(
            needed(info, "repository"),
            revision(info.text("getOptions")),
            info.flag("allowInsecureDownload"),
            new Login(Login.Method.BASIC, secret(info, "username"), secret(info, "password")),
            secret(info, "privateSSHKey"),
            info.flag("skipHostKeyChecking"));
      }
      case "GitHub" ->
          new Source.GitHub(
              needed(info, "owner"),
              needed(info, "repository"),
              info.text("path"),
              revision(info.text("getOptions")),
              secret(info, "tokenInfo"),
              hash(info));
      case "SSMDocument" -> new Source.Stored(needed(info, "name"), hash(info));
      default ->
          throw new IllegalArgumentException(
              "sourceType is '" + type + "'; allowed are GitHub, Git, HTTP, S3 and SSMDocument");
    };
  }

  private static Login login(Inputs info) {
    String method = info.text("authMethod");
    Secret username = secret(info, "username");
    Secret password = secret(info, "password");
    return switch (method.toLowerCase(Locale.ROOT)) {
      case "", "none" -> Login.NONE;
      case "basic" -> new Login(Login.Method.BASIC, username, password);
      case "digest" -> new Login(Login.Method.DIGEST, username, password);
      default ->
          throw new IllegalArgumentException(
              "authMethod is '" + method + "'; allowed are None, Basic and Digest");
    };
  }

  /** {@code branch:NAME} or {@code commitID:ID}. */
  private static Revision revision(String options) {
    if (options.isEmpty()) {
      return new Revision.Newest();
    }
    String[] parts = options.split(":", 2);
    String name = parts.length < 2 ? "" : parts[1].strip();
    String kind = parts[0].strip();
    if (kind.equals("branch") && !name.isEmpty()) {
      return new Revision.Branch(name);
    }
    if (kind.equals("commitID") && !name.isEmpty()) {
      return new Revision.Commit(name);
    }
    throw new IllegalArgumentException(
        "getOptions is '" + options + "'; allowed are branch:NAME and commitID:ID");
  }

  private static URI url(String text) {
    try {
      return new URI(text.replace(" ", "%20"));
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("the URL can't be read: " + e.getReason(), e);
    }
  }

  private static Optional<Sha256> hash(Inputs info) {
    String text = info.text("sha256").toLowerCase(Locale.ROOT);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    if (!text.matches("[0-9a-f]{64}")) {
      throw new IllegalArgumentException("sha256 is not 64 hexadecimal digits");
    }
    return Optional.of(new Sha256(text));
  }

  private static Secret secret(Inputs info, String name) {
    return new Secret(info.text(name));
  }

  private static String needed(Inputs info, String name) {
    String text = info.text(name);
    if (text.isEmpty() || text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("sourceInfo has no " + name);
    }
    return text;
  }

  private static Work refused(String reason) {
    return new Work.Refused("InvalidInputs: " + reason);
  }
}
