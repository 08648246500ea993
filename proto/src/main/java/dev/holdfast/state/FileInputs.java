package dev.holdfast.state;

import dev.holdfast.pattern.Patterns;
import dev.holdfast.state.ManagedFile.Form;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads {@code state:file}. */
final class FileInputs {
  private static final Pattern MODE = Pattern.compile("[0-7]{3,4}");
  private static final Pattern ACCOUNT = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}\\$?");
  private static final Pattern SHA256 = Pattern.compile("[0-9a-fA-F]{64}");
  private static final Pattern BLOCK_NAME = Pattern.compile("[A-Za-z0-9_.:-]{1,64}");
  private static final Pattern COMMENT = Pattern.compile("[^\\n\\p{Alnum}]{1,8}");
  private static final Pattern ONE_LINE = Pattern.compile("[^\\n]*");
  private static final List<String> ENSURE = List.of("file", "directory", "link", "absent");

  private final Inputs inputs;

  private FileInputs(Inputs inputs) {
    this.inputs = inputs;
  }

  static Optional<Resource> read(Inputs inputs) {
    return Optional.of(new FileInputs(inputs).read());
  }

  private Resource read() {
    String path = inputs.needed("path", "/etc/motd");
    if (!path.isEmpty() && inputs.path("path", path) && path.equals("/")) {
      inputs.error("path", "'path' is the root of the host");
    }
    // A number has a base, and whoever reads it another one in mind.
    if (inputs.isNumber("mode")) {
      inputs.error("mode", "'mode' is a number; write it as text: \"0644\"");
    }
    Optional<Integer> mode =
        inputs.text("mode", MODE, "three or four octal digits: \"0644\"").map(FileInputs::octal);
    Optional<String> owner = inputs.text("owner", ACCOUNT, "the name or number of a user");
    Optional<String> group = inputs.text("group", ACCOUNT, "the name or number of a group");
    boolean backup = inputs.flag("backup", false);
    boolean secret = inputs.flag("secret", false);
    boolean parents = inputs.flag("parents", false);
    return new ManagedFile(path, form(), mode, owner, group, parents, backup, secret);
  }

  private Form form() {
    Optional<String> ensure =
        inputs.word(
            "ensure",
            java.util.Map.of(
                "file", "file", "directory", "directory", "link", "link", "absent", "absent"));
    boolean open = inputs.has("ensure") && ensure.isEmpty();
    String what = ensure.orElse(inputs.has("target") ? "link" : "file");
    Optional<String> content = inputs.text("content");
    Optional<String> source = inputs.text("source");
    Optional<String> sha256 = inputs.text("sha256", SHA256, "64 hexadecimal digits");
    Optional<String> target = inputs.text("target", ONE_LINE, "one line");
    boolean recursive = inputs.flag("recursive", false);
    Optional<TextPart> part = part();
    boolean hasPart = inputs.has("block") || inputs.has("line");
    excluded();
    if (!open) {
      only(what.equals("link"), "target", what);
      only(what.equals("absent") && !hasPart, "recursive", what);
      only(what.equals("file"), "content", what);
      only(what.equals("file"), "source", what);
      boolean parts = what.equals("file") || what.equals("absent");
      only(parts, "block", what);
      only(parts, "line", what);
      if (what.equals("link") && target.filter(t -> !t.isEmpty()).isEmpty() && known("target")) {
        inputs.error("target", "a link needs 'target', the path that it leads to");
      }
      if (what.equals("absent") && !hasPart) {
        for (String attribute : List.of("mode", "owner", "group")) {
          only(false, attribute, what);
        }
      }
    }
    source.ifPresent(this::checkSource);
    return switch (what) {
      case "directory" -> new Form.Folder();
      case "link" -> new Form.Link(target.orElse(""));
      case "absent" ->
          part.<Form>map(p -> new Form.Part(p, false)).orElseGet(() -> new Form.Absent(recursive));
      default ->
          part.<Form>map(p -> new Form.Part(p, true))
              .or(() -> source.map(from -> new Form.Copy(from, sha256.map(FileInputs::lower))))
              .or(() -> content.map(Form.Content::new))
              .orElseGet(Form.Present::new);
    };
  }

  /** Whether an input is not given: one that is given and still open is not complained about. */
  private boolean known(String key) {
    return !inputs.has(key);
  }

  private void excluded() {
    inputs.notBoth("content", "source", "one of them says what is in the file");
    inputs.notBoth("block", "line", "a step keeps one part of a file; make it two steps");
    for (String whole : List.of("content", "source")) {
      inputs.notBoth(whole, "block", "the whole file is kept, or a part of it");
      inputs.notBoth(whole, "line", "the whole file is kept, or a part of it");
    }
    if (inputs.has("sha256") && !inputs.has("source")) {
      inputs.error("sha256", "'sha256' is the hash of 'source', which is not given");
    }
    for (String ofBlock : List.of("blockName", "comment")) {
      if (inputs.has(ofBlock) && !inputs.has("block")) {
        inputs.error(ofBlock, "'" + ofBlock + "' belongs to 'block', which is not given");
      }
    }
    if (inputs.has("match") && !inputs.has("line")) {
      inputs.error("match", "'match' belongs to 'line', which is not given");
    }
  }

  private void only(boolean fits, String key, String ensure) {
    if (!fits && inputs.has(key)) {
      inputs.error(
          key,
          "'"
              + key
              + "' does not go with ensure: "
              + ensure
              + "; allowed for ensure are "
              + String.join(", ", ENSURE));
    }
  }

  private Optional<TextPart> part() {
    Optional<String> lines = inputs.text("block");
    Optional<String> name =
        inputs.text("blockName", BLOCK_NAME, "at most 64 letters, digits and . _ : -");
    Optional<String> comment =
        inputs.text("comment", COMMENT, "at most 8 signs that begin a comment in that file");
    Optional<String> line = inputs.text("line", ONE_LINE, "one line");
    Optional<String> match = inputs.text("match").filter(this::pattern);
    if (lines.isPresent()) {
      return lines.map(text -> new TextPart.Block(name.orElse("block"), comment.orElse("#"), text));
    }
    return line.map(text -> new TextPart.Line(text, match));
  }

  private boolean pattern(String match) {
    Optional<String> problem = Patterns.problem("'match'", match);
    problem.ifPresent(text -> inputs.error("match", text));
    return problem.isEmpty();
  }

  private void checkSource(String source) {
    if (source.startsWith("/")) {
      inputs.path("source", source);
      return;
    }
    boolean url = false;
    try {
      URI uri = new URI(source);
      url = "https".equals(uri.getScheme()) && uri.getHost() != null && uri.getUserInfo() == null;
    } catch (URISyntaxException e) {
      // told below
    }
    if (!url) {
      inputs.error(
          "source",
          "'source' is an absolute path on the host, or an https: URL without a user name");
    } else if (!inputs.has("sha256")) {
      inputs.error("source", "a source from the network needs 'sha256', the hash of its content");
    }
  }

  private static int octal(String digits) {
    return Integer.parseInt(digits, 8);
  }

  private static String lower(String hex) {
    return hex.toLowerCase(java.util.Locale.ROOT);
  }
}
